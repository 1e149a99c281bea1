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
 *             small transactions ─► blocks, the rows of others ─► journal rows; head row updated, outbox rows deleted
 * </pre>
 * If T2 depends on T1, T2's write waited for, or followed, T1's commit; T1 drew its {@code entry_id} before its commit and T2 draws its own after its last write: so
 * entry_id(T1) &lt; entry_id(T2), and any statement snapshot that sees T2 sees T1. "Not yet sequenced" is a state of the row, not a position in a sequence: a slow
 * committer is picked up later, a rolled-back one never existed.
 *
 * <p><b>The outbox row.</b> Each column of it makes an application's transaction longer, so on H2 and PostgreSQL a row is its payload alone, which begins with a head
 * ({@code OutboxHead}: transaction, part, last or not, checksum); the sequencer's statement takes it apart. On the other products the columns stand in the table.
 *
 * <p><b>In slices.</b> A step takes the first 5,000 rows by {@code entry_id}. A beginning of the visible rows is closed under dependency: whatever T depends on has its last part before T's last part, so it is among them. A
 * transaction whose last part lies beyond is left for later; if none ends within, more rows are taken. The bounds are 5,000 rows and 4 MB (small, so that what was sequenced is on its way while more is sequenced), but a transaction goes whole.
 *
 * <p><b>Written by triggers.</b> Where these capture ({@link dev.waybill.complete}), one row of a single byte stands for a transaction, drawn after all that it waited for; a step puts the parts that it stands for into the outbox first
 * ({@code Unfolding}), and then goes on as with all others. On MariaDB nobody can write that row at COMMIT: the look itself makes it from what triggers wrote.
 *
 * <p><b>Deleting exactly.</b> Between reading and deleting, a slower committer may have become visible with an id in the middle. So the outbox is cleared by ranges of consecutive ids that were all read: ids are unique, nothing else
 * can lie there. All counts are compared; a difference ends the step and nothing was done.
 *
 * <p><b>In two steps.</b> Deleting costs H2 as much as all else, and a step that inserts and deletes may be kept by half when it is killed. So an agent whose H2 database lives in its process moves small transactions and leaves their rows
 * ({@code Sequencer.look}, {@code moveAndLeave}), makes the journal durable, and deletes them later ({@code delete}). Meanwhile a row says no longer by being there that it is not sequenced:
 * <pre>
 *   who                        how a row that was left is known
 *   the agent that left it     by its id, in memory, for as long as it has the lease; a look leaves these ids out, in the one statement that it is
 *   everybody else, an agent   by its transaction, which stands near the end of the journal: {@code deleteBroughtBack}, under the lease, before anything is sequenced
 *   that begins, START
 * </pre>
 * <i>Order.</i> A look without rows that were taken is still a beginning of the visible rows: what T depends on is visible with it, so it was taken, and stands in the journal already, or it is in the look, before T. Somebody who commits
 * late is found wherever his id lies, between taken ones too. <i>Nobody in between.</i> A look needs no lease: what it found is moved only while the journal's head, which everybody moves who sequences, is still where the look found it.
 * <i>Near the end.</i> From the first row that was left, or was deleted and is not durably so, to the head the journal has at most {@code Sequencer.LEFT_BYTES}; {@code deleteBroughtBack} looks back further than that. Nothing is trimmed
 * and no snapshot taken before what was left is deleted for good. By transaction, not by id, because a database that was restored from a script has other row ids. <i>Nothing to look for.</i> Looking takes an agent that begins
 * behind a long backlog a tenth of the drain, and so many ids in memory as small transactions fit into that many bytes ({@code TransactionIds}). One that stops deletes all, makes that durable and writes where the journal ends into {@code outbox_cleared}: as long as it ends there, nobody has sequenced, and no row stands in it.
 *
 * <p><b>After a kill.</b> Where a database that is killed may keep half of a transaction (H2, see the page of {@code dialect}), the half may be one of a step that was not durable yet. Nothing had been said of it, and
 * <pre>
 *    journal and head kept, outbox rows back     the transactions stand near the end of the journal: their rows are deleted again, with the first step of an agent (BroughtBack)
 *    head and last journal row disagree          JOURNAL_BROKEN, nothing is sequenced
 *    outbox rows gone, journal and head old      not after two steps, since the journal was durable before; of what is moved at once (large transactions, START, SYNCHRONIZE) it cannot be seen; with H2 2.4.240 not met in 2,020 states
 *    an outbox row, and nothing of what it says  its transaction was not kept: the row is deleted, with the first step of an agent that follows one that was killed (HalfKept)
 *    an outbox row, and some of what it says     it is sent, and told in the log; so are rows that the database counts and cannot show
 *    what it would say, and no outbox row        cannot be seen
 * </pre>
 *
 * <p><b>Places.</b> Offsets are bytes of payload. The key of the table is where a part ends:
 * <pre>
 *    part_end     7        10   12            a part begins at part_end − size, which is the part_end before it:
 *    ├── T1 ──────┼── T2.0 ─┼T2.1┤            a missing row is seen at once (JOURNAL_BROKEN)
 *    log_offset   7        12   12            all parts carry the offset of the COMMIT
 * </pre>
 * So a window of offsets bounds the bytes that a scan holds, and one BIGINT is the key.
 *
 * <p><b>Blocks.</b> Most transactions are small, and a row for each would cost more than all else on the way. So transactions of one part and up to 2 KB that follow one another, and have the same origin, share a row:
 * <pre>
 *    part_end     0        7    10       19             log_offset = part_end = 19   part 0   last TRUE   transactions 3
 *    ├── block ───┼── T1 ──┼ T2 ┼── T3 ──┤              transaction_id and digest: those of T3; origin, committed_at: of all
 *                 7        10   19                      size 19 = bytes of journal, not of payload; crc: of the payload
 *    payload:     form 1 │ digest before T1, 16 bytes │ for each: entry id − that before it, zigzag │ transaction id, 16 bytes │ size, varint │ CRC-32C, 4 bytes
 *                 T1 T2 T3
 * </pre>
 * Each of them keeps its own offset, digest and checksum: offsets in messages, confirmations, resends and snapshots know nothing of blocks. A row of one transaction ({@code transactions} 1, all rows of before catalogue format 3) is as it always was.
 * Before anything of a block is given out, its checksum was compared and the rolling digest computed from its directory, which must end at the digest of the row. A walk may begin and end inside a block. Only whole
 * blocks are trimmed: what is kept begins at the end of a row. {@code committed_at} is the moment of a step, so that all of a block have the same.
 * A payload has at most 20 KB, because it is deleted one day (see the undo log on {@code dialect}'s page); that is a hundred and fifty one-row transactions. The payloads of small transactions pass through this process, in which an embedded
 * database lives anyway; a server moves every row by itself ({@code Dialect.journalsInBlocks}). The directory names the outbox rows, for people: nobody relies on it, since rows that are restored from a script are numbered anew.
 *
 * <p><b>Snapshots.</b> With nobody sequencing: on a connection at snapshot isolation {@code Sequencer.visible} says which rows the snapshot sees; {@code sequenceExactly} moves those, {@code append} puts the snapshot's own
 * entry behind them: its offset is the snapshot's.
 *
 * <p><b>Figures</b> (SequencerThroughputTest; 200-byte transactions, one thread, four cores that were busy three times over): 200,000 sequenced a second in memory, 50,000 in a file; scanned 450,000 and 230,000. Without the
 * deletion 2.4 times as many are moved (median of seven rounds in turns, least 1.4, at ten times more work than processors), and 1.5 times as many are deleted as are sequenced at once. The outbox row
 * makes a one-row transaction in a file 1.45 times as long; with seven columns it was 1.6 times. INSERT and COMMIT in one text are no faster on H2 than one after the other. {@code UUID.randomUUID()} for the transaction's id would cost as much again as half of the row.
 *
 * <p><b>Rolling digest.</b> digest(n) = first 16 bytes of SHA-256(digest(n−1) ‖ transaction id ‖ for each part: number, size, CRC-32C of its payload). Equal digests mean equal histories
 * up to there; the random transaction ids make accidental agreement of two different histories impossible for practical purposes.
 *
 * <p><b>Rejected.</b> Reading "id &gt; last seen" (loses slow committers), gap time-outs (lose them later), waiting for the oldest open transaction (stalls), a commit lock (60 to 78 % of the
 * throughput at eight threads).
 */
package dev.waybill.journal;
