// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Whether a change may be performed before others that came before it, with the same outcome: the rules of the package page, in the order in which they are numbered there. Pure but for reading metadata.
 */
final class Commutation {

    private final Connection raw;
    private final ReplicaTables tables;

    Commutation(Connection raw, ReplicaTables tables) {
        this.raw = raw;
        this.tables = tables;
    }

    /** Whether {@code later} may go before all of {@code batch}. */
    boolean mayPass(Work later, Batch batch) throws SQLException {
        Work earlier = batch.first();
        if (later.kind() == Kind.TRUNCATE || earlier.kind() == Kind.TRUNCATE || later.landing().table().triggers() || earlier.landing().table().triggers()) {
            return false;
        }
        if (!later.landing().table().name().equals(earlier.landing().table().name())) {
            return otherTable(later, earlier);
        }
        return later.landing() == earlier.landing() && sameTable(later, earlier) && !batch.concernsRowOf(later);
    }

    private boolean otherTable(Work later, Work earlier) throws SQLException {
        return switch (tables.relation(raw, later.landing().table(), earlier.landing().table())) {
            case NONE -> true;
            case ANCESTOR -> later.kind() == Kind.INSERT || leavesReferencedAlone(later);
            case DESCENDANT -> earlier.kind() == Kind.DELETE || leavesReferencedAlone(earlier)
                    || earlier.kind() == Kind.INSERT && (later.kind() == Kind.DELETE || leavesReferencesAlone(later));
            case BOTH -> false;
        };
    }

    private static boolean sameTable(Work later, Work earlier) {
        if (later.landing().table().refersToItself() && !(leavesRelationsAlone(later) && leavesRelationsAlone(earlier))) {
            return false;
        }
        if (!later.landing().hasUnique() || later.kind() == Kind.DELETE) {
            return true;
        }
        return switch (later.kind()) {
            case INSERT -> earlier.kind() == Kind.INSERT || leavesUniqueAlone(earlier);
            case UPDATE, UPDATE_KEY -> leavesUniqueAlone(later) || earlier.kind() == Kind.INSERT || leavesUniqueAlone(earlier);
            default -> false;
        };
    }

    private static boolean leavesReferencedAlone(Work work) {
        return work.kind() == Kind.UPDATE && !work.touches(work.landing().referenced());
    }

    private static boolean leavesReferencesAlone(Work work) {
        return work.kind() == Kind.UPDATE && !work.touches(work.landing().references());
    }

    private static boolean leavesRelationsAlone(Work work) {
        return leavesReferencedAlone(work) && leavesReferencesAlone(work);
    }

    private static boolean leavesUniqueAlone(Work work) {
        return work.kind() == Kind.UPDATE && !work.landing().hiddenUnique() && !work.touches(work.landing().unique());
    }
}
