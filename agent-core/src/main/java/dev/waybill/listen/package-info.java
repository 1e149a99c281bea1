// SPDX-License-Identifier: Apache-2.0
/**
 * The listener: hears notices, believes those that may be believed, and does what its handlers say, as a rule a refresh of its database.
 *
 * <p><b>Guarantee.</b> Whatever comes, however often: a refresh is begun at most once in an interval, and one that was wanted meanwhile is begun at its end, so none is missed. Nothing of a notice reaches a shell, or SQL; a program is started only where that was
 * allowed, with the arguments that its handler has. A listener that was off, or could not reach its office, refreshes once when it is back, whatever it missed: a notice may be lost, what it is about may not.
 *
 * <pre>
 *   office ══ TLS ══ {@link dev.waybill.listen.SyncEar} ──┐
 *   UDP ──────────── {@link dev.waybill.listen.UdpEar} ───┤ {@link dev.waybill.notice.NoticeGate} ─► {@link dev.waybill.listen.Listener} ─► handlers, in order ─► action ─► 0, -2, -3: confirmation
 *   pollers ──────── {@link dev.waybill.listen.PollEar} ──┘                                     first that matches, and those behind it as long as they say continue=yes
 *                                                                     sync: {@link dev.waybill.listen.PacedSync}
 * </pre>
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li>Handlers are written as {@code dblsn -l} has them ({@link dev.waybill.listen.HandlerText}); {@code sync} is added, since that is what they are for.
 *   <li>A command is cut into arguments when the handler is read; variables are filled in afterwards, into the arguments that there are. One that would begin with a hyphen by what a notice says fails: it could be an option of the program.
 *   <li>{@code $ml_password} and {@code $ml_connect} are not known: secrets do not belong into arguments, which everybody of the machine can read.
 *   <li>Datagrams are read 200 a second at most; what comes faster is left to the system, which forgets it. So a flood costs a bounded part of one processor, signatures or not.
 *   <li>Beside an agent only {@code sync} is done. What runs programs is a process of its own, {@code ./waybill listen}.
 * </ul>
 *
 * <p><b>Rejected.</b> Starting programs by a text that a shell reads; a refresh for each notice (a flood of true ones would be as bad as a forged one).
 */
package dev.waybill.listen;
