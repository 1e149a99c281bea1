// SPDX-License-Identifier: Apache-2.0
/**
 * Executed statements become row changes, in the transaction that they belong to.
 *
 * <p><b>Guarantee.</b> Every effect of a statement on a published table is captured in the same transaction, or the statement is refused with a clear error before it does anything, or (by explicit setting) allowed and
 * counted. There is no fourth outcome.
 *
 * <p><b>How.</b>
 * <pre>
 *   SQL text ─► plan (tokens alone; cached by text, under one catalogue, one state of the definitions, one meaning of names)
 *   execute  ─► performed as planned; images come from the database:
 *                 INSERT, UPDATE, MERGE        the generated-keys channel, asked for the captured columns; the application sees those that it asked for
 *                 INSERT of one row of ?       from the parameters, as far as the stored value is certainly the bound one (PlainInsert); a row in doubt goes the way above
 *                 DELETE, TRUNCATE             SELECT key FROM OLD TABLE (DELETE …); of more than 1,000 rows: locking read of the keys before, each of them gone after, and as many as the update count
 *                 ON DUPLICATE KEY UPDATE      the same for what was inserted; what was updated is read, locked, by the unique keys of the rows that were to be inserted
 *                 UPDATE of a key              locking read before (old keys, and new ones by the SET clause's own expressions); each row must find its pair
 *                 MERGE that deletes           locking read of the matching keys before, re-read after, and the update count has to agree
 *                 foreign keys' own actions    locking reads of the children before, recursively; what has happened is recorded after, children first
 *                 FINAL TABLE, OLD TABLE       the captured columns behind the application's own
 *                 updatable result sets        key from the row before and after, row read again by key; a new row by the INSERT that H2 itself would run, through the generated-keys channel
 *               on PostgreSQL:
 *                 INSERT, UPDATE, DELETE,      RETURNING with the captured columns behind the application's own; from version 18 with the key as it was, before that
 *                 upsert, MERGE                a locking read before an UPDATE of a key; sent by the generated-keys channel, which tells counts and rows
 *                 TRUNCATE                     the keys under its own lock, before it
 *                                              it is written into its binary form when the statement runs, or when the element joins its batch
 *            ─► recorder: encoded at once; small transactions stay in memory, large ones become outbox parts as they go
 *   commit   ─► catalogue compared, last outbox part, COMMIT; on PostgreSQL in one text: deferred constraints, fence, last part, COMMIT
 * </pre>
 *
 * <p><b>Products.</b> What is one database product's own stands behind {@code CaptureProduct} (how texts are read and planned, what names mean, what plans are made from) and {@code ProductSession} (what one connection's transactions and
 * savepoints do); H2's are {@code H2Product}, {@code H2Session}, PostgreSQL's {@code PostgresProduct}, {@code PostgresSession}, MariaDB's {@code MariaDbProduct}, {@code MariaDbSession}. Everything else is written once. What becomes of every way to write on each product stands in {@code docs/capture-matrix.md}, which is a test.
 *
 * <p><b>PostgreSQL.</b>
 * <ul>
 * <li>Only the words of transactions end one: definitions are part of it, so what a connection has defined is planned with on that connection alone until its end. {@code SET search_path} is taken back by a rollback, so names are asked for anew after it.
 * <li>Its driver tells the state of the transaction without asking the server: in a failed one nothing is asked, and COMMIT is left to the driver's own words; BEGIN as text is noticed.
 * <li>Its driver runs a statement that is called as what it is not, commits it in autocommit mode, and refuses then: so everything is recorded and committed before that is told.
 * <li>The rows of RETURNING are read by us and then shown: the cursor is put back by its fields, since such a result set cannot be scrolled. The application's limits for rows are off meanwhile: they would keep rows from us.
 * <li>Facts are read in autocommit mode when no transaction is open, so that preparing a statement opens none; they are those of the last definition that came through a driver of this process.
 * <li>A partition of a published table is captured as that table. Views, rules, inheritance, and parents of published partitions are refused, by what pg_rewrite, pg_depend and pg_inherits say.
 * <li>Every transaction that has written anything asks the fence at its end: {@code Dialect.fenceCheck}. A write in autocommit mode is a short transaction therefore.
 * <li>An INSERT in autocommit mode whose row is known from its parameters takes one round trip: it, the fence and the outbox part are one text without BEGIN, which the server runs as one transaction ({@code AloneWriter}; an explicit BEGIN
 * would leave a failed transaction open). Not in the driver's simple query mode, which sends each statement by itself, nor where a constraint may wait for COMMIT, nor for a row that takes more than one part.
 * <li>A batch in autocommit mode is cut into transactions where the driver alone would let the server answer ({@code GroupedBatch}): it reckons with 250 bytes for each element and the row that it returns, and with 64,000 in all; a row without a
 * most length goes alone. So what stays of a batch that fails is the same.
 * <li>A Timestamp becomes a local time by the zone of this process, not of the session; into a column with a time zone it is not kept.
 * </ul>
 *
 * <p><b>Large objects</b> of PostgreSQL, and what is written into them past SQL, have a room of their own: {@code driver.largeobject}.
 *
 * <p><b>SQLite.</b> Statements are not rewritten: {@code SqliteLog} has triggers and a table in the connection's temporary schema, which see every row of a published table that changes, and are part of the transaction. So every write is planned as
 * {@code Unpublished} ({@code SqlitePlanner} looks only for what ends a transaction, takes the log away, goes round it, or changes published tables), and {@code SqliteSession} gives the log to the recorder at the end, behind a savepoint: a COMMIT
 * that fails leaves the transaction as it was. Nothing of ours is read before an application's first statement in a transaction, which would then meet SQLITE_BUSY_SNAPSHOT where the bare driver waits. What a failing element of a batch or OR FAIL leaves done stays done.
 *
 * <p><b>MariaDB.</b> Its UPDATE returns no rows, and RETURNING loses counts and generated keys. So an INSERT runs as it is and is read by its keys ({@code Inserting}, {@code MariaDbUpserting}) or tells its rows itself ({@code ReturnedRows}, as
 * every DELETE of one table); everything else has its rows pinned ({@code PinnedWriting}): their keys are read and locked by the statement's own condition, and it then runs for these rows alone, so that nothing else can be written. What it reads
 * beside itself it reads with locks, the queries inside of conditions too ({@code CurrentReads}): a snapshot would show others than the statement finds. What cannot be told so is refused, and so is every text that is not known. Its driver keeps
 * the server's word whether a transaction is open; that tells commits that nobody said. The fence is asked by a statement of its own, since several in one text need a setting in the URL.
 *
 * <p><b>HSQLDB.</b> INSERT and MERGE tell their rows by the generated-keys channel ({@code GenericDmlPlanner}); of UPDATE, DELETE and TRUNCATE that channel also holds what foreign keys change elsewhere, so they are pinned as on MariaDB. Reading locks
 * nothing: a write that changes nothing locks the rows before they are read, and as many have to be read as it has locked. Batches run element by element up to the first failure.
 *
 * <p><b>Rows by condition.</b> What the conditions of publications look at ({@code CapturedTable.watched}) is recorded of every row as it was and as it is. Where it is not told anyhow (OLD TABLE, RETURNING, pinned rows, SQLite's triggers), an UPDATE
 * that may change it has a locking read before it ({@code WatchedUpdating}); what such a read does not know is left out, and then told to subscribers so that the outcome is the same (page of {@code publication}). An UPDATE that leaves it alone
 * has nothing read, and records it once more as it is. Tables without conditions pay nothing.
 *
 * <p><b>Decisions.</b>
 * <ul>
 * <li>Of an UPDATE that leaves the key only the key is asked for and what can have changed: the columns that the SET clause names, generated ones, those with ON UPDATE. Long values that stay are not read, and at the replica an UPDATE
 * that leaves unique and referring columns alone waits for nobody. Where the SET clause cannot be read, or foreign keys act, all captured columns are.
 * <li>No parser: what decides (kind, target, columns that are assigned to, places of parameters) is read from tokens, and conditions are cut from the text verbatim. What cannot be read for certain is planned the careful way.
 * <li>A statement that is not known to leave the transaction open has everything recorded written before it, with its end; whether it has committed is told by TRANSACTION_ID() before and after, and if not the end is taken back. On
 * H2 even DDL that fails commits.
 * <li>In autocommit mode a captured statement runs in a short transaction; batches run element by element there, so that each keeps its own outcome; the keys that
 * they generate are gathered. (A batch whose parameters are streams, or were bound to a statement that was prepared before the mode was turned on and asks for rows, runs as one transaction.)
 * <li>A data change table (OLD TABLE, FINAL TABLE) of H2 2.5.252 forgets its last rows when there are more than MAX_MEMORY_ROWS and the database is in a file; results of the generated-keys channel and of queries are whole. So OLD TABLE is
 * believed up to 1,000 rows, or MAX_MEMORY_ROWS if that is set lower; a DELETE of more is undone and done with a locking read ({@code Deleting}), and an application's own query of a data change table with more is undone and refused.
 * <li>TRUNCATE is recorded as the DELETE of each row: "all rows are gone" would take rows away at the replica that others commit at the same time.
 * <li>A circle of keys (a swap) is repeated with one row leaving and coming back, since rows are repeated one by one.
 * <li>Rows from parameters need statements prepared with autocommit off that ask for no keys. A setter that cannot be followed (streams, calendars, target types) prepares the statement anew, with everything bound so far. A Timestamp is understood by
 * the session's time zone, which is asked for once and forgotten with every SET TIME ZONE.
 * <li>No query of ours stays in the memory of texts that H2 keeps for the application's session: it walks through all of them at the first write to each table in a transaction.
 * <li>A table that another database sends here ({@code waybill.received_table}) may be written to: told once for each table and process, counted by committed transactions; what is also published is captured as well.
 * <li>Nothing of the database's error is changed; only its text names the statement that ran, which for a DELETE is ours.
 * </ul>
 *
 * <p><b>What is refused</b> (or, by {@code waybill.uncaptured}, allowed and counted): functions that are not declared DETERMINISTIC or take a connection (H2 calls these while it prepares: so they are refused then), tables with triggers, with such a function in a default or check, linked tables, EXECUTE and RUNSCRIPT, ON DUPLICATE KEY UPDATE that may change a key or computes the values of unique columns, rows chosen by ORDER BY or LIMIT where
 * they have to be read before and are not told after (an UPDATE of keys; rows whose children go with them, of a table that is not published or refers to itself), MERGE that may change keys, aggregates over FINAL TABLE, rows that a result set without the key's columns changes, foreign keys that change their children's keys. Always refused: definitions that change what replicas know of a
 * published table; a savepoint that an earlier rollback has destroyed; whatever would change our own tables or drop them, by its text or by definitions (where nothing is published only when the text names the schema).
 *
 * <p><b>Limits.</b> Where H2 takes a new key for equal to the old one (VARCHAR_IGNORECASE), its index goes on showing the old spelling: so does the row that an updatable result set has changed, which is read by its key. On PostgreSQL, definitions made past this process's drivers (a trigger, a function) are seen with the next definition or connection pool; a function that is called by a query writes unfenced; operators, casts and policies are not looked through. Aggregates of the application are trusted, and so is a function without a connection inside of a view, default or check. A statement whose tables change with the schema after it was prepared is refused once, and prepared anew (H2 goes on with the old table until anybody defines anything: nobody
 * could say which one is meant). H2 does not lock a parent row against new children: one committed between the walk and the statement goes with its parent at the replica by the same
 * foreign key there. Keys of rows that change their key or are reached by foreign keys are in memory while their statement runs, at most 100,000.
 *
 * <p><b>Rejected.</b> A parser's tree (reads three statements in four, and is silently wrong); row triggers (twice the cost, and DDL on the application's tables); reading every row before it changes (15 to 20 %).
 */
package dev.waybill.driver.capture;
