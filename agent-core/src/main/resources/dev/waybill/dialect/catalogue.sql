-- SPDX-License-Identifier: Apache-2.0
-- The catalogue of Waybill, format 15, on every product: all state of replication is in these tables and in the outbox, which each product has in its own way (h2.sql, postgresql.sql).
-- #name is a table of ours; {word} is what the product says for it (CatalogueScript).
-- Constraints say CASE, not IN: H2 2.4.240 fails over an IN once the session that made the constraint has been closed.

-- One row: what this database is.
CREATE TABLE IF NOT EXISTS #catalogue (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    format       INTEGER NOT NULL,              -- of these tables; upgrade steps raise it
    version      BIGINT NOT NULL,               -- of the definitions below; + 1 with every change; -1 while these tables are being made
    incarnation  {uuid} NOT NULL,                 -- of this database's history
    publisher    VARCHAR(128),                  -- null before GRANT PUBLISH
    created_at   {instant} NOT NULL
);

-- One row: the agent that may write, and its fencing token.
CREATE TABLE IF NOT EXISTS #lease (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    token   BIGINT NOT NULL,                    -- + 1 with every take-over
    holder  VARCHAR(200),                       -- host, process, start time: for people
    until   {instant}
);

-- Every version of the definitions, so that an entry is filtered under its own.
CREATE TABLE IF NOT EXISTS #message_type (
    type_name  VARCHAR(20) PRIMARY KEY,
    address    VARCHAR(1000)
);
CREATE TABLE IF NOT EXISTS #message_type_option (
    type_name  VARCHAR(20) NOT NULL,
    name       VARCHAR(128) NOT NULL,
    setting    VARCHAR(4000) NOT NULL,
    PRIMARY KEY (type_name, name)
);
CREATE TABLE IF NOT EXISTS #publication (
    publication_id   {identity},
    publication_name VARCHAR(128) NOT NULL,
    since_version    BIGINT NOT NULL,
    until_version    BIGINT                     -- exclusive; null while in force
);
CREATE TABLE IF NOT EXISTS #article (
    article_id      {identity},
    publication_id  BIGINT NOT NULL REFERENCES #publication (publication_id),
    table_schema    VARCHAR(256) NOT NULL,
    table_name      VARCHAR(256) NOT NULL,
    shape           {bytes} NOT NULL,  -- the columns: change.TableShape in its binary form
    where_condition {text},
    subscribe_by    {text},
    conflict_policy VARCHAR(1000),
    since_version   BIGINT NOT NULL,
    until_version   BIGINT
);
CREATE TABLE IF NOT EXISTS #subscription (
    publication_id  BIGINT NOT NULL REFERENCES #publication (publication_id),
    user_name       VARCHAR(128) NOT NULL,
    subscribe_by    VARCHAR(128) DEFAULT '' NOT NULL,   -- the value; '' for none
    state           VARCHAR(30) NOT NULL,
    created         BIGINT NOT NULL,            -- log offset
    started         BIGINT,                     -- log offset from which changes are owed: its latest period
    stopped         BIGINT,                     -- log offset up to which they are owed; null while the period is open
    snapshot        BIGINT,                     -- log offset of its latest snapshot
    PRIMARY KEY (publication_id, user_name, subscribe_by)
);
-- Earlier periods, and those of subscriptions that are dropped: what they owe is owed until nobody can ask for it any more.
CREATE TABLE IF NOT EXISTS #subscription_period (
    publication_id  BIGINT NOT NULL REFERENCES #publication (publication_id),
    user_name       VARCHAR(128) NOT NULL,
    subscribe_by    VARCHAR(128) DEFAULT '' NOT NULL,
    started         BIGINT NOT NULL,
    stopped         BIGINT NOT NULL,
    PRIMARY KEY (publication_id, user_name, subscribe_by, started)
);

