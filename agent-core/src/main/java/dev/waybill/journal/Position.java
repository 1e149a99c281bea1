// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import java.util.UUID;

/**
 * A place in one history: which catalogue it belongs to, how far, and the digest of all entries up to there. Positions with equal incarnation and offset but
 * different digests are <em>split history</em>: nothing is applied, nothing trimmed.
 *
 * @param incarnation random id made with the catalogue and renewed on request; identifies the history
 */
public record Position(UUID incarnation, LogOffset offset, Digest digest) {

    /** Where every exchange begins. */
    public static Position start(UUID incarnation) {
        return new Position(incarnation, LogOffset.ZERO, Digest.ZERO);
    }
}
