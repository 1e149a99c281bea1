// SPDX-License-Identifier: Apache-2.0
/**
 * The grammar of the SQL that is ours, and the lexer that it shares with capture.
 *
 * <p><b>Guarantee.</b> A statement that does not begin like one of ours is never touched; one that does is either understood wholly or refused with an error that shows where and what is expected. The lexer never fails, and cuts a text
 * where the database itself would cut it.
 *
 * <p><b>How.</b>
 * <pre>
 *   text ─► FirstWords: ours? ─no─► null: the database's
 *               └─yes─► Cursor over {@link dev.waybill.statement.Lexer} ─► StatementParser: one method a rule ─► {@link dev.waybill.statement.WaybillStatement} ─► execute(administration)
 * </pre>
 * Every statement is a record of a sealed family, with the verb on the type. The forms are in {@code Form}; what decides whose a statement is, in {@code FirstWords}.
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li>Keywords are words without quotes. A role named {@code publish} is granted by quoting it: {@code GRANT "PUBLISH" TO u} is the database's.
 *   <li>What PostgreSQL writes with the same words stays PostgreSQL's (FOR TABLE, CONNECTION, IF EXISTS, lists, CASCADE …). {@code DROP PUBLICATION p}, {@code ALTER PUBLICATION p ADD TABLE t} are written the same by both, and are ours.
 *   <li>The condition of WHERE is read by the room {@code predicate}, which says where it ends: the same on every product, whatever its own SQL is.
 *   <li>The statement of an after-commit job is all that follows, as it was written: nobody reads it before it runs.
 *   <li>What belongs to the caller's transaction (START AFTER COMMIT, SET SYNC PROPERTY) is of a family of its own, {@code InTransaction}; everything else is a transaction by itself.
 *   <li>PASSTHROUGH changes a connection, not a database: {@code OfConnection}, which the driver carries out.
 *   <li>Parameters are no part of our statements, but for the arguments of CALL … AT, which are expressions of the database's own, and are worked out by it.
 *   <li>Where databases read the same characters differently, {@link dev.waybill.statement.LexerRules} says how: on H2, {@code $a$;$a$} is two parameters and a semicolon, on PostgreSQL a literal. The wrong rule would hide a statement.
 * </ul>
 *
 * <p><b>Rejected.</b> JSqlParser for this (0.05 to 2 ms a statement, and it does not know these forms); regular expressions (comments, quotes).
 */
package dev.waybill.statement;