-- One row for each database directly above or below: SYSREMOTEUSER's columns, then ours.
CREATE TABLE IF NOT EXISTS #remote_user (
    user_name          VARCHAR(128) PRIMARY KEY,
    consolidate        CHAR(1) NOT NULL CHECK (CASE consolidate WHEN 'Y' THEN TRUE WHEN 'N' THEN TRUE ELSE FALSE END),
    type_name          VARCHAR(20) NOT NULL,
    address            VARCHAR(1000) NOT NULL,
    frequency          CHAR(1) NOT NULL CHECK (CASE frequency WHEN 'E' THEN TRUE WHEN 'A' THEN TRUE WHEN 'B' THEN TRUE ELSE FALSE END),  -- EVERY, AT, batch
    send_time          TIME,                    -- of SEND AT, or the period of SEND EVERY
    next_send          {instant},
    log_send           BIGINT DEFAULT 0 NOT NULL,
    time_sent          {instant},
    log_sent           BIGINT DEFAULT 0 NOT NULL,
    confirm_sent       BIGINT DEFAULT 0 NOT NULL,
    send_count         INTEGER DEFAULT 0 NOT NULL,
    resend_count       INTEGER DEFAULT 0 NOT NULL,
    time_received      {instant},
    log_received       BIGINT DEFAULT 0 NOT NULL,
    confirm_received   BIGINT DEFAULT 0 NOT NULL,
    receive_count      INTEGER DEFAULT 0 NOT NULL,
    rereceive_count    INTEGER DEFAULT 0 NOT NULL,
    incarnation        {uuid},                    -- of the other database; null until first heard
    digest_sent        {digest} DEFAULT {zero} NOT NULL,   -- mine at log_sent
    digest_confirmed   {digest} DEFAULT {zero} NOT NULL,   -- mine at confirm_sent
    digest_received    {digest} DEFAULT {zero} NOT NULL,   -- theirs at log_received
    log_scanned        BIGINT DEFAULT 0 NOT NULL,  -- how far my journal was looked through for them
    log_begun          BIGINT DEFAULT 0 NOT NULL,  -- nothing at or before this offset of my journal is owed to them
    head_received      BIGINT DEFAULT 0 NOT NULL,  -- their head, as last heard
    head_time          {instant}, -- when they said so, by their clock
    max_message_bytes  INTEGER,                 -- what they can receive, as last heard
    state              VARCHAR(30) DEFAULT 'ACTIVE' NOT NULL,  -- of what goes to them: ACTIVE, NEEDS_RESYNC, SYNCHRONIZING, SPLIT_HISTORY
    state_reason       VARCHAR(4000),
    state_since        {instant},
    receive_state      VARCHAR(30) DEFAULT 'ACTIVE' NOT NULL,  -- of what comes from them: ACTIVE, HALTED, SPLIT_HISTORY
    receive_reason     VARCHAR(4000),
    poison             VARCHAR(10) DEFAULT 'HALT' NOT NULL CHECK (CASE poison WHEN 'HALT' THEN TRUE WHEN 'PARK' THEN TRUE WHEN 'SKIP' THEN TRUE ELSE FALSE END),  -- what is done with a transaction of theirs that cannot be applied here
    diverged_since     {instant}, -- since when what they sent is not all here: parked, skipped, discarded or edited; null while it is
    diverged_reason    VARCHAR(4000),
    stream_sent        INTEGER DEFAULT 0 NOT NULL,  -- how often my stream to them began anew: messages of an older one are void
    stream_base        BIGINT DEFAULT 0 NOT NULL,   -- log offset after which it began
    stream_base_digest {digest} DEFAULT {zero} NOT NULL,  -- mine there
    stream_received    INTEGER DEFAULT 0 NOT NULL,  -- how often their stream to me began anew, as far as log_received belongs to it
    refused            {uuid},                    -- another incarnation that was last heard under their name; null for none
    heard_incarnation  {uuid},                    -- who said last how much of mine they have; null until somebody did
    heard_stream       INTEGER DEFAULT 0 NOT NULL,  -- in which stream of mine they were then
    heard_offset       BIGINT DEFAULT 0 NOT NULL,  -- up to which log offset of mine
    heard_digest       {digest} DEFAULT {zero} NOT NULL,  -- mine there
    stream_word        VARCHAR(10) DEFAULT 'NONE' NOT NULL,  -- whether what they have at stream_base rests on somebody's word (REMOTE RESET): NONE, GIVEN, WITHDRAWN
    request            VARCHAR(200)             -- what a person wants done, for the agent's next cycle; null for nothing
);

