-- SPDX-License-Identifier: Apache-2.0
-- What the catalogue has on SQLite alone.
-- What committing transactions write. SQLite has one writer at a time, so the next number is the highest that is there and one; it is not below the time in microseconds, so that a number does not come again when the table
-- has been emptied. The table is WITHOUT ROWID because an INSERT into any other changes last_insert_rowid(), which belongs to the application.
CREATE TABLE IF NOT EXISTS #outbox (
    entry_id        INTEGER NOT NULL PRIMARY KEY,
    transaction_id  {uuid} NOT NULL,
    part            INTEGER NOT NULL,           -- from 0
    last            BOOLEAN NOT NULL,
    size            INTEGER NOT NULL,           -- bytes of payload
    digest          INTEGER NOT NULL,           -- CRC-32C of payload
    origin          VARCHAR(128),               -- publisher whose transaction was applied here; null for local work
    payload         {bytes} NOT NULL            -- a slice of the transaction's binary form, which begins with its format version
) WITHOUT ROWID;
