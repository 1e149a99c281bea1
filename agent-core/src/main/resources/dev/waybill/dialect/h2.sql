-- SPDX-License-Identifier: Apache-2.0
-- The catalogue of Waybill on H2, format 1. All state of replication is in these tables.
CREATE SCHEMA IF NOT EXISTS waybill;

-- One row: what this database is.
CREATE TABLE IF NOT EXISTS waybill.catalogue (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    format       INTEGER NOT NULL,              -- of these tables; upgrade steps raise it
    version      BIGINT NOT NULL,               -- of the definitions below; + 1 with every change; -1 while these tables are being made
    incarnation  UUID NOT NULL,                 -- of this database's history
    publisher    VARCHAR(128),                  -- null before GRANT PUBLISH
    created_at   TIMESTAMP(6) WITH TIME ZONE NOT NULL
);

-- One row: the agent that may write, and its fencing token.
CREATE TABLE IF NOT EXISTS waybill.lease (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    token   BIGINT NOT NULL,                    -- + 1 with every take-over
    holder  VARCHAR(200),                       -- host, process, start time: for people
    until   TIMESTAMP(6) WITH TIME ZONE
);

-- Every version of the definitions, so that an entry is filtered under its own.
CREATE TABLE IF NOT EXISTS waybill.message_type (
    type_name  VARCHAR(20) PRIMARY KEY,
    address    VARCHAR(1000)
);
CREATE TABLE IF NOT EXISTS waybill.message_type_option (
    type_name  VARCHAR(20) NOT NULL,
    name       VARCHAR(128) NOT NULL,
    setting    VARCHAR(4000) NOT NULL,
    PRIMARY KEY (type_name, name)
);
CREATE TABLE IF NOT EXISTS waybill.publication (
    publication_id   BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    publication_name VARCHAR(128) NOT NULL,
    since_version    BIGINT NOT NULL,
    until_version    BIGINT                     -- exclusive; null while in force
);
CREATE TABLE IF NOT EXISTS waybill.article (
    article_id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    publication_id  BIGINT NOT NULL REFERENCES waybill.publication,
    table_schema    VARCHAR(256) NOT NULL,
    table_name      VARCHAR(256) NOT NULL,
    shape           VARBINARY(1000000) NOT NULL,  -- the columns: change.TableShape in its binary form
    where_condition VARCHAR(100000),
    subscribe_by    VARCHAR(100000),
    conflict_policy VARCHAR(1000),
    since_version   BIGINT NOT NULL,
    until_version   BIGINT
);
CREATE TABLE IF NOT EXISTS waybill.subscription (
    publication_id  BIGINT NOT NULL REFERENCES waybill.publication,
    user_name       VARCHAR(128) NOT NULL,
    subscribe_by    VARCHAR(128) DEFAULT '' NOT NULL,   -- the value; '' for none
    state           VARCHAR(30) NOT NULL,
    created         BIGINT NOT NULL,            -- log offset
    started         BIGINT,                     -- log offset from which changes are owed
    stopped         BIGINT,                     -- log offset up to which they are owed
    PRIMARY KEY (publication_id, user_name, subscribe_by)
);

-- One row for each database directly above or below: SYSREMOTEUSER's columns, then ours.
CREATE TABLE IF NOT EXISTS waybill.remote_user (
    user_name          VARCHAR(128) PRIMARY KEY,
    consolidate        CHAR(1) NOT NULL CHECK (consolidate IN ('Y', 'N')),
    type_name          VARCHAR(20) NOT NULL,
    address            VARCHAR(1000) NOT NULL,
    frequency          CHAR(1) NOT NULL CHECK (frequency IN ('E', 'A', 'B')),  -- EVERY, AT, batch
    send_time          TIME,                    -- of SEND AT, or the period of SEND EVERY
    next_send          TIMESTAMP(6) WITH TIME ZONE,
    log_send           BIGINT DEFAULT 0 NOT NULL,
    time_sent          TIMESTAMP(6) WITH TIME ZONE,
    log_sent           BIGINT DEFAULT 0 NOT NULL,
    confirm_sent       BIGINT DEFAULT 0 NOT NULL,
    send_count         INTEGER DEFAULT 0 NOT NULL,
    resend_count       INTEGER DEFAULT 0 NOT NULL,
    time_received      TIMESTAMP(6) WITH TIME ZONE,
    log_received       BIGINT DEFAULT 0 NOT NULL,
    confirm_received   BIGINT DEFAULT 0 NOT NULL,
    receive_count      INTEGER DEFAULT 0 NOT NULL,
    rereceive_count    INTEGER DEFAULT 0 NOT NULL,
    incarnation        UUID,                    -- of the other database; null until first heard
    digest_sent        BINARY(16) DEFAULT X'00000000000000000000000000000000' NOT NULL,   -- mine at log_sent
    digest_confirmed   BINARY(16) DEFAULT X'00000000000000000000000000000000' NOT NULL,   -- mine at confirm_sent
    digest_received    BINARY(16) DEFAULT X'00000000000000000000000000000000' NOT NULL,   -- theirs at log_received
    log_scanned        BIGINT DEFAULT 0 NOT NULL,  -- how far my journal was looked through for them
    head_received      BIGINT DEFAULT 0 NOT NULL,  -- their head, as last heard
    head_time          TIMESTAMP(6) WITH TIME ZONE, -- when they said so, by their clock
    max_message_bytes  INTEGER,                 -- what they can receive, as last heard
    state              VARCHAR(30) DEFAULT 'ACTIVE' NOT NULL,  -- of what goes to them: ACTIVE, NEEDS_RESYNC, SYNCHRONIZING, SPLIT_HISTORY
    state_reason       VARCHAR(4000),
    state_since        TIMESTAMP(6) WITH TIME ZONE,
    receive_state      VARCHAR(30) DEFAULT 'ACTIVE' NOT NULL,  -- of what comes from them: ACTIVE, HALTED, SPLIT_HISTORY
    receive_reason     VARCHAR(4000)
);

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