-- The sequenced changes. All parts of a transaction carry the offset of its COMMIT; the key is where a part ends, which for the last one is the same.
CREATE TABLE IF NOT EXISTS #journal_head (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    log_offset  BIGINT NOT NULL,
    digest      {digest} NOT NULL,
    trimmed_to  BIGINT NOT NULL,                -- entries up to here are gone
    trimmed_digest {digest} NOT NULL
);
CREATE TABLE IF NOT EXISTS #journal (
    part_end        BIGINT PRIMARY KEY,         -- a part begins where the one before it ends: no gaps
    log_offset      BIGINT NOT NULL,
    part            INTEGER NOT NULL,
    transaction_id  {uuid} NOT NULL,
    last            BOOLEAN NOT NULL,
    origin          VARCHAR(128),               -- publisher it came from; null for local work
    target          VARCHAR(128),               -- the only subscriber it concerns; null for all
    digest          {digest} NOT NULL,        -- rolling, of the transaction
    committed_at    {instant} NOT NULL,
    size            INTEGER NOT NULL,           -- bytes of journal: how far part_end is behind the one before it
    crc             INTEGER NOT NULL,           -- CRC-32C of payload
    payload         {bytes} NOT NULL,
    transactions    INTEGER DEFAULT 1 NOT NULL  -- more than one: a block of whole ones, of which the columns speak of the last, and the payload of all
);

-- One row for each snapshot whose entry stands in the journal.
CREATE TABLE IF NOT EXISTS #snapshot (
    log_offset        BIGINT PRIMARY KEY,
    spool_id          {uuid} NOT NULL,
    user_name         VARCHAR(128) NOT NULL,
    publication_name  VARCHAR(128) NOT NULL,
    size_bytes        BIGINT NOT NULL
);
-- The rows of snapshots, kept as long as somebody may ask for them. The journal entry of the snapshot names spool_id in its payload.
CREATE TABLE IF NOT EXISTS #snapshot_spool (
    spool_id  {uuid} NOT NULL,
    part      INTEGER NOT NULL,
    last      BOOLEAN NOT NULL,
    size      INTEGER NOT NULL,
    crc       INTEGER NOT NULL,
    payload   {bytes} NOT NULL,
    PRIMARY KEY (spool_id, part)
);

-- Parts of large transactions at the receiver, until their group is complete and applied.
CREATE TABLE IF NOT EXISTS #staged_part (
    sender       VARCHAR(128) NOT NULL,
    incarnation  {uuid} NOT NULL,
    epoch        INTEGER NOT NULL,
    stream       INTEGER DEFAULT 0 NOT NULL,    -- of the sender: parts of an older one are void
    prev         BIGINT NOT NULL,
    cut          {digest} NOT NULL,
    sequence     INTEGER NOT NULL,
    this         BIGINT NOT NULL,               -- equal to prev on all but the last part
    from_byte    BIGINT NOT NULL,
    total_bytes  BIGINT NOT NULL,               -- -1 on all but the last part
    digest       {digest} NOT NULL,           -- sender's at prev
    kind         INTEGER NOT NULL,
    payload      {large} NOT NULL,
    PRIMARY KEY (sender, incarnation, epoch, prev, cut, sequence)
);

-- Messages put aside, for people; the content stays on the link's quarantine. Bounded.
CREATE TABLE IF NOT EXISTS #quarantine (
    quarantine_id {identity},
    {at}          {instant} NOT NULL,
    link          VARCHAR(20) NOT NULL,
    name          VARCHAR(1000) NOT NULL,
    sender        VARCHAR(128),
    reason        VARCHAR(4000) NOT NULL
);

-- How far this database has read where readers take nothing out (Kafka), in the link's own words (since format 8).
CREATE TABLE IF NOT EXISTS #link_position (
    link      VARCHAR(20) NOT NULL,
    place     VARCHAR(300) NOT NULL,
    reached   VARCHAR(100) NOT NULL,
    PRIMARY KEY (link, place)
);

-- Tables that another database sends to this one: what is written to them here is a local write to a replica.
CREATE TABLE IF NOT EXISTS #received_table (
    table_schema  VARCHAR(256) NOT NULL,
    table_name    VARCHAR(256) NOT NULL,
    sender        VARCHAR(128) NOT NULL,
    since         {instant} NOT NULL,
    PRIMARY KEY (table_schema, table_name, sender)
);

