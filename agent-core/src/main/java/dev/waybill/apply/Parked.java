// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Changes of one table and kind that wait for others of their statement. Bounded. One thread. */
final class Parked {

    private final int limit;
    private final List<Work> works = new ArrayList<>();
    private final Set<Key> rows = new HashSet<>();
    private SQLException lastFailure;

    Parked(int limit) {
        this.limit = limit;
    }

    boolean isEmpty() {
        return works.isEmpty();
    }

    int size() {
        return works.size();
    }

    Work get(int index) {
        return works.get(index);
    }

    /** Whether this change may come from the statement of those that wait: the same table and kind. */
    boolean belongsTogether(Work work) {
        return works.get(0).landing() == work.landing() && works.get(0).kind() == work.kind();
    }

    /** Whether one that waits has to come first, because it concerns the same row. */
    boolean concerns(Work work) {
        return !works.isEmpty() && belongsTogether(work) && rows.contains(row(work));
    }

    /** False when there are too many. */
    boolean add(Work work, SQLException failure) {
        lastFailure = failure;
        rows.add(row(work));
        return works.size() < limit && works.add(work);
    }

    void remove(int index) {
        rows.remove(row(works.remove(index)));
    }

    List<Work> first(int count) {
        return List.copyOf(works.subList(0, count));
    }

    SQLException lastFailure() {
        return lastFailure;
    }

    private static Key row(Work work) {
        return Key.of(work.landing().shape(), work.keyImage());
    }
}
