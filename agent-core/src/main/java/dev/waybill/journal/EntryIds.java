// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Ids of outbox rows that follow one another without a hole: both ends are in it, and all between them. Where rows are deleted by such runs, nothing else can lie there, since ids are unique. */
public record EntryIds(long first, long last) {

    /** How many they are. */
    public int count() {
        return (int) (last - first + 1);
    }

    /** The runs that ids in any order make, ascending. */
    static List<EntryIds> of(List<Long> ids) {
        long[] sorted = ids.stream().mapToLong(Long::longValue).sorted().toArray();
        List<EntryIds> runs = new ArrayList<>();
        int first = 0;
        for (int i = 1; i <= sorted.length; i++) {
            if (i == sorted.length || sorted[i] != sorted[i - 1] + 1) {
                runs.add(new EntryIds(sorted[first], sorted[i - 1]));
                first = i;
            }
        }
        return runs;
    }

    /** The same ids in as few runs as possible, ascending. */
    public static List<EntryIds> joined(List<EntryIds> runs) {
        List<EntryIds> joined = new ArrayList<>();
        EntryIds open = null;
        for (EntryIds run : runs.stream().sorted(Comparator.comparingLong(EntryIds::first)).toList()) {
            if (open != null && run.first == open.last + 1) {
                open = new EntryIds(open.first, run.last);
            } else {
                if (open != null) {
                    joined.add(open);
                }
                open = run;
            }
        }
        if (open != null) {
            joined.add(open);
        }
        return joined;
    }

    /** Its beginning, of so many ids at most. */
    public EntryIds beginning(int most) {
        return count() <= most ? this : new EntryIds(first, first + most - 1);
    }

    /** What is left behind a beginning; null when nothing is. */
    public EntryIds behind(EntryIds beginning) {
        return beginning.last == last ? null : new EntryIds(beginning.last + 1, last);
    }
}
