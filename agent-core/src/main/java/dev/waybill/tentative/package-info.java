// SPDX-License-Identifier: Apache-2.0
/**
 * Tentative work: statements that transactions at a replica save for the database above, which carries them out when it lets them. What comes of it returns as changes, by the stream, and as a verdict.
 *
 * <p><b>Guarantee.</b> What a transaction saved is propagated if and only if it commits; in order, each transaction whole and once, whatever messages are lost or repeated and whoever crashes; and each gets a verdict, which its origin keeps.
 *
 * <p><b>How.</b>
 * <pre>
 *   application  SAVE statement ─► rows of waybill.tentative_transaction and _statement, in its own transaction ({@link dev.waybill.tentative.SavedWork})
 *   agent        RECORD_TENTATIVE: a number ─► message TENTATIVE, the first that has no verdict, again and again until it has one
 *   agent, hq    known ─► the verdict again · otherwise RUN_TENTATIVE, beside, one transaction ({@link dev.waybill.tentative.TentativeRuns}):
 *                verdict · bulletin board · validator · statements · COMMIT ─► message TENTATIVE with the verdict
 *   agent        RECORD_TENTATIVE: ACCEPTED, AMENDED, REJECTED; an error by its mode: FAILED (the others wait), LOGGED, IGNORED
 * </pre>
 * Bodies are drawn in {@link dev.waybill.tentative.TentativeCodec}.
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li>The verdict is a row of the transaction that carries the work out, written first. So there is nothing between the two, and a second run, of an agent that comes late, meets its key.
 *   <li>One transaction at a time: the next one leaves when the verdict is here. That is the order, and what FAIL means.
 *   <li>A rejection is an answer, not an error: it stops nothing. What the database refuses is one, and the transaction's mode decides; solidDB stops for both.
 *   <li>What passes by itself (a lock, a connection) gets no verdict, and is said again.
 *   <li>Statements that may end a transaction are refused at both ends, by their first word.
 *   <li>Numbers follow the clock of whoever saved: within a process that is the order. Of two that wait for one another the second saves behind its wait when SAVE follows the statements that it stands for.
 *   <li>Who may is granted, with the user as whom it runs: what a replica sends is SQL.
 *   <li>The bulletin board is a table, so that procedures inside of the database reach it.
 * </ul>
 *
 * <p><b>Rejected.</b> Sending it in the stream upward: a rejected transaction would stop the rows behind it. Undoing tentative rows at the replica by itself: what the database above has in their place comes by the stream, to a publication that covers them.
 */
package dev.waybill.tentative;
