// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import java.util.BitSet;

/**
 * The parts of one large transaction that lie in {@code waybill.staged_part}, summed up. Immutable.
 *
 * <p>Parts of one group have the same incarnation, {@code prev} and cut. Their epochs may differ: equal cuts are equal bytes, so what was stored before a resend request need not travel again
 * (over a link that loses one message in five a group of a hundred parts would never be complete otherwise).
 *
 * @param prev         sender's offset before the group
 * @param cut          what the group was cut from, and how
 * @param prevDigest   sender's digest at {@code prev}
 * @param sequences    which parts are there
 * @param bytes        sum of their lengths
 * @param lastSequence sequence of the last part; -1 while it is missing
 * @param last         offset of the transaction's COMMIT; null while the last part is missing
 * @param totalBytes   length of the whole; -1 while the last part is missing
 */
public record StagedGroup(LogOffset prev, Digest cut, Digest prevDigest, BitSet sequences, long bytes, int lastSequence, LogOffset last, long totalBytes) {

    public StagedGroup {
        sequences = (BitSet) sequences.clone();
    }

    /** Before its first part. */
    public static StagedGroup empty(LogOffset prev, Digest cut, Digest prevDigest) {
        return new StagedGroup(prev, cut, prevDigest, new BitSet(), 0, -1, null, -1);
    }

    /** With one more part that is not the last. */
    public StagedGroup with(int sequence, int partBytes) {
        return new StagedGroup(prev, cut, prevDigest, plus(sequence), bytes + partBytes, lastSequence, last, totalBytes);
    }

    /** With the last part. */
    public StagedGroup withLast(int sequence, int partBytes, LogOffset commit, long total) {
        return new StagedGroup(prev, cut, prevDigest, plus(sequence), bytes + partBytes, sequence, commit, total);
    }

    /** Whether this part is there. */
    public boolean has(int sequence) {
        return sequences.get(sequence);
    }

    /** Whether all parts are there and their lengths add up. */
    public boolean isComplete() {
        return lastSequence >= 0 && sequences.cardinality() == lastSequence + 1 && sequences.length() == lastSequence + 1 && bytes == totalBytes;
    }

    /** A copy. */
    @Override
    public BitSet sequences() {
        return (BitSet) sequences.clone();
    }

    private BitSet plus(int sequence) {
        BitSet more = (BitSet) sequences.clone();
        more.set(sequence);
        return more;
    }
}
