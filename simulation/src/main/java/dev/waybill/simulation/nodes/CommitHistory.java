// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The states of one sender's committed content in commit order, and the judge of what those show that are sent it: head office to its branches, a branch to head office. When the sender is replaced by an older copy, another line of states
 * begins that shares the beginning of the one in which the copy was taken.
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
     * Where a receiver can be, by all that it has shown.
     *
     * @param reached by line, the earliest state that it can be at
     * @param adopted lines that it was told are right now, and of which it has shown nothing yet
     */
    record Place(Map<Integer, Integer> reached, Set<Integer> adopted) {
        Place copy() {
            return new Place(new TreeMap<>(reached), new TreeSet<>(adopted));
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

    private final List<List<String>> groups;
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

    /** @param groups of tables that are sent one with another */
    CommitHistory(List<List<String>> groups) {
        this.groups = groups;
    }

    /** The sender has committed something, perhaps. */
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
        return ended != null && !own.get(own.size() - 1).left() && last().isEqual(present().get(ended), groups.get(group));
    }

    private Periods periods() {
        return periods.get(periods.size() - 1);
    }

    // ---- what is shown ----

    /** Where the sender is, to be kept with a copy of its database. */
    record Mark(int line, int states, Periods owed) {}

    Mark mark() {
        return new Mark(lines.size() - 1, length(), new Periods(periods().byStream));
    }

    /** The sender is again as it was then. */
    void wentBack(Mark to) {
        lines.add(new ArrayList<>(lines.get(to.line()).subList(0, to.states())));
        periods.add(new Periods(to.owed().byStream));
        for (Place place : places.values()) {
            Integer at = place.reached.get(to.line());
            if (at != null && at < to.states()) {
                place.reached.put(lines.size() - 1, at);
            }
        }
    }

    /** A person says there that the sender's present history is the right one: it may be anywhere in it. */
    void adopts(String receiver) {
        Place place = place(receiver);
        place.adopted.add(lines.size() - 1);
        places.put(receiver, place);
    }

    /** To be kept with a copy of the branch's database. */
    Place place(String branch) {
        return places.computeIfAbsent(branch, any -> atTheBeginning()).copy();
    }

    /** What was sent before head office was restored may still be under way. */
    private Place atTheBeginning() {
        Place place = new Place(new TreeMap<>(), new TreeSet<>());
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
        Place after = new Place(new TreeMap<>(), new TreeSet<>(before.adopted));
        before.reached.forEach((line, state) -> {
            int found = find(branch, line, state, now);
            if (found >= 0) {
                after.reached.put(line, found);
            }
        });
        for (int line : before.adopted) {
            int found = find(branch, line, 0, now);
            if (found >= 0) {
                after.reached.putIfAbsent(line, found);
                after.adopted.remove(line);
            }
        }
        if (after.reached.isEmpty()) {
            throw new Violation(branch + " shows what was never, or not after what it showed before. " + nearest(branch, before, now));
        }
        places.put(branch, after);
    }

    private int find(String branch, int line, int from, Contents now) {
        for (int state = from; state < lines.get(line).size(); state++) {
            boolean all = true;
            for (int group = 0; all && group < groups.size(); group++) {
                all = isShown(branch, line, state, group, now);
            }
            if (all) {
                return state;
            }
        }
        return -1;
    }

    private boolean isShown(String branch, int line, int state, int group, Contents now) {
        List<Period> own = periods.get(line).of(branch, group);
        for (int i = own.size() - 1; i >= 0; i--) {
            Period period = own.get(i);
            if (period.wanted() <= state) {
                int shown = period.ended() != null && period.ended() < state ? period.ended() : state;
                for (int at = period.left() ? Math.min(period.wanted(), shown) : shown; at <= shown; at++) { // what it has left stays where it was, however far the others come
                    if (lines.get(line).get(at).isEqual(now, groups.get(group))) {
                        return true;
                    }
                }
                if (!period.left() && period.begun() != null && period.begun() < state) { // at the same state it may be just before the snapshot
                    return false;
                }
            }
        }
        return now.isWithout(groups.get(group));
    }

    /** Whether it shows the sender's present, in all groups. */
    boolean isEqual(Contents branch) {
        return groups.stream().allMatch(group -> branch.isEqual(last(), group));
    }

    /** What the sender shows now. */
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
            for (int group = 0; group < groups.size(); group++) {
                text.append("\n  group ").append(group).append(", owed ").append(periods.get(line).of(branch, group)).append(now.differences(lines.get(line).get(best), groups.get(group)));
            }
        });
        return text.toString();
    }

    private int distance(Contents one, Contents other) {
        return groups.stream().mapToInt(group -> one.distance(other, group)).sum();
    }

    private List<Contents> present() {
        return lines.get(lines.size() - 1);
    }
}
