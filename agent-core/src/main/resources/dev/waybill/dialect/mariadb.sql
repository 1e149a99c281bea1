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
-- What triggers of complete capture write, in their writers' own transactions; waits for the sequencer. A row that stands for each transaction is made by the query that asks for it.
CREATE TABLE IF NOT EXISTS #trigger_row (
    place           BIGINT PRIMARY KEY,         -- from the sequence of entry_id
    writer          BIGINT UNSIGNED NOT NULL,   -- InnoDB's number of the transaction; 0 for a row that is nobody's, so that the table is never empty
    shape_id        BIGINT NOT NULL,
    operation       VARCHAR(6) NOT NULL,
    user_name       VARCHAR(128) NOT NULL,
    written_at      {instant} NOT NULL,
    bytes           BIGINT NOT NULL,            -- of both
    old_row         {large} NOT NULL,
    new_row         {large} NOT NULL,
    INDEX writer (writer)
);
-- The shapes in which triggers write, and have written.
CREATE TABLE IF NOT EXISTS #trigger_shape (
    shape_id        {identity},
    number          BIGINT NOT NULL,            -- of the table's triggers
    table_schema    VARCHAR(256) NOT NULL,
    table_name      VARCHAR(256) NOT NULL,
    publications    MEDIUMTEXT NOT NULL,
    shape           MEDIUMBLOB NOT NULL,
    in_force        BOOLEAN NOT NULL
);
