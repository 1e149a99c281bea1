// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The states of head office's committed content in commit order, and the judge of what branches show. When head office is replaced by an older copy, a second line of states begins that shares the beginning of the first.
 */
final class CommitHistory {

    /** A violated guarantee. */
    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1L;

        Violation(String message) {
            super(message);
        }
    }

    /**
     * Where a branch can be, by all that it has shown: by line, the earliest state that it can be at.
     */
    record Place(Map<Integer, Integer> reached) {
        Place copy() {
            return new Place(new TreeMap<>(reached));
        }
    }

    /**
     * One time in which a branch is sent a group of tables.
     *
     * @param wanted the state at which it was asked for
     * @param begun  a state at which it had begun for certain; null while it may not have
     * @param ended  the last state that is owed; null while there is no end
     * @param left   whether the branch has begun anew since: then it may have stopped anywhere in it
     */
    private record Period(int wanted, Integer begun, Integer ended, boolean left) {}

    private final List<List<Contents>> lines = new ArrayList<>(List.of(new ArrayList<>()));
    private final List<Periods> periods = new ArrayList<>(List.of(new Periods(Map.of())));
    private final Map<String, Place> places = new HashMap<>();

    /** What is owed to whom, on one line of states. */
    static final class Periods {

        private final Map<String, List<Period>> byStream = new HashMap<>();

        private Periods(Map<String, List<Period>> other) {
            other.forEach((stream, list) -> byStream.put(stream, new ArrayList<>(list)));
        }

        private List<Period> of(String branch, int group) {
            return byStream.computeIfAbsent(branch + " " + group, none -> new ArrayList<>());
        }
    }

    /** Head office has committed something, perhaps. */
    void committed(Contents now) {
        List<Contents> line = present();
        if (line.isEmpty() || !line.get(line.size() - 1).equals(now)) {
            line.add(now);
        }
    }

    int length() {
        return present().size();
    }

    // ---- what is owed ----

    /** Somebody has asked that the branch gets this group; when it begins is seen later. Nothing changes while it is sent already. */
    void wanted(String branch, int group) {
        List<Period> own = periods().of(branch, group);
        if (own.isEmpty() || own.get(own.size() - 1).ended() != null) {
            own.add(new Period(length() - 1, null, null, false));
        }
    }

    /** By what head office has on record, it is sent by now, and to no end. */
    void isOpen(String branch, int group) {
        List<Period> own = periods().of(branch, group);
        Period last = own.get(own.size() - 1);
        if (last.begun() == null) {
            own.set(own.size() - 1, new Period(last.wanted(), length() - 1, null, false));
        }
    }

    /** Nothing after the present state is owed. */
    void ends(String branch, int group, boolean wasOpen) {
        List<Period> own = periods().of(branch, group);
        if (wasOpen) {
            isOpen(branch, group);
            Period last = own.get(own.size() - 1);
            own.set(own.size() - 1, new Period(last.wanted(), last.begun(), length() - 1, false));
        } else if (!own.isEmpty() && own.get(own.size() - 1).ended() == null) {
            own.remove(own.size() - 1);
        }
    }

    /** The branch could not be served from where it was: nothing that was owed until now is owed any more; what it is to get comes as snapshots. */
    void beginsAnew(String branch, int group, boolean isOpen) {
        List<Period> own = periods().of(branch, group);
        own.removeIf(period -> period.begun() == null);
        own.replaceAll(period -> new Period(period.wanted(), period.begun(), period.ended(), true));
        if (isOpen) {
            own.add(new Period(length() - 1, length() - 1, null, false));
        }
    }

    /** Whether the group has not changed since the branch was owed the last of it: then both ends agree as soon as everything has arrived. */
    boolean isUnchangedSinceItEnded(String branch, int group) {
        List<Period> own = periods().of(branch, group);
        Integer ended = own.isEmpty() ? null : own.get(own.size() - 1).ended();
        return ended != null && !own.get(own.size() - 1).left() && last().isEqual(present().get(ended), Contents.GROUPS.get(group));
    }

    private Periods periods() {
        return periods.get(periods.size() - 1);
    }

    /** To be kept with a copy of head office's database. */
    Periods owed() {
        return new Periods(periods().byStream);
    }

    // ---- what is shown ----

    /** Head office is again as it was when it had gone through this many states, and owed this. */
    void wentBack(int states, Periods owed) {
        int before = lines.size() - 1;
        lines.add(new ArrayList<>(present().subList(0, states)));
        periods.add(new Periods(owed.byStream));
        for (Place place : places.values()) {
            Integer at = place.reached.get(before);
            if (at != null && at < states) {
                place.reached.put(before + 1, at);
            }
        }
    }

    /** To be kept with a copy of the branch's database. */
    Place place(String branch) {
        return places.computeIfAbsent(branch, any -> atTheBeginning()).copy();
    }

    /** What was sent before head office was restored may still be under way. */
    private Place atTheBeginning() {
        Place place = new Place(new TreeMap<>());
        for (int line = 0; line < lines.size(); line++) {
            place.reached.put(line, 0);
        }
        return place;
    }

    /** The branch is again as it was. */
    void wentBack(String branch, Place copy) {
        places.put(branch, copy.copy());
    }

    /** The branch shows this now: some state, not before the one that it was seen at last; of each group of tables as far as it is owed. */
    void shows(String branch, Contents now) {
        Place before = place(branch);
        Place after = new Place(new TreeMap<>());
        before.reached.forEach((line, state) -> {
            int found = find(branch, line, state, now);
            if (found >= 0) {
                after.reached.put(line, found);
            }
        });
        if (after.reached.isEmpty()) {
            throw new Violation(branch + " shows what was never, or not after what it showed before. " + nearest(branch, before, now));
        }
        places.put(branch, after);
    }

    private int find(String branch, int line, int from, Contents now) {
        for (int state = from; state < lines.get(line).size(); state++) {
            boolean all = true;
            for (int group = 0; all && group < Contents.GROUPS.size(); group++) {
                all = isShown(branch, line, from, state, group, now);
            }
            if (all) {
                return state;
            }
        }
        return -1;
    }

    private boolean isShown(String branch, int line, int from, int state, int group, Contents now) {
        List<Period> own = periods.get(line).of(branch, group);
        for (int i = own.size() - 1; i >= 0; i--) {
            Period period = own.get(i);
            if (period.wanted() <= state) {
                int shown = period.ended() != null && period.ended() < state ? period.ended() : state;
                for (int at = period.left() ? Math.min(from, shown) : shown; at <= shown; at++) {
                    if (lines.get(line).get(at).isEqual(now, Contents.GROUPS.get(group))) {
                        return true;
                    }
                }
                if (!period.left() && period.begun() != null && period.begun() < state) { // at the same state it may be just before the snapshot
                    return false;
                }
            }
        }
        return now.isWithout(Contents.GROUPS.get(group));
    }

    /** Whether it shows head office's present, in all groups. */
    boolean isEqual(Contents branch) {
        return Contents.GROUPS.stream().allMatch(group -> branch.isEqual(last(), group));
    }

    /** What head office shows now. */
    Contents last() {
        return present().get(length() - 1);
    }

    private String nearest(String branch, Place before, Contents now) {
        StringBuilder text = new StringBuilder("It was at ").append(before.reached);
        before.reached.forEach((line, state) -> {
            int best = 0;
            for (int i = 0; i < lines.get(line).size(); i++) {
                best = distance(lines.get(line).get(i), now) < distance(lines.get(line).get(best), now) ? i : best;
            }
            text.append("; nearest in line ").append(line).append(" is state ").append(best).append(" of ").append(lines.get(line).size());
            for (int group = 0; group < Contents.GROUPS.size(); group++) {
                text.append("\n  group ").append(group).append(", owed ").append(periods.get(line).of(branch, group)).append(now.differences(lines.get(line).get(best), Contents.GROUPS.get(group)));
            }
        });
        return text.toString();
    }

    private static int distance(Contents one, Contents other) {
        return Contents.GROUPS.stream().mapToInt(group -> one.distance(other, group)).sum();
    }

    private List<Contents> present() {
        return lines.get(lines.size() - 1);
    }
}
