// SPDX-License-Identifier: Apache-2.0
/**
 * What differs between databases.
 *
 * <p><b>Guarantee.</b> {@link dev.waybill.dialect.Dialect} is one database product: its naming, its types, how its rows are sequenced, snapshotted and bound, how its errors are to be understood. Everything above this room is
 * written once. A value that {@code read} gives and {@code bind} takes is the same in the database's own eyes; what cannot be the same is refused, by
 * {@code describe} for a type and by {@code read} for a value.
 *
 * <p><b>How.</b>
 * <pre>
 *   Dialects.of(connection) ─► H2Dialect ─┬─ H2Metadata, H2ColumnTypes   INFORMATION_SCHEMA ─► TableDefinition
 *                                         ├─ H2Types                     ColumnType ◄─► SQL name
 *                                         ├─ H2Values                    ResultSet ─► canonical value ─► PreparedStatement
 *                                         ├─ H2Sequencing                outbox rows ─► journal rows
 *                                         └─ H2Errors                    code ─► what it means
 *                            SqliteDialect ── SqliteMetadata, …LocalFacts, …Types, …Values (…Text), …Sequencing, …Errors
 *                            PostgresDialect ─ PostgresMetadata, …ColumnTypes, …Types, …Enums, …Values (…Text, …Arrays), …Sequencing, …Bulk, …Errors
 *                            GenericDialect ─ GenericProduct: Hsqldb (…Types); GenericMetadata, …Values, …Times, …Sequencing, …Errors
 *   CatalogueInstaller ─► catalogue.sql, h2.sql, …, upgrade steps         LocalNames: names of a database that folds the other way
 * </pre>
 *
 * <p><b>Installing.</b> On PostgreSQL it is one transaction. On H2 DDL commits by itself, so {@link dev.waybill.dialect.CatalogueInstaller} can stop between any two statements:
 * <pre>
 *   nothing ─► schema, catalogue table ─► row (format, version −1) ─► all other tables, first rows ─► version 0 ─► in use
 *               any stop before version 0: not seen as a catalogue by hasCatalogue; the next install goes on from there
 * </pre>
 *
 * <p><b>Decisions.</b> A dialect is immutable and shared by all threads; connections are handed in. It speaks JDBC only, to raw connections only. H2 is the embedded default; others are added as one class each.
 *
 * <p><b>What was measured of H2</b>, with 2.5.252 first, where not said otherwise (a test for each stands in this room or in {@code journal}, and holds with 2.4.240, too):
 * <ul>
 * <li><i>Row ids.</i> A table without primary key numbers its rows by a counter, raised inside the INSERT, that grows over all sessions, is not set back by deletes, and begins after a restart behind the rows that are there.
 *     That is all that {@code entry_id} needs. {@code NEXT VALUE FOR} changes LASTVAL() in PostgreSQL mode (not IDENTITY(), SCOPE_IDENTITY(), LAST_INSERT_ID() in the others); a row id changes nothing.
 * <li><i>Plans.</i> {@code _ROWID_ = ANY(array)} finds rows directly but compares each with every element: deleting 10,000 rows took more than a second, by ranges ten milliseconds. An inner join with UNNEST scans the table for every element; an
 *     outer join looks up. A key of one BIGINT is the table's own tree; of two columns it is a second tree, and inserting costs double.
 * <li><i>Deadlock.</i> The victim's whole transaction is rolled back (40001) and its session goes on: see {@code endsTransaction}. After every other error only the statement is undone. Under much contention a statement may
 *     fail with HY000 "transaction has status ROLLING_BACK, not OPEN"; a rollback mends it.
 * <li><i>Lost updates.</i> Where many sessions get into each other's way, a row rarely falls back to an older value and committed changes of it are gone: {@code SET version = version + 1} gave 637, 638, 639, 637 to four committed
 *     transactions ({@code SequencerOrderTest} with 2.5.252, twice in two hundred runs on a crowded machine). The journal then says what each transaction did; what the database undid by itself nobody can capture.
 * <li><i>Snapshots.</i> Isolation level 6 fixes all tables at the first statement, atomically against a writer of several tables. Setting it commits what is open.
 * <li><i>Many rows.</i> What a statement has changed is gathered in a result that H2 2.5.252 never completes: with more than MAX_MEMORY_ROWS rows and a file, OLD TABLE and FINAL TABLE silently lack the last ones, and reading them from
 *     generated keys fails. Queries are whole. A statement that copies or deletes rows holds them in memory up to that number, with their values: ours take four megabytes at once.
 * <li><i>Undo log.</i> Of a page of more than a megabyte the head is read from the file even while its chunk is still to be written: the store ends, and with it the database for everybody. Up to 48 deleted or changed rows are one page; so no
 *     row of ours that is deleted has more than 20 kilobytes ({@code OutboxWriter.MAX_PART_BYTES}). An application that deletes or changes larger rows in numbers, while another session commits much, meets it by itself.
 * <li><i>Durability.</i> {@code CHECKPOINT SYNC} wants a user with admin rights, and is harmless in memory. One alone is not enough: see {@code H2Dialect.makeDurable}.
 * <li><i>Crash.</i> When its process is killed while several threads write, H2 may keep half of a transaction, in every version from 2.2.224 to 2.5.252: the state that is stored is taken from one tree after the other (tables, undo
 *     logs) while writers go on, so a transaction that begins or ends in between is in some of them only. What was committed before {@code makeDurable} began is always whole. The sequencer meets half of an outbox transaction as
 *     OUTBOX_BROKEN and sequences nothing, because half of it would be sent. Where the row of the outbox was kept and the rows of the tables were not, it is left out ({@code HalfKept}). A row whose undo log was stored before it, and that
 *     had not committed, is neither there nor gone: no query shows it, COUNT(*) without a condition counts it, and who writes the same key waits for a transaction that will never end. One thread that commits once in a millisecond
 *     is enough: 3 of 60 halts just after a store, on two crowded processors.
 * <li><i>Lost chunks.</i> 2.5.252 writes chunk after chunk in a pipe, and a chunk that was laid out before the one before it had its place does not know of that one: a process that ends between the two writes leaves a file that fails with
 *     "Chunk n not found", or opens at a half. 2.4.240 and older write down where the chunk before will be, or find it.
 * <li><i>Names.</i> {@code INFORMATION_SCHEMA} must be written in upper case and without quotes to be found under every setting of DATABASE_TO_LOWER and DATABASE_TO_UPPER. {@code BLOB} is unknown in PostgreSQL mode.
 * <li><i>Rights.</i> A user without rights does not see our tables in the metadata but gets an error when he reads them.
 * <li><i>Instances.</i> DATABASE() of {@code mem:Foo} and {@code mem:foo} is the same; only H2's objects tell such databases, unnamed ones and successive ones of one name apart.
 * <li><i>Dates</i> of the years ±1,000,000,000 come out of JDBC silently changed to the last day that Java has; we refuse them.
 * <li><i>Row values</i> are bound as a result set of one row, and only so. An ARRAY of ROW can be bound in no way and is refused. In a ROW type H2 itself converts the fields after a {@code NUMERIC(p, s)} or ENUM field to that field's
 *     type when it stores them; nobody can read them right afterwards.
 * <li><i>Lengths.</i> CHARACTER VARYING, BINARY VARYING, JSON and JAVA_OBJECT reach 1,000,000,000; a column of that length counts as unlimited.
 * </ul>
 *
 * <p><b>PostgreSQL</b> (measured with version 18; a test for each in {@code PostgresDialectTest}, {@code SequencingOnPostgresTest}, {@code TypesAcrossProductsTest}):
 * <ul>
 * <li><i>Row ids.</i> {@code entry_id} must be unique, grow in real time over all sessions, and leave {@code lastval()} alone. A sequence or an identity column changes {@code lastval()}, and needs a right of its own.
 *     {@code pg_current_wal_insert_lsn()} grows, but of 700,000 rows of eight sessions 18 % shared theirs with another. {@code pg_logical_emit_message(false, …)} writes an empty record into the log and gives back where it
 *     stands: all different, executable by everybody at every {@code wal_level}, and inserting costs no more than with an identity. Who decodes the log sees messages of the prefix {@code waybill} and passes over them.
 * <li><i>Dead rows.</i> Under an old snapshot nothing is vacuumed, and an outbox through which a million rows went has a million dead ones. {@code outbox_seen} keeps a snapshot of which everything visible was moved; a look then
 *     concerns transactions that began later, and by name those that were under way. See {@code PostgresSequencing}. An agent that begins looks at everything, once.
 * <li><i>Fence.</i> Writers are in other processes. Whoever has written anything asks at its end whether more is captured since it planned ({@code Dialect.fenceCheck}); the answer comes from a sequence, which every transaction sees
 *     as it is now, under SERIALIZABLE too. It is part of the INSERT of the last outbox row, as short as it can be: {@code pg_sequence_last_value} costs the server half of what reading the sequence as a table does, and whatever
 *     fails by an expression costs every execution, since that is made ready too: so the payload is NULL then, which its column refuses. That function says NULL of a sequence that was never set or may not be read: then the check fails. START and SYNCHRONIZE raise it and wait for those that asked before: they hold a writer's lock on the table until they end, which {@code pg_locks} shows to everybody.
 * <li><i>Rights.</i> An application may insert into the outbox but read neither it nor the journal: there are rows that row-level security hides from it. Agent sessions set {@code row_security = off}, so that a policy that hides
 *     rows from the agent is an error, not a snapshot with holes. Their {@code lock_timeout} is ten seconds; their commits are durable, whatever the server's {@code synchronous_commit}.
 * <li><i>Errors.</i> A failed statement leaves the transaction only the way back to a savepoint; after that, all goes on. So {@code endsTransaction} is true only where the session has ended.
 * <li><i>Values</i> are bound as text without a type, so that the server takes the column's, and come back through the driver's own classes. Infinite dates are the first and last of Java, 24:00 the last time of a day. NaN and infinity
 *     are values of {@code numeric}, whose kind therefore is DECFLOAT, also where digits are limited; on H2 such a column is a NUMERIC and takes all but NaN. Types without a neutral kind (inet, ranges, bit strings, composites …)
 *     are NATIVE: they travel as PostgreSQL writes them, and become text elsewhere. Arrays have the dimensions that were declared and begin at 1; others are refused, by value. {@code money} is refused because every server writes
 *     it by its own locale, {@code oid} because it may mean a large object, or any number, {@code reg…} because they name something of one server. Enumerations are made at the replica by name and labels; domains become their base types.
 * <li><i>Large objects.</i> A column of a domain {@code lo} over {@code oid} is a BLOB whose qualifier is the domain: its content is read and written a piece at a time ({@code LargeObjects}). {@code lo_open} for reading shows the object as it was then,
 *     whoever writes meanwhile. Removing one locks it until the transaction ends, and a server has some thousands of locks for everybody; making one locks nothing.
 * <li><i>Constraints.</i> What is deferrable does not travel, and is no key. Unique keys are looked at with every row: an exchange of unique values in one statement, which H2 can do, halts until the constraint is made deferrable.
 * <li><i>Identity.</i> The sequence is drawn forward, not set, unless the way is long: what is drawn is nobody else's.
 * <li><i>Complete capture</i> ({@code Triggers}): row triggers see their rows when the statement is over, nested writes before that; {@code ctid} of OLD and NEW, which PL/pgSQL gives, tells the true order. A constraint trigger that waits is
 *     fired by SET CONSTRAINTS too. A cast of CHAR to text drops its blanks, a cast to a type with a length cuts without a word, a column of another type breaks PL/pgSQL in sessions that know the old one.
 * <li><i>A restored dump</i> has old transaction ids and places in its outbox; an agent that begins puts its rows before all others and looks at everything.
 * </ul>
 *
 * <p><b>SQLite</b> (measured with 3.54.1, xerial's driver; a test for each in {@code SqliteDialectTest}, {@code ReplicationOnSqliteTest}):
 * <ul>
 * <li><i>Names.</i> No schemas: the schema of every table is empty, ours are {@code waybill_x}. Names are found without regard to case and told as they are written. Attached databases are other files.
 * <li><i>Last row number.</i> An INSERT into any table with row numbers changes {@code last_insert_rowid()}; what applications write (outbox, counter, capture_report) is WITHOUT ROWID, and {@code entry_id} is computed inside the INSERT: one more than
 *     there is, and not below the time in microseconds.
 * <li><i>One writer.</i> A transaction that has read and then writes fails at once when somebody has committed in between (SQLITE_BUSY_SNAPSHOT), whatever the time-out: transactions of ours that write begin with BEGIN IMMEDIATE's lock ({@code beginWriting}).
 *     The fence is the version of the catalogue, read by the writer itself.
 * <li><i>WAL.</i> Otherwise a snapshot that is being read keeps everybody from committing, the agent's own spooling too. Whatever others have set, a commit of ours with {@code synchronous = FULL} brings the one log to disk up to itself. It has to write something:
 *     an UPDATE to the same value writes nothing.
 * <li><i>Values.</i> Each has a storage class of its own. Where the declared type leaves one, it has a neutral type and any other class is refused; elsewhere the type is NATIVE of schema {@code sqlite}, and the text says the class: in a column of NUMERIC affinity text that looks
 *     like a number cannot be, in one without affinity text is quoted. NUMERIC is a 64-bit integer or a double: decimals of others with more than 15 digits are made {@code DECIMAL_TEXT}. NaN would become NULL and half a surrogate pair a question mark: refused. The
 *     length of VARCHAR(n) is not looked at by SQLite.
 * <li><i>Metadata.</i> The driver's tell neither keys without an index nor triggers; {@code localFacts} does. Foreign keys cannot be added later, but may name parents that are not there yet.
 * <li><i>Statements.</i> The driver leaves a query of the last row number open on every statement that it has executed: none of ours is kept on an application's connection (VACUUM would be refused).
 * </ul>
 *
 * <p><b>MariaDB</b> (measured with 11.4 and its own driver; {@code MariaDbDialectTest}, {@code SequencerOrderTest}, {@code FenceOnMariaDbTest}, {@code ApplierOnMariaDbTest}, {@code ReplicationOnMariaDbTest}):
 * <ul>
 * <li><i>Names.</i> A schema is a database. The one that a connection was opened to is the schema {@code public} to everybody else, so that LocalNames needs to know nothing of it; every name is written with its database, whatever USE has done.
 *     Our tables have a prefix. A table in mixed letters is published by its name in quotes.
 * <li><i>Row ids and fence</i> are sequences: no snapshot, no rollback, and LAST_INSERT_ID() stays the application's. {@code 9223372036854775807 + (…)} is an error at every sql_mode.
 * <li><i>Looks.</i> A read view is built without a latch and may show T2 without T1 that it followed. See {@code Dialect.mayTear}.
 * <li><i>Deleting</i> by {@code IN (…)} scans a short table, and a scan waits for rows that are not committed: the outbox is joined to the list through its key.
 * <li><i>Writers.</i> INNODB_TRX lists the transactions of the whole server, not their tables, and is renewed only when nobody has read it for a tenth of a second; our own statement standing in it tells that it is new. It needs the right PROCESS.
 * <li><i>Moments.</i> Drivers convert by the zone of the JVM: ours are DATETIME(6) in UTC, written and read as text. A TIMESTAMP is asked for by UNIX_TIMESTAMP(), a FLOAT as DOUBLE: as text it has six digits. TIMESTAMP WITH TIME ZONE of other
 *     products becomes DATETIME(6) in UTC, since a TIMESTAMP ends in 2038.
 * <li><i>Values.</i> Unsigned numbers get the next wider type; a number without limits is DECIMAL(65, 30) and more decimals are refused, since MariaDB would round; zero dates and times beyond a day are refused; so is a UUID of another variant, by
 *     the server. What exceeds max_allowed_packet is refused before it is sent: the server would end the connection.
 * <li><i>Tables</i> that are made here compare bytewise without padding. What a key needs of a text without limit is 255 characters. Generated columns are ordinary ones.
 * <li><i>Agent.</i> Its connection counts the rows it finds, one by one: with useAffectedRows or useBulkStmts it is refused. Commits are on disk at innodb_flush_log_at_trx_commit = 1 (and sync_binlog = 1 with a binary log); otherwise it warns.
 * <li><i>Errors.</i> A deadlock and "record has changed" roll the transaction back; a lock time-out only with innodb_rollback_on_timeout.
 * <li><i>Complete capture</i> ({@code MariaDbTriggers}). Row triggers run with their row, so what they write stands in order. The number of a transaction is read from a row with transaction-precise history that the same transaction takes away again:
 *     nothing stays but a row of {@code mysql.transaction_registry}, which takes no statement but TRUNCATE, and has no row of a transaction that was prepared by XA. DELETE HISTORY waits for open writers. INSERT … SELECT from a row
 *     just inserted costs more with every row of the transaction, SELECT … INTO does not.
 * </ul>
 *
 * <p><b>HSQLDB</b> (measured with 2.7.4; {@code HsqldbDialectTest}, {@code SequencerOrderTest}, {@code ReplicationOnGenericTest}):
 * <ul>
 * <li><i>Transactions.</i> Only MVCC is taken: under LOCKS and MVLOCKS a transaction that has written to the outbox locks all of it. FOR UPDATE locks nothing there; a write that changes nothing does, so all of ours that write begin with one of
 *     the lease's row ({@code beginWriting}). A wait for a row has no bound, and the query time-out does not end it; a third session can
 *     ({@code Waits}: ALTER SESSION … END STATEMENT, for an administrator; the transaction stays, a session that waits no more meets it at its next statement, and a definition that waits for all others is not ended). At REPEATABLE READ there would be no wait but an error, for agents among themselves, too: rejected.
 * <li><i>Row ids</i> come from a sequence, which leaves IDENTITY() alone and goes on behind what is in the files after a crash.
 * <li><i>Durability.</i> With a write delay of 0 every COMMIT is on disk when it returns; otherwise the agent refuses to work.
 * <li><i>Tables</i> of ours are CACHED: otherwise all rows would be in memory.
 * <li><i>Values.</i> java.time is converted by a calendar that moves days before 1582, and decimals beyond the scale are cut without a word: times travel as text, and what would be cut is refused.
 * </ul>
 *
 * <p><b>Derby</b> is refused ({@code DerbyTest}): its readers wait for rows that are not committed, or see them as if they were.
 *
 * <p><b>Names across products.</b> {@code LocalNames}: a name that was written without quotes at the sender is one that is written without quotes here; H2's {@code PUBLIC.ORDERS} is PostgreSQL's {@code public.orders}. A table that is here under
 * exactly the sender's names keeps them. Rejected: finding names without regard to case, which takes two tables for one where both were quoted.
 *
 * <p><b>Rejected.</b> H2's classes on the class path (its version is the application's choice). A sequence for {@code entry_id}. Types from
 * {@code ResultSetMetaData} (nothing about nested types, and a call for every row). Dropping a half-made catalogue (another installer may be at work on it).
 */
package dev.waybill.dialect;
