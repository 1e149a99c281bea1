// SPDX-License-Identifier: Apache-2.0
/**
 * Guaranteed delivery as pure state machines: events in, actions out; no I/O, no clock, no thread, no randomness of their own.
 *
 * <p><b>Guarantee.</b> Over links that lose, repeat, reorder, delay and corrupt, through crashes and restored backups, a receiver applies a prefix of the sender's history, each transaction once and whole; when
 * the faults stop, it applies all of it, and then nothing more is said. What cannot be kept (a sender that was restored and wrote on) is said loudly and never applied.
 *
 * <p>One {@link dev.waybill.delivery.Sender} for each subscriber, one {@link dev.waybill.delivery.Receiver} for each sender; both for one remote user share its row. A step is a function from (state, event) to
 * (state, actions). Of a state, {@code kept} and {@code staged} are in the database; {@code passing} begins anew after a restart.
 * <b>The order that makes a crash harmless:</b> commit {@code kept} if it changed (and make it durable), then perform the actions one after the other. Apart from that only
 * {@link dev.waybill.delivery.ReceiverEvent.Applied} reports what was committed already, position and data together.
 *
 * <p><b>The receiver, for one sender.</b>
 * <pre>
 *                    R0 not for me, not from whom I know ─► put aside
 *                    R7 corrupt ─► put aside, as if lost; not understood, unsigned, undecryptable ─► put aside, HALTED; oversize ─► HALTED
 *   arrived ──┬────► R2 epoch below mine ─► delete, and repeat my request if it stays so
 *             │      R2 epoch above mine ─► I went back in time: epoch := theirs + 1, ask ─┐
 *             │      R3 ends at or below log_received ─► delete, confirm again             │
 *             │      R1 digest at log_received differs ─► SPLIT_HISTORY                    │
 *             ├────► part ─► staged (next: always; later: within the bound)                │
 *             └────► whole message ─► stays on the link until it is applied                │
 *                                                                                          │
 *   poll ended ─┬─ next is there ─► Apply ─┬─ Applied ─► delete, drop parts, confirm soon  │
 *               │                          ├─ transient ─► retry with back-off             │
 *               │                          ├─ poison ─► HALTED, retry with back-off        │
 *               │                          ├─ digest differs ─► SPLIT_HISTORY              │
 *               │                          └─ cannot be verified ─► ask from my position ──┤
 *               └─ next is missing ─► patience (R4) ─► over: epoch + 1, ask (R5) ──────────┤
 *                                                                                          ▼
 *                               asked: repeat the same request with back-off until the sender shows my epoch
 * </pre>
 *
 * <p><b>The sender, for one subscriber.</b>
 * <pre>
 *   unknown ── hello, with back-off ──► known ── due, journal beyond log_scanned ──► SendFrom(log_sent) ──► log_sent, log_scanned
 *                                         │
 *   confirmation (R8) ────────────────────┼─ in my journal ─► confirm_sent grows
 *                                         └─ beyond my head, or another digest there ─► SPLIT_HISTORY (R10): nothing sent, nothing trimmed
 *   request or hello, epoch above mine ───┬─ in my journal ─► epoch := theirs, log_sent := from, send (R6)
 *                                         └─ trimmed already ─► NEEDS_RESYNC (R11) ─► begins anew behind the head
 *   a snapshot's rows are gone ───────────────────────────────► NEEDS_RESYNC
 *   request, epoch not above mine ────────── heartbeat: the asker sees which epoch is known; parts that it has of what comes next are left out
 *   quiet, something unconfirmed ─────────── heartbeat with the position last sent (R9), doubling
 *   quiet for long ───────────────────────── hello (R9)
 * </pre>
 *
 * <p><b>First contact.</b> Incarnations serve as each other's proof of freshness; a message that was left in the mailbox by a former database teaches nobody anything.
 * <pre>
 *   hq (H)                                            branch (B)
 *   JOIN  sender H, recipient unknown  ────────────►  answers, learns nothing (could be old)
 *   knows that B exists now       ◄────────────────   JOIN  sender B, recipient H
 *   learns B: B has heard H, so it is alive
 *   JOIN  sender H, recipient B, (epoch 0, position 0 of B)  ───►  learns H
 * </pre>
 * A receiver that knows no incarnation of the sender learns it from any message that addresses the receiver's own; one that knows another refuses. A message without the recipient's incarnation is refused unless it is
 * a JOIN. Nothing in the chain is sent to a database whose incarnation is not known. A new subscriber is at position 0 of the sender's incarnation, digest zero, epoch 0.
 * What this cannot tell: after REVOKE and GRANT of a name, messages of its former database that address this database's present incarnation. They are refused once the new one is known; until
 * then the mailbox should be emptied, or this database's incarnation renewed.
 *
 * <p><b>Beginning anew</b> (R11; also {@code REMOTE RESET}, {@code peer resync}, and R10's repair under a new incarnation). A stream that cannot go on from where its subscriber is gets the next <em>number</em>, which both ends keep and every
 * message names ({@link dev.waybill.message.Envelope.Stream}), together with its <em>base</em>: the position of the sender's head at that moment.
 * <pre>
 *   hq, in one commit: number + 1, base = sent = confirmed = scanned = head; behind it one snapshot of all that branch is to get
 *                                                     branch, in stream n at p
 *   (n+1, base B) anything at all ─────────────────►  number := n+1, log_received := B, parts and held messages dropped, in one commit; then R1 to R9 as ever
 *   (n) whatever is still under way ───────────────►  void: deleted, whatever its epoch; confirmed again, so that a sender that went back hears it
 *   void ◄─────────────────────────────────────────   (n) confirmations of before
 *   from B, under its epoch ◄──────────────────────   (n) request: it has not heard, or was restored to the time before. B trimmed: another beginning
 *   went back: NEEDS_RESYNC, next number above m ◄──  (m &gt; n+1) a position that is in my journal; one that is not is split history
 *   went back, and began anew since with the same number: the same ◄──  (n+1) a position before B
 * </pre>
 * That the receiver stands at B before it has anything says the truth: of stream n+1 there is nothing up to B. Its tables show the old stream until the first snapshot replaces them, in one transaction. Rows that no snapshot replaces (of
 * subscriptions that were dropped) stay. Who vouches for the content at B instead ({@code REMOTE RESET}) needs no snapshot; then B says the truth of the receiver as it was at that moment, and of no other (next heading). The epoch goes on through a new beginning: requests of the old stream are as good in the new one, and R2 keeps its
 * meaning. {@code confirm_sent} never goes back, since B is the head. That old messages are void is more than is needed while nobody goes back, because what was said before ends at or below B; it matters for what a history that is lost
 * has left on the link. A receiver in SPLIT_HISTORY follows no new beginning of the same incarnation: there a person decides ({@link dev.waybill.delivery.ReceiverEvent.Adopt}).
 * Rejected: going on from where the receiver was last heard (it may have been restored since, and the chain would not meet it); accepting a snapshot group at any position (the group would have to be recognised as the first one, and a
 * later one of it would be a gap); epochs for this too (a lost request and a new beginning would be mistaken for one another).
 *
 * <p><b>Streams that rest on somebody's word.</b> Every message of such a stream names where its receiver was last heard to be ({@link dev.waybill.delivery.Standing}, {@link dev.waybill.message.Envelope.Vouch}): its incarnation, the
 * stream, the position. A receiver that is in an older stream than that, or before that position, or another database, went back to the time before the word (or before it said that it follows), and lacks what the word vouched for.
 * <pre>
 *   hq: REMOTE RESET branch; branch was heard at p of n               branch, restored, in stream n before p
 *   (n+1, base B, "branch has p of n")  anything at all ───────────►  HALTED: nothing is followed or applied, what comes of n+1 is deleted
 *   the word is withdrawn: NEEDS_RESYNC ◄──────────────────────────   (n) request with a new epoch, "n+1 is declined", repeated with back-off
 *   to a database below: (n+2), with snapshots ────────────────────►  n+2, flows again
 *   to the one above: waits for a person, who brings the content by hand and says REMOTE RESET once more
 *   (n+2, base C, "branch has q of n", q being where it declined) ─►  n+2, flows again
 * </pre>
 * Never wrong about a receiver that did not go back: it is where it was last heard, or later. Heard is what it confirmed or asked from; a request under a new epoch counts although it is lower, since it waits there until it is answered. Once
 * it was heard in n+1, being in n at all proves that it went back: so also what was brought by hand, which is in no position, is not forgotten silently. A word is about one database: another one under its name (first heard after it, adopted by a
 * person) declines; one of which nothing was ever heard (a copy that was loaded by hand before first contact) follows. What this cannot tell: a receiver that is restored to a copy at exactly the position last heard, before it was heard in
 * the new stream, and made before something was brought there by hand; say REMOTE RESET after both, and copy the database afterwards. Only the receiver decides, since only it knows where it is now; an old request of the older stream may
 * arrive late and proves nothing. Rejected: that the sender compares (a request that was delayed would look like a database that went back); an id drawn by the receiver for each of its states (one more commit for what its position says).
 *
 * <p><b>Decided here.</b>
 * <ul>
 * <li><i>Filtered streams.</i> A message always ends at a COMMIT that it contains, and the next one begins there. Entries that do not concern the subscriber lie inside the range of the message that follows; a tail of them moves
 *     {@code log_scanned}, not {@code log_sent}. The heartbeat names {@code log_sent}, never the head: the receiver would wait for what will not come.</li>
 * <li><i>Repeated requests.</i> The same epoch until the sender shows it; a higher one only after the sender has. A sender answers a request that it ignores with a heartbeat, otherwise a request whose whole answer was lost would
 *     be repeated for ever.</li>
 * <li><i>One content for each offset.</i> The sender says of an offset the same in every epoch, or nothing: what is owed there is a function of the journal and of a history that is only added to (page of {@code publication}). So it does
 *     not matter which epoch a transaction was taken from, and leaving out an offset that was said before is as impossible as changing it. {@code Said}, in the tests, listens to every message and holds the sender to it.</li>
 * <li><i>Epochs and parts.</i> Staged parts survive a new epoch: parts of one cut are the same bytes. The cut is made of the digest of the whole history up to the transaction (so it is this transaction), the length limit, the
 *     subscriber, and the version of the encoding; what of the transaction is owed to him does not change, a snapshot's spool is written once, and the projection is a function of these. Over a link that loses one in five, a group of
 *     a hundred parts would otherwise never be complete.</li>
 * <li><i>Parts that are there.</i> A resend request (and a hello, which may take its place) says which parts of what comes next are staged, of each cut; the sender, under the epoch of that request, leaves them out where it cuts alike
 *     again, but for the last part. So a sender that never lives as long as one sending of a large group takes brings it over all the same: each of its lives begins with the request that waits for it, and goes on where the
 *     last one ended; and over a link that loses, only what was lost travels again. What was said counts for that epoch and that position only and is forgotten with the process, so it can be too little, never wrong for long:
 *     a receiver that has lost parts (it was restored, they did not fit together) finds the group incomplete, and asks under another epoch with what it has then. A sender that nobody has
 *     asked, because the receiver's patience is not over, hears it too: whoever has parts of what comes next answers each hello (every agent says one when it begins) with the same words under the epoch that both know, by which nothing is
 *     rewound and nothing becomes void; it finds them at the latest when it begins the next time.</li>
 * <li><i>A receiver that went back.</i> It asks from where it is, also below what it has confirmed (R10), and gets the same again: the journal is there, the periods are kept with the journal, and so are spools (within a bound). If one
 *     of them is not, the stream stops before that place, NEEDS_RESYNC, and begins anew with snapshots (below): never half of a range as it was and half otherwise.</li>
 * <li><i>Back-off.</i> Requests become rarer until there is progress: something is applied, or a part of what comes next is staged, or the sender says that all it has sent is here and nothing is left over. A sender that was restored and
 *     writes nothing leaves parts over that it does not have any more; they are asked for every ten minutes at most.</li>
 * <li><i>What is not understood.</i> A message of an unknown kind or with an unknown critical extension is put aside and the stream shows HALTED with the reason. It goes on by itself when what was missing arrives in words that are
 *     understood, or when the sender says that nothing is missing.</li>
 * <li><i>What is not believed</i> (unsigned, altered, undecryptable) is put aside like what is not understood, and changes nothing but what is shown: rule R7 would let it lie there and stop the stream, and then anybody who can write to the
 *     link could. For the same reason what is too long or too new counts as unsigned where signatures are required.</li>
 * <li><i>Digest that cannot be checked.</i> {@code prev} &lt; {@code log_received} &lt; {@code this}, and no transaction at {@code log_received}: nothing is applied, and the sender is asked from {@code log_received}. It can check: its journal has the
 *     position, or it says split history.</li>
 * <li><i>Patience has an end.</i> Later messages renew it up to three times its length, or under steady traffic a lost message would never be asked for and the replica would stand still; parts of the next group renew it without limit.</li>
 * <li><i>One round.</i> An agent that runs once and stops has no patience ({@link dev.waybill.delivery.DeliverySettings#forOneRound}).</li>
 * <li><i>Two states for one remote user.</i> A halted incoming stream does not stop the outgoing one.</li>
 * <li><i>Trimming.</i> {@link dev.waybill.delivery.SenderState#owedFrom}; whoever trims beyond it (R11's bounds) sets NEEDS_RESYNC in the same commit.</li>
 * </ul>
 *
 * <p><b>Rejected.</b> Counters instead of absolute epochs (one lost request and the two ends differ for ever); retransmission by the sender's clock (it cannot know); confirming each message; parts that are
 * confirmed one by one (a request that names them says the same once, when it is needed); keeping at the sender how far it came within a group (a message that is handed over is not one that arrived); rewinding to {@code confirm_sent} (a receiver that was restored is below it).
 *
 * <p>Sources: SQL Remote, "Tracking messages by transaction log offsets", "Handling of lost or corrupt messages", "Ensuring that messages are applied only once", "Order of operations".
 */
package dev.waybill.delivery;
