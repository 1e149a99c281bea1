// SPDX-License-Identifier: Apache-2.0
/**
 * KAFKA: a topic for each publisher, read by all who subscribe, for fan-out beyond one machine.
 *
 * <p><b>Guarantee.</b> That of every {@link dev.waybill.link.Link}. A message counts as sent when all replicas that the cluster demands have acknowledged it ({@code acks=all}, idempotent). What was not deleted is listed again, in this life and, from
 * where {@link dev.waybill.link.Link#reached} was kept, in the next. What the cluster loses is said, in the log and in
 * {@code waybill.quarantine} (name {@code lost}; counted in {@code waybill.counter}), and asked for again by the protocol.
 *
 * <pre>
 *   hq's agent ── {@link dev.waybill.link.kafka.Sending} ──►  topic waybill-hq          key branch1 │ key branch2 │ key branch1 │ …      one record, one message
 *                                              partition of a key: CRC-32 of the address, modulo
 *   branch1's agent ◄─ {@link dev.waybill.link.kafka.Shelves} ◄─ {@link dev.waybill.link.kafka.Reading} ◄── long poll ── its partition alone; other keys are passed over
 *          │ deleted here: taken off  │     {@link dev.waybill.link.kafka.Topics}: ids, ends, by a connection on which nothing waits
 *          │                          └── {@link dev.waybill.link.kafka.Losses}: what the cluster has no more is said, and reading goes on where there is something
 *          └─► waybill.link_position (link, place waybill-hq/2, reached "id of the topic@offset")
 *
 *   put aside: a record in waybill-branch1.quarantine, with headers waybill-reason and waybill-origin; bounded by size and age
 * </pre>
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li><i>Offsets are ours, kept in the database</i>, beside delivery state and never before what they cause has been committed. A backup that is restored reads again what it has not seen, as long as the topic has it, and needs no resend. The cluster
 *       forgets the offsets of a group that was away for a week, which is when they are needed; moves its members when a network hiccups; and cannot commit together with our tables. An offset that is too old costs repetitions, which are recognised.
 *   <li><i>An offset belongs to a topic's id.</i> A topic that was removed and made anew is read from its beginning, and that is said; so is what retention or a lost end has taken, and offsets at which nothing is left. Nothing is asked for here: a
 *       sender's heartbeat tells the protocol what is missing, as with every way that loses.
 *   <li><i>A reader reads one partition of a topic</i>, where its key is; and those where it was when the topic had fewer. The hash is ours: what both sides compute must not change with a client's version.
 *   <li><i>A thread reads, by long polls, and wakes the agent; {@code list} asks where topics end</i> and waits until everything before was looked at. So looking is the truth, and waking makes it prompt. A broker answers the requests of one connection one by one:
 *       asked by the reader's, that question would wait as long as the poll.
 *   <li><i>Content is kept until it has been handed out</i>, so many bytes of it, then nothing more is fetched; a message that is asked for once more is fetched {@link dev.waybill.link.kafka.OnceMore once more}. Nobody's stream that stands still holds up the others.
 *   <li><i>Agent and reading thread meet at the shelves</i>, one {@link dev.waybill.link.kafka.Shelf} for each partition, which are their one lock: what one puts and the other takes is there, and the consumer is the thread's alone.
 *   <li><i>Topics that we make</i> have {@code cleanup.policy=delete} and {@code compression.type=uncompressed}: messages are compressed already, and a record cannot unfold to more than the broker has counted. Number of partitions and replicas are the
 *       cluster's defaults; who wants others makes the topic beforehand.
 *   <li><i>The topic's own limit is respected</i>: it is asked for, or found when a message is refused, and messages are cut to it.
 *   <li><i>Everybody who may write to a topic is a stranger</i>: signatures are required by default. Records without value, huge ones, and those whose sender is nobody are put aside; records with other keys are nobody's business here. Transactions are
 *       not waited for: an open one would hold up what comes behind it.
 *   <li><i>OAuth</i> ({@code login = 'oauthbearer'}): the password is the token, as with mail; who renews it writes the file, or is the provider. It is read again when four fifths of its life are over, as it says itself (JWT), and each minute where
 *       it does not ({@link dev.waybill.link.kafka.KafkaToken}). Fetching tokens is not done here: it would want another secret, and another server.
 *   <li><i>Kafka's client is an optional dependency</i>, as mail's library is; where it is missing the error names the artifact.
 * </ul>
 *
 * <p><b>Rejected.</b> A consumer group and its committed offsets (above); a topic for each pair (thousands, and a message to all would still be written once for each: rows differ by subscriber); transactions of Kafka (exactly once is decided by our
 * tables, at the end that matters); Kafka Connect (a cluster of its own); passing any setting of Kafka's client through (a login module among them runs whatever the catalogue says).
 */
package dev.waybill.link.kafka;
