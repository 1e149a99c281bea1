// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Changes that one statement performs, in their order. */
final class Batch {

    private final List<Work> works = new ArrayList<>();
    private Set<Key> keys;

    Batch(Work first) {
        works.add(first);
    }

    List<Work> works() {
        return works;
    }

    Work first() {
        return works.get(0);
    }

    /** An UPSERT becomes an UPDATE batch and then an INSERT batch, so that a row may be in it only once. */
    boolean takes(Work work) {
        return first().isLike(work) && !(work.kind() == Kind.UPSERT && concernsRowOf(work));
    }

    void add(Work work) {
        works.add(work);
        if (keys != null) {
            collect(work, keys);
        }
    }

    /** Whether this may concern a row that the work concerns, before or after. */
    boolean concernsRowOf(Work work) {
        if (keys == null) {
            keys = new HashSet<>();
            works.forEach(each -> collect(each, keys));
        }
        return keys.contains(Key.of(work.landing().shape(), work.keyImage())) || work.kind() == Kind.UPDATE_KEY && keys.contains(Key.of(work.landing().shape(), work.change().after()));
    }

    private static void collect(Work work, Set<Key> keys) {
        keys.add(Key.of(work.landing().shape(), work.keyImage()));
        if (work.kind() == Kind.UPDATE_KEY) {
            keys.add(Key.of(work.landing().shape(), work.change().after()));
        }
    }
}
