// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;

/**
 * R1 while a body is read: tells for each transaction whether it is applied, skipped, or proves that histories differ. One use for one body, one thread.
 *
 * <pre>
 *   prev ──┬── transaction ≤ received: SKIP ──┬── at received: digest must agree ──┬── transaction &gt; received: APPLY ──► last
 *          │                                  │                                    │
 *          └ prev = received: digest must agree                                    └ none at received: UNVERIFIED
 * </pre>
 */
public final class Continuation {

    /** What is to be done with a transaction. */
    public enum Verdict {
        /** It lies beyond the position: apply it. */
        APPLY,
        /** It was applied before. */
        SKIP,
        /** Same offset, other digest: apply nothing of the unit, report {@link ReceiverEvent.Failure#SPLIT}. */
        SPLIT,
        /** The digest at the position cannot be checked with this unit: apply nothing of it, report {@link ReceiverEvent.Failure#UNVERIFIED}. */
        UNVERIFIED,
        /** Offsets that do not rise, or do not end at the header's: apply nothing of the unit, report {@link ReceiverEvent.Failure#POISON}. */
        MALFORMED
    }

    private final Position received;
    private final LogOffset last;
    private LogOffset at;
    private Position reached;
    private Verdict proof;

    Continuation(Position received, LogOffset prev, Digest prevDigest, LogOffset last) {
        this.received = received;
        this.last = last;
        this.at = prev;
        this.reached = received;
        this.proof = prove(prev, prevDigest, Verdict.UNVERIFIED);
    }

    /** The next transaction of the body. */
    public Verdict transaction(LogOffset offset, Digest digest) {
        if (!offset.isAfter(at) || offset.isAfter(last)) {
            return Verdict.MALFORMED;
        }
        at = offset;
        if (!offset.isAfter(received.offset())) {
            proof = prove(offset, digest, proof);
            return proof == Verdict.SPLIT ? Verdict.SPLIT : Verdict.SKIP; // R1: at or below log_received it was applied before
        }
        if (proof == Verdict.APPLY) {
            reached = new Position(received.incarnation(), offset, digest);
        }
        return proof; // R1: nothing is applied unless the digest at log_received agrees
    }

    /** Whether the body ended where the header says; asked after its last transaction, before the commit. */
    public boolean isWhole() {
        return at.equals(last);
    }

    /** The position after the transactions so far: what is stored as {@code log_received} in the same commit. */
    public Position reached() {
        return reached;
    }

    private Verdict prove(LogOffset offset, Digest digest, Verdict otherwise) {
        if (!offset.equals(received.offset())) {
            return otherwise;
        }
        return digest.equals(received.digest()) ? Verdict.APPLY : Verdict.SPLIT; // R10: same offset, other digest is split history
    }
}
