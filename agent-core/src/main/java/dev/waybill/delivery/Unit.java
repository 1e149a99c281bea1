// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;

/** Something that can be applied: a whole message or a complete group of parts. While it is read, every transaction passes {@link Continuation}. */
public sealed interface Unit {

    /** Sender's offset before it. */
    LogOffset prev();

    /** Sender's digest there. */
    Digest prevDigest();

    /** Sender's offset of its last COMMIT. */
    LogOffset last();

    /**
     * A whole message on the link.
     *
     * @param ref the message's name on the link
     */
    record Whole(String ref, LogOffset prev, Digest prevDigest, LogOffset last) implements Unit {}

    /**
     * A complete group in {@code waybill.staged_part}: the bodies of its parts, put together in order of sequence, are one body.
     *
     * @param cut with sender, incarnation and {@code prev} the key of the group
     */
    record Group(Digest cut, LogOffset prev, Digest prevDigest, LogOffset last) implements Unit {}

    /** The check of R1 for this unit when it is read at this position. */
    default Continuation continuing(Position received) {
        return new Continuation(received, prev(), prevDigest(), last());
    }
}
