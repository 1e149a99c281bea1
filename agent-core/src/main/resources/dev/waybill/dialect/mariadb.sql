-- SPDX-License-Identifier: Apache-2.0
-- What the catalogue has on MariaDB alone.
-- Where entry_id comes from: a sequence grows over all sessions, and neither LAST_INSERT_ID() nor the LASTVAL() of another sequence follows it.
CREATE SEQUENCE IF NOT EXISTS #entry MINVALUE 1 CACHE 1000;
-- What committing transactions write, in no particular order.
CREATE TABLE IF NOT EXISTS #outbox (
    entry_id        BIGINT DEFAULT (NEXT VALUE FOR #entry) PRIMARY KEY,
    transaction_id  {uuid} NOT NULL,
    part            INTEGER NOT NULL,           -- from 0
    last            BOOLEAN NOT NULL,
    size            INTEGER NOT NULL,           -- bytes of payload
    digest          INTEGER NOT NULL,           -- CRC-32C of payload
    origin          VARCHAR(128),               -- publisher whose transaction was applied here; null for local work
    payload         MEDIUMBLOB NOT NULL         -- a slice of the transaction's binary form, which begins with its format version
);
-- The catalogue version with which more began to be captured, as a sequence because that is seen at once by every transaction, whatever its snapshot: see Dialect.fenceCheck.
CREATE SEQUENCE IF NOT EXISTS #fence MINVALUE 0 START WITH 0 NOCACHE;