-- The sequenced changes. All parts of a transaction carry the offset of its COMMIT; the key is where a part ends, which for the last one is the same.
CREATE TABLE IF NOT EXISTS waybill.journal_head (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    log_offset  BIGINT NOT NULL,
    digest      BINARY(16) NOT NULL,
    trimmed_to  BIGINT NOT NULL,                -- entries up to here are gone
    trimmed_digest BINARY(16) NOT NULL
);
CREATE TABLE IF NOT EXISTS waybill.journal (
    part_end        BIGINT PRIMARY KEY,         -- a part begins where the one before it ends: no gaps
    log_offset      BIGINT NOT NULL,
    part            INTEGER NOT NULL,
    transaction_id  UUID NOT NULL,
    last            BOOLEAN NOT NULL,
    origin          VARCHAR(128),               -- publisher it came from; null for local work
    target          VARCHAR(128),               -- the only subscriber it concerns; null for all
    digest          BINARY(16) NOT NULL,        -- rolling, of the transaction
    committed_at    TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    size            INTEGER NOT NULL,
    crc             INTEGER NOT NULL,
    payload         VARBINARY(1000000) NOT NULL
);

-- Snapshot rows, kept until confirmed. The journal entry of the snapshot names spool_id in its payload.
CREATE TABLE IF NOT EXISTS waybill.snapshot_spool (
    spool_id  UUID NOT NULL,
    part      INTEGER NOT NULL,
    last      BOOLEAN NOT NULL,
    size      INTEGER NOT NULL,
    crc       INTEGER NOT NULL,
    payload   VARBINARY(1000000) NOT NULL,
    PRIMARY KEY (spool_id, part)
);

-- Parts of large transactions at the receiver, until their group is complete and applied.
CREATE TABLE IF NOT EXISTS waybill.staged_part (
    sender       VARCHAR(128) NOT NULL,
    incarnation  UUID NOT NULL,
    epoch        INTEGER NOT NULL,
    prev         BIGINT NOT NULL,
    cut          BINARY(16) NOT NULL,
    sequence     INTEGER NOT NULL,
    this         BIGINT NOT NULL,               -- equal to prev on all but the last part
    from_byte    BIGINT NOT NULL,
    total_bytes  BIGINT NOT NULL,               -- -1 on all but the last part
    digest       BINARY(16) NOT NULL,           -- sender's at prev
    kind         INTEGER NOT NULL,
    payload      BINARY LARGE OBJECT NOT NULL,  -- BLOB is no word of PostgreSQL mode
    PRIMARY KEY (sender, incarnation, epoch, prev, cut, sequence)
);

-- Messages put aside, for people; the content stays on the link's quarantine. Bounded.
CREATE TABLE IF NOT EXISTS waybill.quarantine (
    quarantine_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at            TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    link          VARCHAR(20) NOT NULL,
    name          VARCHAR(1000) NOT NULL,
    sender        VARCHAR(128),
    reason        VARCHAR(4000) NOT NULL
);

-- Tables that another database sends to this one: what is written to them here is a local write to a replica.
CREATE TABLE IF NOT EXISTS waybill.received_table (
    table_schema  VARCHAR(256) NOT NULL,
    table_name    VARCHAR(256) NOT NULL,
    sender        VARCHAR(128) NOT NULL,
    since         TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    PRIMARY KEY (table_schema, table_name, sender)
);

-- Writes that could not be captured exactly, by statement text; and other things worth counting.
CREATE TABLE IF NOT EXISTS waybill.counter (
    name    VARCHAR(200) NOT NULL,              -- uncaptured, local_write, already_gone, …
    subject VARCHAR(1000) NOT NULL,
    total   BIGINT NOT NULL,
    last_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
    PRIMARY KEY (name, subject)
);
