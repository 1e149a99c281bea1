// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.PoisonPolicy;
import dev.waybill.refresh.Counters;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * R12 while transactions of one sender are applied one after the other: who has to wait behind what is parked, and what becomes of what fails. One use for one database transaction, one thread.
 *
 * <pre>
 *   transaction ─┬─ meets something parked ─► parked behind it
 *                └─ free ─► applied ─┬─ works
 *                                    ├─ fails for a reason that passes ─► (never here)
 *                                    ├─ fails, HALT; or a snapshot, unreadable, not admitted, no room ─► the stream halts
 *                                    └─ fails, PARK or SKIP ─► put aside, whole
 * </pre>
 */
final class PuttingAside {

    private final Connection raw;
    private final Dialect dialect;
    private final DeadLetters letters;
    private final String sender;
    private final PoisonPolicy policy;
    private boolean parked;
    private boolean used;

    PuttingAside(Connection raw, Dialect dialect, DeadLetters letters, String sender, PoisonPolicy policy) throws SQLException {
        this.raw = raw;
        this.dialect = dialect;
        this.letters = letters;
        this.sender = sender;
        this.policy = policy;
        this.parked = letters.anyParked(raw, sender);
    }

    /** Whether anything was put aside. */
    boolean isUsed() {
        return used;
    }

    /** Whether it touches what a parked transaction touches; then it is parked now. A snapshot never waits: it brings all rows anew. */
    boolean hasToWait(ReceivedTransaction transaction) throws SQLException {
        Footprint footprint = parked ? new Surveyor(raw, dialect).survey(transaction, sender) : null;
        Long behind = footprint == null ? null : letters.inTheWay(raw, sender, transaction.offset(), footprint);
        if (behind == null) {
            return false;
        }
        letters.add(raw, sender, transaction, DeadLetter.State.PARKED, behind, "It touches what dead letter " + behind + " touches, and waits behind it.", footprint);
        used = true;
        return true;
    }

    /** What was tried is rolled back: puts the transaction aside, or says why the stream has to halt. */
    SQLException putAside(ReceivedTransaction transaction, SQLException failure) throws SQLException {
        if (policy == PoisonPolicy.HALT || WaybillError.APPLY_UNREADABLE.is(failure) || WaybillError.APPLY_NOT_ADMITTED.is(failure) || WaybillError.PASSTHROUGH_UNSIGNED.is(failure) || WaybillError.PASSTHROUGH_UNKNOWN.is(failure) || WaybillError.DEAD_LETTERS_FULL.is(failure)) {
            return failure;
        }
        Footprint footprint = new Surveyor(raw, dialect).survey(transaction, sender);
        if (footprint == null) {
            return failure;
        }
        try {
            letters.add(raw, sender, transaction, policy == PoisonPolicy.PARK ? DeadLetter.State.PARKED : DeadLetter.State.SKIPPED, null, text(failure), footprint);
        } catch (SQLException full) {
            if (WaybillError.DEAD_LETTERS_FULL.is(full)) {
                return full;
            }
            throw full;
        }
        if (WaybillError.APPLY_ROW_NOT_ITS.is(failure)) {
            new Counters(dialect).add(raw, Counters.REFUSED, sender, 1);
        }
        new Counters(dialect).add(raw, policy == PoisonPolicy.PARK ? "parked" : "skipped", sender, 1);
        parked |= policy == PoisonPolicy.PARK;
        used = true;
        return null;
    }

    static String text(SQLException failure) {
        Throwable cause = failure.getCause();
        return cause == null || cause.getMessage() == null ? failure.getMessage() : failure.getMessage() + " (" + cause.getMessage().lines().findFirst().orElse("") + ")";
    }
}
