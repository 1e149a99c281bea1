-- SPDX-License-Identifier: Apache-2.0
-- What the catalogue has on H2 alone.
-- What committing transactions write, in no particular order. The entry_id of a row is its _ROWID_: H2 draws it inside the INSERT from a counter that
-- grows in real time over all sessions and, unlike a sequence, is nothing that an application can see (LASTVAL() of PostgreSQL mode follows sequences).
-- There is no column that could be left out: each one makes an application's transaction longer. (In a database of before format 4 the columns of then are still there, empty.)
CREATE TABLE IF NOT EXISTS waybill.outbox (
    origin          VARCHAR(128),               -- publisher whose transaction was applied here; null for local work
    payload         VARBINARY(1000000) NOT NULL -- a head of 26 bytes (form, last or not, part, transaction, checksum: journal.OutboxHead), then a slice of the transaction's binary form, which begins with its format version
);
-- Where the journal ended when an agent stopped that had deleted from the outbox all that was sequenced, which was on disk: as long as it ends there, no row of the outbox stands in it (since format 7).
CREATE TABLE IF NOT EXISTS waybill.outbox_cleared (
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    log_offset      BIGINT NOT NULL
);
-- Rows cannot be locked together with others here, so what decides who gets rows of other tables has numbered locks, which are taken alone: rows that nobody changes (since format 14).
CREATE TABLE IF NOT EXISTS waybill.audience_lock (
    bucket          INTEGER PRIMARY KEY
);
INSERT INTO waybill.audience_lock (bucket) SELECT n FROM SYSTEM_RANGE(0, 255) AS numbers (n) WHERE NOT EXISTS (SELECT 1 FROM waybill.audience_lock);
