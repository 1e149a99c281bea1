-- SPDX-License-Identifier: Apache-2.0
-- What the catalogue has on products of the generic dialect alone.
-- Where entry_id comes from: a sequence grows over all sessions, is in no transaction, and leaves the identity that a session drew last alone.
CREATE SEQUENCE IF NOT EXISTS #entry AS BIGINT START WITH 1;
-- What committing transactions write, in no particular order.
CREATE TABLE IF NOT EXISTS #outbox (
    entry_id        BIGINT PRIMARY KEY,
    transaction_id  {uuid} NOT NULL,
    part            INTEGER NOT NULL,           -- from 0
    last            BOOLEAN NOT NULL,
    size            INTEGER NOT NULL,           -- bytes of payload
    digest          INTEGER NOT NULL,           -- CRC-32C of payload
    origin          VARCHAR(128),               -- publisher whose transaction was applied here; null for local work
    payload         {bytes} NOT NULL            -- a slice of the transaction's binary form, which begins with its format version
);
-- What decides who gets rows of other tables is locked here: rows that nobody changes, only writes to (since format 14).
CREATE TABLE IF NOT EXISTS #audience_lock (
    bucket          INTEGER PRIMARY KEY
);
INSERT INTO #audience_lock (bucket) SELECT n FROM UNNEST(SEQUENCE_ARRAY(0, 255, 1)) AS numbers (n) WHERE NOT EXISTS (SELECT 1 FROM #audience_lock);