-- Writes that could not be captured exactly, by statement text; and other things worth counting.
CREATE TABLE IF NOT EXISTS #counter (
    name    VARCHAR(100) NOT NULL,              -- uncaptured, local_write, already_gone, …
    subject VARCHAR(500) NOT NULL,
    total   BIGINT NOT NULL,
    last_at {instant} NOT NULL,
    PRIMARY KEY (name, subject)
);

-- What of each published table the driver does not see, in words, as applications' drivers found it last (since format 2).
CREATE TABLE IF NOT EXISTS #capture_report (
    table_schema  VARCHAR(256) NOT NULL,        -- '' with table_name '*': what concerns all of them
    table_name    VARCHAR(256) NOT NULL,
    subject       VARCHAR(100) NOT NULL,        -- table, view, routines, programs
    report        VARCHAR(4000) NOT NULL,
    since         {instant} NOT NULL,
    PRIMARY KEY (table_schema, table_name, subject)
);

-- Transactions that could not be applied (R12): parked until somebody retries, edits or discards them; skipped and discarded ones as a record until they are verified.
CREATE TABLE IF NOT EXISTS #dead_letter (
    letter_id      {identity},
    sender         VARCHAR(128) NOT NULL,
    incarnation    {uuid},                        -- of the sender
    log_offset     BIGINT NOT NULL,             -- of the transaction in the sender's journal
    state          VARCHAR(10) NOT NULL,        -- PARKED, SKIPPED, DISCARDED, EDITED (and then applied)
    behind         BIGINT,                      -- the letter for which it waits; null for one that failed by itself
    reason         VARCHAR(4000) NOT NULL,
    since          {instant} NOT NULL,
    tries          INTEGER DEFAULT 1 NOT NULL,
    tables         VARCHAR(4000) NOT NULL,      -- that it changes, for people
    changes        BIGINT NOT NULL,
    size           BIGINT NOT NULL,             -- bytes of the content
    edited         BOOLEAN DEFAULT FALSE NOT NULL,
    content        {large}          -- the transaction's binary form; null where it was not kept
);
CREATE INDEX IF NOT EXISTS {index}dead_letter_order ON #dead_letter (sender, state, log_offset);
-- What parked transactions touch: keys, unique values, rows that they refer to. What touches the same later has to wait behind them.
CREATE TABLE IF NOT EXISTS #dead_letter_key (
    letter_id  BIGINT NOT NULL REFERENCES #dead_letter (letter_id) ON DELETE CASCADE,
    token      BIGINT NOT NULL,                 -- a digest of table, columns and values
    written    BOOLEAN NOT NULL,                -- or only referred to
    PRIMARY KEY (letter_id, token)
);
CREATE INDEX IF NOT EXISTS {index}dead_letter_token ON #dead_letter_key (token);

-- What people had done outside of the ordinary way.
CREATE TABLE IF NOT EXISTS #audit (
    audit_id  {identity},
    {at}      {instant} NOT NULL,
    who       VARCHAR(200) NOT NULL,
    what      VARCHAR(200) NOT NULL,
    subject   VARCHAR(200) NOT NULL,
    {before}  VARCHAR(4000),
    after     VARCHAR(4000)
);

