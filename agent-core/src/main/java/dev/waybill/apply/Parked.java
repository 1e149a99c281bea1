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

    /** Whether this change may come from the statement of those that wait: the same table and kind, and another row. */
    boolean belongsTogether(Work work) {
        Work first = works.get(0);
        return first.landing() == work.landing() && first.kind() == work.kind() && !rows.contains(row(work));
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

    List<Work> take() {
        List<Work> taken = List.copyOf(works);
        works.clear();
        rows.clear();
        return taken;
    }

    SQLException lastFailure() {
        return lastFailure;
    }

    private static Key row(Work work) {
        return Key.of(work.landing().shape(), work.keyImage());
    }
}
