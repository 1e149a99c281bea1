-- SPDX-License-Identifier: Apache-2.0
-- What the catalogue has on H2 alone.
-- What committing transactions write, in no particular order. The entry_id of a row is its _ROWID_: H2 draws it inside the INSERT from a counter that
-- grows in real time over all sessions and, unlike a sequence, is nothing that an application can see (LASTVAL() of PostgreSQL mode follows sequences).
CREATE TABLE IF NOT EXISTS waybill.outbox (
    transaction_id  UUID NOT NULL,
    part            INTEGER NOT NULL,           -- from 0
    last            BOOLEAN NOT NULL,
    size            INTEGER NOT NULL,           -- bytes of payload
    digest          INTEGER NOT NULL,           -- CRC-32C of payload
    origin          VARCHAR(128),               -- publisher whose transaction was applied here; null for local work
    payload         VARBINARY(1000000) NOT NULL -- a slice of the transaction's binary form, which begins with its format version
);