-- Statements that START AFTER COMMIT keeps, one row each, written by the transaction that defines them; their states and history are the agent's (since format 10).
CREATE TABLE IF NOT EXISTS #after_commit_job (
    job_id            BIGINT PRIMARY KEY,       -- drawn at random: nobody waits for a counter, and nothing that an application may ask for its last number moves
    state             VARCHAR(10) DEFAULT 'DEFINED' NOT NULL,  -- DEFINED, PENDING, RUNNING; then DONE, FAILED, CANCELLED, JOINED, EXPANDED, LOST
    statement         {text} NOT NULL,
    is_unique         BOOLEAN NOT NULL,
    is_transient      BOOLEAN NOT NULL,
    replica_condition {text},                   -- of FOR EACH REPLICA; null without
    retry_seconds     INTEGER NOT NULL,
    retry_count       INTEGER NOT NULL,
    schema_name       VARCHAR(256) NOT NULL,    -- what names without a schema meant to whoever defined it; '' where there are none
    definer           VARCHAR(256) DEFAULT {user} NOT NULL,  -- as the database itself knows him
    defined_at        {instant} NOT NULL,
    parent_id         BIGINT,                   -- the job whose FOR EACH REPLICA made this one
    replica           VARCHAR(128) DEFAULT '' NOT NULL,      -- for whom it runs; '' for nobody
    log_offset        BIGINT,                   -- at or behind that of the transaction that defined it; null before that has one
    due_at            {instant},
    attempts          INTEGER DEFAULT 0 NOT NULL,
    started_at        {instant},
    ended_at          {instant},
    joined_to         BIGINT,                   -- the job whose run did this one's work
    error_code        INTEGER,                  -- of the last attempt, as error_state and error_text
    error_state       VARCHAR(10),
    error_text        VARCHAR(4000)
);
CREATE INDEX IF NOT EXISTS {index}after_commit_job_state ON #after_commit_job (state);
-- A row while jobs are paused.
CREATE TABLE IF NOT EXISTS #after_commit_pause (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    since  {instant} NOT NULL
);
-- Failed jobs with the columns of solidDB's SYS_BACKGROUNDJOB_INFO.
{view} #sys_backgroundjob_info (id, stmt, user_id, error_code, error_text) AS SELECT job_id, statement, definer, error_code, error_text FROM #after_commit_job WHERE state = 'FAILED';
-- Names and values by which replicas are chosen; each one's own name is its property "name" and is not here (since format 10).
CREATE TABLE IF NOT EXISTS #replica_property (
    replica  VARCHAR(128) NOT NULL,
    name     VARCHAR(128) NOT NULL,
    setting  VARCHAR(4000) NOT NULL,
    PRIMARY KEY (replica, name)
);

-- Changes from below that met another row than their sender had before him (since format 11). Rows are text for people; the last 100,000 are kept.
CREATE TABLE IF NOT EXISTS #conflict (
    conflict_id  {identity},
    found_at     {instant} NOT NULL,
    table_schema VARCHAR(256) NOT NULL,
    table_name   VARCHAR(256) NOT NULL,
    row_key      VARCHAR(1000) NOT NULL,
    kind         VARCHAR(30) NOT NULL,          -- conflict.ConflictKind
    sender       VARCHAR(128) NOT NULL,
    incarnation  {uuid},                        -- of the sender's history
    log_offset   BIGINT NOT NULL,               -- of the transaction, in the sender's journal
    policy       VARCHAR(30) NOT NULL,          -- conflict.ConflictPolicy; OVERWRITTEN for what came from above
    outcome      VARCHAR(30) NOT NULL,          -- AS_IT_CAME, AS_IT_IS_HERE, NO_ROW, ROW
    old_row      {text},                        -- here, before; null for no row
    new_row      {text},                        -- that came; null for a delete
    remote_row   {text},                        -- as the sender believed it to be, as far as it said so
    result_row   {text}                         -- here, afterwards; null for no row
);
-- What a statement of CONFLICT CALL reads and writes while it runs; empty at all other times (since format 11).
CREATE TABLE IF NOT EXISTS #conflict_value (
    conflict_id  BIGINT NOT NULL,
    column_name  VARCHAR(256) NOT NULL,
    old_value    {text},
    new_value    {text},
    remote_value {text},
    result_value {text},                        -- what the column is to be; at first NEW where it came, else OLD
    PRIMARY KEY (conflict_id, column_name)
);

-- Statements that commit by themselves here, while they run and until the position of their transaction is behind them (since format 12).
CREATE TABLE IF NOT EXISTS #passthrough_step (
    sender        VARCHAR(128) NOT NULL,        -- from whom; '' for one that was said here
    log_offset    BIGINT NOT NULL,              -- of the transaction, in the sender's journal
    ordinal       INTEGER NOT NULL,             -- of the statement in the transaction
    state         VARCHAR(10) NOT NULL,         -- passthrough.StepState
    statement     {text} NOT NULL,
    tables_before {text} NOT NULL,              -- what tables were like before it
    begun_at      {instant} NOT NULL,
    PRIMARY KEY (sender, log_offset, ordinal)
);

