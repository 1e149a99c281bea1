// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.journal.LogOffset;
import java.time.Instant;

/**
 * A transaction that was not applied in its turn.
 *
 * @param id      in the table {@code waybill.dead_letter}
 * @param sender  whose transaction it is
 * @param offset  of it in the sender's journal
 * @param behind  the letter for which it waits; null when it failed by itself
 * @param reason  why it was not applied, as last tried
 * @param tables  that it changes
 * @param edited  whether it is no longer what the sender sent
 * @param hasContent whether it can still be shown
 */
public record DeadLetter(long id, String sender, LogOffset offset, State state, Long behind, String reason, Instant since, int tries, String tables, long changes, long sizeBytes, boolean edited,
        boolean hasContent) {

    /** Where it is in its life. A letter that is applied as it was sent is no more. */
    public enum State {
        /** Waits for somebody to retry, edit or discard it, or for the letter that it is behind. */
        PARKED,
        /** Was left out by the policy SKIP, or by a person; kept as a record. */
        SKIPPED,
        /** A person decided that it is never applied; kept as a record. */
        DISCARDED,
        /** Was applied, but not as it was sent; kept as a record. */
        EDITED
    }
}
