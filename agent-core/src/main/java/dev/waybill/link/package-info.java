// SPDX-License-Identifier: Apache-2.0
/**
 * How bytes travel: one contract, one class for each way, one conformance suite.
 *
 * <p><b>Guarantee.</b> None about order or delivery: a link may lose, repeat, reorder, delay and corrupt. What a link does promise is small: a message that {@link dev.waybill.link.Link#send} accepted
 * becomes visible whole or not at all (as far as the way allows), and a message stays until it is deleted. Deletion follows the commit of what it caused.
 *
 * <p><b>FILE.</b> A shared root directory; an address is a subdirectory of it, as in SQL Remote.
 * <pre>
 *   root/hq/.0199…-7f3a….tmp     being written by somebody; never listed; deleted when its writer must be dead
 *   root/hq/0199…-7f3a….msg      a message; names sort by the time of sending
 *   root/hq/quarantine/X, X.reason   put aside, with the reason; bounded
 *
 *   send:      write .tmp in the recipient's directory ─► fsync file ─► rename          flush:  fsync directory, once for all messages sent before
 *   sendSoon:  write .tmp ─► (some files at a time) fsync file ─► rename, in order      flush:  waits for them before
 * </pre>
 * Everything in a mailbox that is a regular file and does not begin with a dot is listed, so that garbage shows and is put aside instead of lying there for ever.
 *
 * <p><b>HTTP</b>, mail and Kafka are the rooms {@code link.http}, {@code link.mail} and {@code link.kafka}.
 *
 * <p><b>Decisions.</b> Polling is the truth, a watch on the directory only makes it prompt (network file systems do not tell). The temporary file lies in the recipient's directory because a rename is atomic only
 * inside a file system. An address never leads out of the root: not absolute, no {@code ..}, no symbolic link. A link that fails says so by {@link dev.waybill.link.Link.LinkException} and works again when the
 * cause is gone; it keeps nothing open between calls that could go stale. A run of messages is forced to disk four files at a time while the next ones are being made: forcing is waiting, and the file system writes its own
 * journal once for all that wait.
 *
 * <p><b>Rejected.</b> Lock files (a dead writer holds them for ever), appending to one file for each pair (a torn tail makes everything behind it unreadable), trusting modification times for order (they differ between
 * machines and copies).
 */
package dev.waybill.link;