-- How notifiers, gateways and the listener beside the agent are to work, by MobiLink's names of properties, written by people (since format 13).
CREATE TABLE IF NOT EXISTS #notify_setting (
    component  VARCHAR(10) NOT NULL,            -- Notifier, Gateway, Listener
    name       VARCHAR(128) NOT NULL,           -- which one
    property   VARCHAR(128) NOT NULL,
    setting    {text} NOT NULL,
    PRIMARY KEY (component, name, property)
);
-- What notifiers do, written by the agent (since format 13).
CREATE TABLE IF NOT EXISTS #notifier (
    name          VARCHAR(128) PRIMARY KEY,
    state         VARCHAR(10) NOT NULL,         -- RUNNING, STOPPED (shutdown_query said yes, or it is not enabled), WRONG (a setting)
    polls         BIGINT NOT NULL,
    polled_at     {instant},
    trouble_event VARCHAR(30),                  -- what failed last; null when the last poll went well
    trouble_text  VARCHAR(4000),
    trouble_at    {instant}
);
-- Push requests of notifiers that have no request_cursor of their own: anybody may insert one (since format 13).
CREATE TABLE IF NOT EXISTS #push_request (
    request_id      {identity},
    gateway         VARCHAR(128) DEFAULT 'Default-DeviceTracker' NOT NULL,
    subject         VARCHAR(128) DEFAULT 'sync' NOT NULL,
    content         VARCHAR(400) DEFAULT '' NOT NULL,
    address         VARCHAR(128) NOT NULL,
    resend_interval VARCHAR(40),                -- 1H 30M 10S, minutes where no unit is said; null: sent once
    time_to_live    VARCHAR(40),
    automatic       BOOLEAN DEFAULT FALSE NOT NULL  -- made because something was sent to this remote user that it has not confirmed
);
-- Requests that notifiers have sent, as they were then, until their cursors forget them; written by the agent (since format 13).
CREATE TABLE IF NOT EXISTS #push_request_state (
    notifier        VARCHAR(128) NOT NULL,
    request_id      BIGINT NOT NULL,
    gateway         VARCHAR(128) NOT NULL,
    subject         VARCHAR(128) NOT NULL,
    content         VARCHAR(400) NOT NULL,
    address         VARCHAR(128) NOT NULL,
    resend_interval VARCHAR(40),                -- ISO 8601, as time_to_live
    time_to_live    VARCHAR(40),
    state           VARCHAR(10) NOT NULL,       -- OPEN, CONFIRMED, ENDING, ENDED
    reason          VARCHAR(10),                -- DROPPED, CONFIRMED, EXPIRED, ANSWERED; null while it is open
    sent_by         VARCHAR(128),               -- the gateway by which it was sent last
    sends           INTEGER NOT NULL,
    first_sent      {instant} NOT NULL,
    last_sent       {instant} NOT NULL,
    PRIMARY KEY (notifier, request_id)
);
-- How listeners are reached, as they say it themselves whenever they are heard (since format 13).
CREATE TABLE IF NOT EXISTS #listener_address (
    listener      VARCHAR(128) NOT NULL,
    medium        VARCHAR(10) NOT NULL,         -- SYNC, UDP, SMTP
    address       VARCHAR(255) NOT NULL,        -- SYNC: the remote user who listens for it; UDP: host:port; SMTP: a mailbox
    active        BOOLEAN DEFAULT TRUE NOT NULL,  -- false: it did not answer there when it was tried last
    last_modified {instant},
    PRIMARY KEY (listener, medium)
);

