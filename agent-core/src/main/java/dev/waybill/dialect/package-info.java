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
 *   CatalogueInstaller ─► h2.sql, upgrade steps
 * </pre>
 *
 * <p><b>Installing.</b> DDL commits by itself, so {@link dev.waybill.dialect.CatalogueInstaller} can stop between any two statements:
 * <pre>
 *   nothing ─► schema, catalogue table ─► row (format, version −1) ─► all other tables, first rows ─► version 0 ─► in use
 *               any stop before version 0: not seen as a catalogue by hasCatalogue; the next install goes on from there
 * </pre>
 *
 * <p><b>Decisions.</b> A dialect is immutable and shared by all threads; connections are handed in. It speaks JDBC only, to raw connections only. H2 is the embedded default; others are added as one class each.
 *
 * <p><b>What was measured of H2 2.5.252</b> (a test for each stands in this room or in {@code journal}):
 * <ul>
 * <li><i>Row ids.</i> A table without primary key numbers its rows by a counter, raised inside the INSERT, that grows over all sessions, is not set back by deletes, and begins after a restart behind the rows that are there.
 *     That is all that {@code entry_id} needs. {@code NEXT VALUE FOR} changes LASTVAL() in PostgreSQL mode (not IDENTITY(), SCOPE_IDENTITY(), LAST_INSERT_ID() in the others); a row id changes nothing.
 * <li><i>Plans.</i> {@code _ROWID_ = ANY(array)} finds rows directly but compares each with every element: deleting 10,000 rows took more than a second, by ranges ten milliseconds. An inner join with UNNEST scans the table for every element; an
 *     outer join looks up. A key of one BIGINT is the table's own tree; of two columns it is a second tree, and inserting costs double.
 * <li><i>Deadlock.</i> The victim's whole transaction is rolled back (40001) and its session goes on: see {@code endsTransaction}. After every other error only the statement is undone. Under much contention a statement may
 *     fail with HY000 "transaction has status ROLLING_BACK, not OPEN"; a rollback mends it.
 * <li><i>Snapshots.</i> Isolation level 6 fixes all tables at the first statement, atomically against a writer of several tables. Setting it commits what is open.
 * <li><i>Many rows.</i> What a statement has changed is gathered in a result that H2 2.5.252 never completes: with more than MAX_MEMORY_ROWS rows and a file, OLD TABLE and FINAL TABLE silently lack the last ones, and reading them from
 *     generated keys fails. Queries are whole. A statement that copies or deletes rows holds them in memory up to that number, with their values: ours take four megabytes at once.
 * <li><i>Undo log.</i> Of a page of more than a megabyte the head is read from the file even while its chunk is still to be written: the store ends, and with it the database for everybody. Up to 48 deleted or changed rows are one page; so no
 *     row of ours that is deleted has more than 20 kilobytes ({@code OutboxWriter.MAX_PART_BYTES}). An application that deletes or changes larger rows in numbers, while another session commits much, meets it by itself.
 * <li><i>Durability.</i> {@code CHECKPOINT SYNC} wants a user with admin rights, and is harmless in memory. One alone is not enough: see {@code H2Dialect.makeDurable}.
 * <li><i>Crash.</i> When its process is killed while several threads write, H2 2.5.252 may rarely keep one half of a transaction: seen with the bare driver, rows inserted before a savepoint kept and those after it
 *     gone, about once in two hundred kills. The sequencer meets such a transaction in the outbox as OUTBOX_BROKEN and sequences nothing, because half of it would be sent.
 * <li><i>Names.</i> {@code INFORMATION_SCHEMA} must be written in upper case and without quotes to be found under every setting of DATABASE_TO_LOWER and DATABASE_TO_UPPER. {@code BLOB} is unknown in PostgreSQL mode.
 * <li><i>Rights.</i> A user without rights does not see our tables in the metadata but gets an error when he reads them.
 * <li><i>Instances.</i> DATABASE() of {@code mem:Foo} and {@code mem:foo} is the same; only H2's objects tell such databases, unnamed ones and successive ones of one name apart.
 * <li><i>Dates</i> of the years ±1,000,000,000 come out of JDBC silently changed to the last day that Java has; we refuse them.
 * <li><i>Row values</i> are bound as a result set of one row, and only so. An ARRAY of ROW can be bound in no way and is refused. In a ROW type H2 itself converts the fields after a {@code NUMERIC(p, s)} or ENUM field to that field's
 *     type when it stores them; nobody can read them right afterwards.
 * <li><i>Lengths.</i> CHARACTER VARYING, BINARY VARYING, JSON and JAVA_OBJECT reach 1,000,000,000; a column of that length counts as unlimited.
 * </ul>
 *
 * <p><b>Rejected.</b> H2's classes on the class path (its version is the application's choice). A sequence for {@code entry_id}. Types from
 * {@code ResultSetMetaData} (nothing about nested types, and a call for every row). Dropping a half-made catalogue (another installer may be at work on it).
 */
package dev.waybill.dialect;
