// SPDX-License-Identifier: Apache-2.0
/**
 * Extraction: new databases below get their first content beside the message system, where rows are many or the line is thin, and exchange messages from exactly that moment on.
 *
 * <p><b>Guarantee.</b> What is brought over is the head office after exactly the transactions up to a log offset, and messages begin after it: nothing is missed and nothing doubled, whatever is written there meanwhile, and wherever the
 * extraction is ended and run again. Nobody who writes is locked out: the moment of the snapshot costs an agent one transaction's wait.
 *
 * <pre>
 *   remote      catalogue made ─► incarnation T
 *   head office lock the lease row · begin a snapshot on other connections · sequence exactly what it sees ─► offset O · subscriptions start at O,
 *               this name is T from now on (ADOPT T; RESET O, taken up by the agent) · commit      ({@code publication.Extractions})
 *               ─► tables of the snapshot, each a file of the spool, once for all who get the same ─► manifest: the spool is complete
 *   remote      tables made as SYNCHRONIZE makes them ─► each file one transaction, with its line "extracting …" in waybill.counter; parents first, late references last
 *               ─► publisher, message type, the head office above at (O, digest), the same publications and subscriptions upward ─► the lines go, the spool goes
 *   ended       before the manifest: begins anew, with another snapshot; after it: goes on behind the last step that was committed
 * </pre>
 *
 * <p><b>Why nothing else can follow.</b> For the head office an extraction is REMOTE RESET, said in the moment of the snapshot: its stream begins anew at O and rests on a word (page of {@code delivery}). The word is about T: an empty database
 * that calls itself by the same name, a copy of another extraction, a remote restored to the time before, are other incarnations or declare where they are, and are not served in silence. T is known before it ever speaks, so what
 * waits for the remote waits for nobody else.
 *
 * <p><b>In parallel.</b> Where connections can share a snapshot (PostgreSQL), several read, and write where PostgreSQL is filled; a table is loaded when the tables that it refers to are. Everywhere else one connection reads, and it is said. Rejected: several
 * snapshots taken under one lock (who began before that may commit between them).
 *
 * <p><b>A spool of files</b>, not of rows in the head office's database: it costs that database one reading, several remotes are filled from it, and it can be carried. It holds rows as they are, so the directory is made for its owner alone, and
 * is removed in the end. Each file is checked before it is loaded. Rejected: from one database into the other without a spool (the snapshot would stay open for as long as the slower one takes, and a kill would begin from nothing); the
 * spool of SYNCHRONIZE (it is written into the head office's database, twice its size).
 *
 * <p><b>By hand.</b> Whoever has a better way to copy (a storage snapshot, the database's own tools) says REMOTE RESET while nobody writes; that is the same beginning ({@code docs/extraction.md}).
 *
 * <p><b>Left behind.</b> What does not travel is said in the end: of tables what SYNCHRONIZE says (defaults, checks, indexes …), and views, routines, triggers, rights.
 */
package dev.waybill.extraction;
