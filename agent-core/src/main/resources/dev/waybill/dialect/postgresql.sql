-- SPDX-License-Identifier: Apache-2.0
-- What the catalogue has on PostgreSQL alone.
-- What committing transactions write, in no particular order. The entry_id of a row is where its own (empty) record stands in the write-ahead log: unique, growing in real time over all sessions, and nothing that an application can see
-- (a sequence would change lastval()). Payloads are stored as they are: PostgreSQL's compression costs a fifth of a large commit. There is no column that could be left out: each one makes an application's transaction longer.
CREATE TABLE IF NOT EXISTS waybill.outbox (
    entry_id        BIGINT DEFAULT (pg_logical_emit_message(false, 'waybill', '') - '0/0'::pg_lsn) NOT NULL,
    writer          XID8 DEFAULT pg_current_xact_id() NOT NULL,
    origin          VARCHAR(128),               -- publisher whose transaction was applied here; null for local work
    payload         BYTEA NOT NULL              -- a head of 26 bytes (form, last or not, part, transaction, checksum: journal.OutboxHead), then a slice of the transaction's binary form, which begins with its format version
);
ALTER TABLE waybill.outbox ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE waybill.outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX IF NOT EXISTS outbox_writer ON waybill.outbox (writer);
-- One row: every outbox row that was visible in this snapshot has been sequenced. So the sequencer looks only at rows of later transactions and of those that were under way, however many dead rows an old snapshot keeps in the table.
CREATE TABLE IF NOT EXISTS waybill.outbox_seen (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    seen  PG_SNAPSHOT NOT NULL
);
INSERT INTO waybill.outbox_seen (one, seen) SELECT 1, '1:1:'::pg_snapshot WHERE NOT EXISTS (SELECT * FROM waybill.outbox_seen);

-- The catalogue version with which more began to be captured, as a sequence because that is seen at once by every transaction, whatever its snapshot: see Dialect.fenceCheck.
CREATE SEQUENCE IF NOT EXISTS waybill.fence MINVALUE 0 START 0;
-- Of a sequence that nobody has drawn from or set, pg_sequence_last_value tells nothing.
SELECT pg_catalog.setval('waybill.fence', last_value) FROM waybill.fence WHERE NOT is_called;

-- Payloads are stored as they are here too.
ALTER TABLE waybill.journal ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE waybill.snapshot_spool ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE waybill.staged_part ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE waybill.dead_letter ALTER COLUMN content SET STORAGE EXTERNAL;
