// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
     * Where a branch can be, by all that it has shown.
     *
     * @param reached by line, the earliest state that it can be at
     * @param shown   groups of tables that it has had rows of
     */
    record Place(Map<Integer, Integer> reached, Set<Integer> shown) {
        Place copy() {
            return new Place(new TreeMap<>(reached), new HashSet<>(shown));
        }
    }

    private final List<Set<Integer>> together;
    private final List<List<Contents>> lines = new ArrayList<>(List.of(new ArrayList<>()));
    private final Map<String, List<Place>> places = new HashMap<>();

    /**
     * @param together groups of tables that are always of the same moment: all, unless publications are synchronized again. Until its new snapshot has come, what is synchronized again stands still, while the rest goes on
     */
    CommitHistory(List<Set<Integer>> together) {
        this.together = together;
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

    /** Head office is again as it was when it had gone through this many states. */
    void wentBack(int states) {
        int before = lines.size() - 1;
        lines.add(new ArrayList<>(present().subList(0, states)));
        for (List<Place> each : places.values()) {
            for (Place place : each) {
                Integer at = place.reached.get(before);
                if (at != null && at < states) {
                    place.reached.put(before + 1, at);
                }
            }
        }
    }

    /** To be kept with a copy of the branch's database. */
    List<Place> places(String branch) {
        List<Place> known = places.computeIfAbsent(branch, any -> together.stream().map(groups -> atTheBeginning()).toList());
        return known.stream().map(Place::copy).toList();
    }

    /** What was sent before head office was restored may still be under way. */
    private Place atTheBeginning() {
        Place place = new Place(new TreeMap<>(), new HashSet<>());
        for (int line = 0; line < lines.size(); line++) {
            place.reached.put(line, 0);
        }
        return place;
    }

    /** The branch is again as it was. */
    void wentBack(String branch, List<Place> copies) {
        places.put(branch, copies.stream().map(Place::copy).toList());
    }

    /** The branch shows this now: some state, not before the one that it was seen at last. */
    void shows(String branch, Contents now) {
        List<Place> after = new ArrayList<>();
        List<Place> before = places(branch);
        for (int i = 0; i < together.size(); i++) {
            after.add(shows(branch, now, before.get(i), together.get(i)));
        }
        places.put(branch, after);
    }

    private Place shows(String branch, Contents now, Place before, Set<Integer> groups) {
        Place after = new Place(new TreeMap<>(), before.shown);
        groups.stream().filter(group -> !now.isWithout(Contents.GROUPS.get(group))).forEach(after.shown::add);
        before.reached.forEach((line, state) -> {
            int found = find(lines.get(line), state, now, after.shown);
            if (found >= 0) {
                after.reached.put(line, found);
            }
        });
        if (after.reached.isEmpty()) {
            throw new Violation(branch + " shows what was never, or not after what it showed before. " + nearest(before, now, after.shown));
        }
        return after;
    }

    private static int find(List<Contents> line, int from, Contents now, Set<Integer> groups) {
        for (int i = from; i < line.size(); i++) {
            if (isEqual(line.get(i), now, groups)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isEqual(Contents one, Contents other, Set<Integer> groups) {
        return groups.stream().allMatch(group -> one.isEqual(other, Contents.GROUPS.get(group)));
    }

    /** Whether it shows head office's present, in all groups. */
    boolean isEqual(Contents branch) {
        return isEqual(branch, last(), Set.of(0, 1));
    }

    /** What head office shows now. */
    Contents last() {
        return present().get(length() - 1);
    }

    private String nearest(Place before, Contents now, Set<Integer> groups) {
        StringBuilder text = new StringBuilder("It was at ").append(before.reached);
        before.reached.forEach((line, state) -> {
            int best = 0;
            for (int i = 0; i < lines.get(line).size(); i++) {
                best = distance(lines.get(line).get(i), now, groups) < distance(lines.get(line).get(best), now, groups) ? i : best;
            }
            text.append("; nearest in line ").append(line).append(" is state ").append(best).append(" of ").append(lines.get(line).size());
            for (int group : groups) {
                text.append(now.differences(lines.get(line).get(best), Contents.GROUPS.get(group)));
            }
        });
        return text.toString();
    }

    private static int distance(Contents one, Contents other, Set<Integer> groups) {
        return groups.stream().mapToInt(group -> one.distance(other, Contents.GROUPS.get(group))).sum();
    }

    private List<Contents> present() {
        return lines.get(lines.size() - 1);
    }
}
