// SPDX-License-Identifier: Apache-2.0
/**
 * The message agent: one for each database, by lease. It brings together what the rooms below decide.
 *
 * <p><b>Guarantee.</b> What a cycle was interrupted in (by a crash, a lost lease, a full disk) the next one finishes: nothing is lost, nothing is done twice. Trouble with one neighbour or one link stops only that
 * one, is said once, is seen in {@code waybill.remote_user}, and is over by itself when its cause is.
 *
 * <p><b>How.</b> {@link dev.waybill.agent.MessageAgent#runOnce} is one cycle:
 * <pre>
 *   admit        who came by invitation is taken in: key ring, then one commit ({@code Admissions})
 *   receive      link ─► decode ─► {@code delivery.Receiver} (R0 to R7); parts are staged
 *   apply        what is next in order, many transactions in one, position in the same commit
 *   confirm      checkpoint, then confirmations and requests leave, then messages are deleted from the link
 *   sequence     outbox ─► journal; the next steps of a backlog run beside the sending
 *   jobs         after-commit jobs whose transactions have log offsets run beside the cycles (page of {@code aftercommit})
 *   notify       what notifiers want on record before they send, and what listeners have said; they work beside the cycles (page of {@code notify})
 *   calls        what neighbours ask runs beside the cycles; what sessions here ask is said, and REFRESH gets its place (page of {@code call})
 *   synchronize  snapshots that were asked for
 *   send         checkpoint, one scan of the journal ─► filter of each subscriber ─► cut ─► encode ─► link ─► log_sent
 *   clear        rows of the outbox whose journal is on disk, where sequencing left them: when nothing is to be sequenced, and behind a backlog a while later
 *   trim         what nobody is owed any more
 * </pre>
 * {@link dev.waybill.agent.AgentRunner} turns cycles in a daemon thread: woken by commits of this process and by links that can tell, otherwise looking more and more rarely up to a bound.
 * {@link dev.waybill.agent.AgentRegistry} keeps one for each database beside an application.
 *
 * <p><b>Order of effects.</b> A machine's new state is committed before what it wants is done. Before any message leaves and before any message is deleted, all that was committed is on disk
 * ({@code AgentDatabase.makeDurable}): an embedded database may lose its last half second at a power cut, and a confirmation of lost work would be a lie.
 *
 * <p><b>Decisions.</b> One thread for each database: cycles are short, and everything in them meets the same rows. The lease row is locked first in every transaction and its token compared; running out of time only allows
 * another to try. No thread is ever interrupted, because an interrupt inside H2 closes the file under it: stopping waits for the present step. The pool has a fixed size and no life time for the same reason.
 * An embedded database's connections are opened ahead and handed to the pool when it asks ({@code ShieldedDataSource}): by itself it opens them 30 ms apart, and the agent's first step waited for the last; none is opened afterwards, and
 * the pool is not closed, which interrupts, while it takes one over. Where a database bounds no wait for a row ({@code Waits}), ten looks a second apart do ({@code WaitWatch}): what was seen waiting for an application in all of them is ended, rolled
 * back and done again; waits for another session of the same agent are left alone, since what holds that one up is ended first.
 * Only the next steps of a backlog's sequencing, and flushes (for the step before; for confirmations while a backlog is received), run in other threads, while the agent's own one sends, which transacts nothing, or applies; what they did is
 * spoken of from the next cycle on. Beside them only what touches no database: the next received transactions are taken apart while the ones before are performed (page of {@code apply}), and the next messages of many are encoded, by whoever
 * comes first, while the agent's thread puts together those after them; they are handed over in their order, four wait at most ({@code OutStream}, {@code Encoding}); the next four of a look are decoded while it takes in the ones before, and
 * where a look leaves some for the next one, up to 2 MB of them while this one's are applied ({@code Opening}). One alone is encoded and decoded at once: live traffic waits for no other thread. A commit and its
 * counting are one ({@code AgentDatabase.committed}): who has read what another thread committed has it made durable before he speaks of it.
 *
 * <p><b>A backlog is received</b> at the pace of the one thread that may write, three quarters of whose time are the database's own INSERT and COMMIT; everything else is kept away from it:
 * <pre>
 *   agent's thread  ── look 1 ── apply 1 ── look 2 ── apply 2 ── confirm 1 ──
 *   decoding           1 ─────── 2 ──────── 2 ─────── 3 ────
 *   taking apart                 1 ─────────          2 ────
 *   flush                                             1 ────
 * </pre>
 * A confirmation that becomes due meanwhile is put into words at once, and said when its flush has ended ({@code Confirming}); a message is deleted as soon as what it caused is on disk ({@code Deletions}). So nothing is said or deleted
 * sooner than before, and at most one cycle later.
 *
 * Beside an embedded H2 database rows of the outbox stay until the journal that has them is on disk and a backlog is on its way ({@code Clearing}; why that is safe stands on the page of {@code journal}). An agent that finds that somebody
 * else has had the lease since he last looked forgets what he had in memory before he takes it again. To delete costs H2 more than the receiving end needs for the same rows: so it waits until 0.3 s after the last of a backlog was sent,
 * unless there is no room for more. An agent that stops deletes all that is left and writes down that it did ({@code waybill.outbox_cleared}): the next one need not look.
 *
 * <p><b>LINK_DOWN</b> is shown in a neighbour's row from the first message that could not be handed over to it until the next one that can. Where there is nothing to say, a hello is said for this alone, after rests that double up to ten
 * seconds, also by an agent that finds the state on record when it starts.
 *
 * <p><b>Rejected.</b> A thread for each neighbour (they would only queue at the lease row); one transaction for a whole cycle (a lock that is held while a link is slow); asking the time whether a lease is good
 * (clocks jump, processes pause).
 */
package dev.waybill.agent;
