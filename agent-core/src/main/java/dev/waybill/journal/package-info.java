// SPDX-License-Identifier: Apache-2.0
/**
 * Outbox, sequencer, journal: how committed transactions get their log offsets.
 *
 * <p><b>Guarantee.</b> The journal holds every committed transaction that wrote to the outbox, whole, once, in an order equivalent to the commit order, without gaps:
 * dependent transactions keep their order. Nothing waits, nothing is guessed.
 *
 * <p><b>How.</b>
 * <pre>
 *  writer:    … last write of T ─► draw entry_id, INSERT INTO outbox ─► COMMIT
 *  sequencer: (alone under the lease) one transaction:
 *             read the visible outbox rows in one statement
 *             order transactions by the entry_id of their last part
 *             offset(T) = head += size of T's encoding;  digest(T) = H(digest(previous), T)
 *             outbox rows ─► journal rows, head row updated, outbox rows deleted
 * </pre>
 * If T2 depends on T1, T2's write waited for, or followed, T1's commit; T1 drew its {@code entry_id} before its commit and T2 draws its own after its last write: so
 * entry_id(T1) &lt; entry_id(T2), and any statement snapshot that sees T2 sees T1. "Not yet sequenced" is a state of the row, not a position in a sequence: a slow
 * committer is picked up later, a rolled-back one never existed.
 *
 * <p><b>Rolling digest.</b> digest(n) = first 16 bytes of SHA-256(digest(n−1) ‖ transaction id ‖ for each part: number, size, CRC-32C of its payload). Equal digests mean equal histories
 * up to there; the random transaction ids make accidental agreement of two different histories impossible for practical purposes.
 *
 * <p><b>Rejected.</b> Reading "id &gt; last seen" (loses slow committers), gap time-outs (lose them later), waiting for the oldest open transaction (stalls), a commit lock (60 to 78 % of the
 * throughput at eight threads).
 */
package dev.waybill.journal;
