// SPDX-License-Identifier: Apache-2.0
/**
 * What PASSTHROUGH has to know of statements, and of how far one has come that commits by itself.
 *
 * <p><b>Guarantee.</b> A statement that was passed on is executed once where it arrives, in its place in the stream, or it is said that it was not, or that nobody can know. On no product, and after no crash, is it executed twice without
 * somebody's word.
 *
 * <p><b>How.</b>
 * <pre>
 *   DDL is part of a transaction              the statement runs in the transaction that moves log_received: nothing else is needed
 *   (PostgreSQL, SQLite)
 *
 *   DDL commits by itself                     1  BEGUN with what all tables are like, made durable
 *   (H2, MariaDB, HSQLDB)                     2  the statement
 *                                             3  DONE
 *                                             4  log_received moves, the row goes, in one transaction
 *
 *   after a crash the row says BEGUN:         no table differs                              ─► 2 was not: it is executed
 *                                             tables differ, and the statement names them   ─► 2 was: DONE
 *                                             anything else                                 ─► PASSTHROUGH_UNKNOWN, until a person says which ({@code ./waybill passthrough})
 * </pre>
 * That no table differs means something only for statements of which tables show whether they were executed ({@link dev.waybill.passthrough.PassedText}); of all others nobody knows, unless they may be executed twice (IF NOT EXISTS, OR REPLACE).
 * Where the statement is said, it is the same, by the application's connection in place of the agent's: its row has no sender, and what is recorded for others goes into the transaction that removes it.
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li>What a statement changed where it was said is in the same entry behind it, and goes to those who do not get the statement: everybody hears of it once, in one way or the other.
 *   <li>One that may commit by itself on some product has no changes of rows beside it in its transaction, wherever it is said: others could not execute such a transaction as a whole.
 *   <li>Tables are compared by names, columns, indexes and foreign keys as JDBC's metadata tell them, a hash for each ({@link dev.waybill.passthrough.TablesNow}): what is stored stays short, and which tables differ can be held against the statement.
 * </ul>
 *
 * <p><b>Rejected.</b> Executing again and taking "is there already" for success (another table of that name would do as well); a time after which a statement counts as dead; guessing by the statement's kind alone.
 */
package dev.waybill.passthrough;
