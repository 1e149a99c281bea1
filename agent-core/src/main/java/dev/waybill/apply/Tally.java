// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TransactionRecord.Note;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What an apply has done so far: rows, DELETEs that found nothing, highest identity values. One thread. */
final class Tally {

    private long rows;
    private final Map<TableName, Long> gone = new LinkedHashMap<>();
    private final Map<Landing, Long> identities = new IdentityHashMap<>();

    void performed(Work work) {
        rows++;
        int column = work.landing().identity();
        if (column >= 0 && work.kind() != Kind.DELETE && work.kind() != Kind.TRUNCATE) {
            note(work.landing(), work.change().after(), column);
        }
    }

    void alreadyGone(Work work) {
        if (isExpectedGone(work)) {
            return;
        }
        gone.merge(work.landing().table().name(), 1L, Long::sum);
    }

    /** Whether it would be no surprise that a DELETE finds nothing. */
    static boolean isExpectedGone(Work work) {
        return work.change().notes().stream().anyMatch(note -> note.type() == Note.PERHAPS_GONE);
    }

    long rows() {
        return rows;
    }

    Map<TableName, Long> gone() {
        return gone;
    }

    Map<Landing, Long> identities() {
        return identities;
    }

    void add(Tally other) {
        rows += other.rows;
        other.gone.forEach((table, count) -> gone.merge(table, count, Long::sum));
        other.identities.forEach((landing, value) -> identities.merge(landing, value, Math::max));
    }

    private void note(Landing landing, RowImage image, int column) {
        if (image.has(column) && image.value(column) instanceof Long value) {
            identities.merge(landing, value, Math::max);
        }
    }
}
