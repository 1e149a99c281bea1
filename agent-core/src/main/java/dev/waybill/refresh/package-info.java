// SPDX-License-Identifier: Apache-2.0
/**
 * Snapshots: how the content of a publication is taken at a log offset and installed at a replica.
 *
 * <p><b>Guarantee.</b> A snapshot is the state of the published tables after exactly the transactions up to its offset; the stream goes on after it without a gap and without an overlap. It is installed in one
 * transaction, and what it changes is never captured at the replica.
 *
 * <pre>
 *   sender (the agent's thread, so nothing is sequenced meanwhile)
 *     read snapshot: catalogue, journal head, outbox rows that it sees, rows of the tables ─► spool, some parts a transaction (SPOOL_SNAPSHOT)
 *     one transaction (SEQUENCE): head and catalogue version unchanged? ─► exactly those outbox rows ─► journal
 *                                 ─► entry for the subscriber alone: Begin, SnapshotReference(spool), End ─► subscription SYNCHRONIZING; a period begins here unless one is open
 *     sending: in place of the reference goes the spool
 *   receiver
 *     CREATE_TABLES: schemas, tables, foreign keys that are missing ─► APPLY: old rows deleted, children first ─► new rows by {@code apply}, with log_received
 *
 *   spool := Begin · SnapshotStart(tables, parents first) · INSERT*, parents first · SnapshotEnd(rows) · UPDATE* · End
 * </pre>
 *
 * <p><b>More than the publication.</b> At the replica old rows are deleted, and what refers to them would go along. So a snapshot also holds the tables of the subscriber's other publications that refer to one of its tables, and of a shared
 * table the columns of all of them (see {@code Scope}). Rejected: comparing row by row at the replica (every key would have to be remembered); taking the snapshots of all his publications (most do not touch one another).
 *
 * <p><b>Rows by condition.</b> Of a table whose article has a condition, the rows that it chooses, decided by the same code as the stream after it; of one that several publications choose from, those that one of them chooses.
 * A foreign key to such a table does not travel: the row that is referred to may leave before those that refer to it. A table that is there keeps its own.
 *
 * <p><b>The replica's own tables.</b> Tables that are not in the snapshot may refer to its tables. Where they do with ON DELETE CASCADE, SET NULL or SET DEFAULT, their rows would go or change along, without a word: then the snapshot is
 * not installed, with one error that names the table ({@code LocalChildren}). Other keys refuse the deletion by themselves. Rejected: taking the keys away for a while (DDL that commits, at the moment when rows are missing); keeping
 * the parents that are referred to (every key would have to be remembered).
 *
 * <p><b>Cycles.</b> Foreign keys to the same table or to one that comes later are <em>late</em>: their columns travel as NULL, and an UPDATE for each row that has a value follows the last INSERT. Of a cycle such keys are
 * chosen that may be NULL; a key that never may is left out between tables, and within one table its rows are ordered at apply. For deleting, late columns are set to NULL first.
 *
 * <p><b>Spools.</b> {@code snapshot} says which entry names which spool; a spool that none names was left by a crash and is removed. A spool is the content of its entry, so it is kept as long as the entry can be asked for: until it
 * is confirmed, and after that for receivers that are restored, until the journal is trimmed beyond the entry, or until confirmed spools together are longer than what is kept of the journal for them (the latest are kept first).
 * SYNCHRONIZE said again takes the next snapshot of a subscription only when the one before is confirmed (the state stays SYNCHRONIZE_REQUESTED meanwhile), so the number of spools is bounded. All subscriptions that wait are
 * served from one read snapshot.
 *
 * <p><b>Beginning anew.</b> When somebody asks from below what the journal reaches, the journal had to be trimmed beyond what he was owed, the next thing to be sent is a snapshot whose spool is gone, or a person says so, his stream cannot go
 * on as it was, and half of it must not: it stops (NEEDS_RESYNC), and the agent begins it anew by itself. In one transaction, {@code log_begun} becomes the head, his periods are removed, his stream gets the next number and the head as its
 * base (page of {@code delivery}), and one snapshot of everything that he is to get follows as the next entry: one transaction, or some of
 * his tables would be seen in their new state and some in the old one. What he was still owed of subscriptions that were dropped is not sent: his tables stay as they are. The consolidated database is
 * never sent a snapshot, so its stream stops until a person decides ({@code waybill peer resync}).
 *
 * <p><b>Trust.</b> A definition comes in a message. Names are quoted, types are put together from structured parts, the expression of a generated column is taken only in the restricted form of
 * {@code GeneratedExpression}; nothing else becomes SQL. What is left out is logged once and counted ({@code left_out}).
 *
 * <p><b>Other products.</b> Tables are made with the names and types that they have here ({@code LocalNames}, {@code Dialect.landing}), unless their schema is here by exactly the sender's name: nothing tells H2's {@code "sales"}, which
 * was quoted, from PostgreSQL's {@code sales}; where a type is narrower here, that is one of the sentences of what was left out.
 *
 * <p><b>Decisions.</b> A table that is there keeps its shape if the rows fit: wider columns and further ones are welcome; anything narrower halts with one error until it is altered. Foreign keys are made with the table
 * or while it is empty, so a crash between needs no memory of where it was. Rows are read as a stream ({@code Dialect.streamResults}). Rejected: reading while the sequencer goes on (the rows would be of no offset);
 * sending rows as they are read (a crash would send another content under the same offset).
 */
package dev.waybill.refresh;