-- What sessions of this database ask of its neighbours, a row while somebody waits for the answer (since format 15).
CREATE TABLE IF NOT EXISTS #remote_call (
    call_id    {uuid} NOT NULL PRIMARY KEY,
    kind       VARCHAR(10) NOT NULL,            -- CALL, REFRESH
    node       VARCHAR(128) NOT NULL,           -- who is asked
    subject    VARCHAR(300) NOT NULL,           -- the procedure or publication, with its value
    state      VARCHAR(10) NOT NULL,            -- ASKED, ANSWERED
    joined_to  {uuid},                          -- the refresh whose answer does for this one too
    asked_at   {instant} NOT NULL,
    until      {instant} NOT NULL,              -- nobody waits any longer then
    request    {bytes} NOT NULL,                -- call.CallCodec
    reply      {bytes}
);
-- What neighbours ask of this database: kept so long that a message which comes again finds its answer instead of running anything twice (since format 15).
CREATE TABLE IF NOT EXISTS #remote_request (
    node       VARCHAR(128) NOT NULL,           -- who asks
    call_id    {uuid} NOT NULL,
    subject    VARCHAR(300) NOT NULL,
    state      VARCHAR(10) NOT NULL,            -- WAITING, RUNNING, ANSWERED
    taken_at   {instant} NOT NULL,
    until      {instant} NOT NULL,              -- forgotten then: a request that says it is older is refused
    request    {bytes} NOT NULL,
    reply      {bytes},
    PRIMARY KEY (node, call_id)
);
-- What neighbours may call here by name (since format 15).
CREATE TABLE IF NOT EXISTS #remote_procedure (
    procedure_name VARCHAR(128) PRIMARY KEY,
    made_of        VARCHAR(10) NOT NULL,        -- SQL, CLASS
    body           {text} NOT NULL,             -- the statement, or the name of the class
    created_at     {instant} NOT NULL
);
-- Which neighbour may do what: EXECUTE a remote procedure, REFRESH a publication (since format 15).
CREATE TABLE IF NOT EXISTS #remote_right (
    deed       VARCHAR(10) NOT NULL,
    subject    VARCHAR(300) NOT NULL,           -- the procedure or publication, with its value
    node       VARCHAR(128) NOT NULL,
    run_as     VARCHAR(256) DEFAULT '' NOT NULL, -- a sync user; '' for the agent's own
    PRIMARY KEY (deed, subject, node)
);
-- Users of this database as whom the agent may work for others, and where their passwords are (since format 15).
CREATE TABLE IF NOT EXISTS #sync_user (
    user_name  VARCHAR(256) PRIMARY KEY,        -- as the database itself knows him
    secret     VARCHAR(1000) NOT NULL           -- secret.SecretReference
);

-- What transactions here have saved for the database above, one row each, written by the transaction that saves it; place and states are the agent's (since format 15).
CREATE TABLE IF NOT EXISTS #tentative_transaction (
    transaction_id {uuid} NOT NULL PRIMARY KEY,
    number         BIGINT,                      -- its place: judged in this order; null before the agent has seen it
    state          VARCHAR(10) NOT NULL,        -- SAVED, SENT; then ACCEPTED, AMENDED, REJECTED, FAILED (and stops the others), LOGGED, IGNORED, DISCARDED
    error_mode     VARCHAR(10) NOT NULL,        -- FAIL, LOG, IGNORE
    attempts       INTEGER DEFAULT 0 NOT NULL,  -- how often somebody let it be tried again
    saved_at       {instant} NOT NULL,
    judged_at      {instant},
    error_code     VARCHAR(100),                -- as the database above said it
    error_text     VARCHAR(4000)
);
CREATE TABLE IF NOT EXISTS #tentative_statement (
    transaction_id {uuid} NOT NULL,
    sequence       INTEGER NOT NULL,
    statement      {text} NOT NULL,
    PRIMARY KEY (transaction_id, sequence)
);
CREATE TABLE IF NOT EXISTS #tentative_property (
    transaction_id {uuid} NOT NULL,
    name           VARCHAR(128) NOT NULL,
    setting        VARCHAR(4000) NOT NULL,
    PRIMARY KEY (transaction_id, name)
);
-- What became here of what databases below have saved, written by the transaction that carries it out (since format 15).
CREATE TABLE IF NOT EXISTS #tentative_received (
    node           VARCHAR(128) NOT NULL,
    transaction_id {uuid} NOT NULL,
    number         BIGINT NOT NULL,
    attempts       INTEGER NOT NULL,
    state          VARCHAR(10) NOT NULL,        -- ACCEPTED, AMENDED, REJECTED, ERROR
    error_code     VARCHAR(100),
    error_text     VARCHAR(4000),
    judged_at      {instant} NOT NULL,
    PRIMARY KEY (node, transaction_id)
);
-- The parameter bulletin board while a saved transaction is carried out; empty at all other times (since format 15).
CREATE TABLE IF NOT EXISTS #sync_parameter (
    name     VARCHAR(128) PRIMARY KEY,
    setting  VARCHAR(4000) NOT NULL
);
