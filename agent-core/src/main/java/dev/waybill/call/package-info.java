// SPDX-License-Identifier: Apache-2.0
/**
 * What neighbours ask of one another and wait for: procedures of the other database ({@code CALL p(args) AT node}), and to be sent what there is ({@code REFRESH p}). Requests and answers, outside of the stream.
 *
 * <p><b>Guarantee.</b> A procedure runs at most once for a call, whatever messages are lost, repeated or late and whoever crashes; whoever waits gets what it gave, or its error with SQLState and text, or learns after his time-out that it is
 * not known. Only procedures that are registered by name run, only for neighbours that were given the right, as the user that the right names. Nothing is left behind by a caller that died.
 *
 * <p><b>How.</b>
 * <pre>
 *   session     CALL … AT hq ─► a row of waybill.remote_call, on a connection beside its own ({@link dev.waybill.call.CallDesk}); looks until it is answered, and takes it away
 *   agent       the row ─► message CALL, said again with back-off while nothing is heard                                │
 *   agent, hq   known id ─► the answer again · otherwise waybill.remote_request ({@link dev.waybill.call.RemoteCalls})    │
 *               WAITING ─► RUNNING, to disk ─► the statement or class, beside ─► ANSWERED ─► message REPLY ──────────────►┘
 * </pre>
 * Bodies are drawn in {@link dev.waybill.call.CallCodec}. Messages are believed as all others are: rule R0, signatures, encryption.
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li>A connection beside the session's: the request has to be seen while the session's transaction goes on, and what runs there is no part of it. SQLite has one writer, so there a transaction that has written cannot ask.
 *   <li>By tables, not by memory: the agent may be another process. Rows of a caller that died go five minutes after his time-out.
 *   <li>The row that says "begun" is on disk before anything runs, the answer is on record before it is said. A crash in between is told to the caller, never repeated.
 *   <li>Answers are kept for the time-out and twice five minutes by which clocks may differ. A request that says it is older than can be known any more is refused: only so "at most once" needs no memory without end.
 *   <li>A refusal is not kept: nothing was done, so it may be judged again.
 *   <li>Values say themselves what they are ({@link dev.waybill.call.CallValue}). A result has at most 1,000 rows and fits into one message; more is what publications are for.
 *   <li>As another user by connecting as him, with a password that is referred to and never stored. SET ROLE is no fence: a statement can say RESET ROLE.
 *   <li>Two tables: sessions write to {@code remote_call}, only agents to {@code remote_request}. Whoever may write to the first can ask; he cannot make his own database do anything.
 * </ul>
 *
 * <p><b>Rejected.</b> Queueing calls (a job does: START AFTER COMMIT … CALL); two-phase commit; a direct line beside the links (the link's own way has the addresses, the rights and the wake-up already).
 */
package dev.waybill.call;
