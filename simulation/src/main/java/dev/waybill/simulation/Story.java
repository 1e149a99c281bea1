// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What happened in a run, drawn as a sequence of sites and messages:
 *
 * <pre>
 *    seconds  hq        branch1
 *      1.200  ●         │          commits 17 at 232
 *      1.200  ├────────►│          DATA 0..232
 *      1.350  │         ✗          ends before APPLY
 *      1.900  ├──✂      │          lost
 * </pre>
 *
 * Bounded: the oldest scenes are forgotten. One thread.
 */
public final class Story {

    private static final int SCENES_AT_MOST = 20_000;
    private static final int LANE = 10;

    private enum Kind { NOTE, END, MESSAGE, LOST, WORLD }

    private record Scene(long millis, Kind kind, String site, String other, String text) {}

    private final Deque<Scene> scenes = new ArrayDeque<>();
    private final Set<String> sites = new LinkedHashSet<>();
    private long forgotten;

    /** A database of the run; drawn from left to right in the order in which they are named. */
    public void site(String name) {
        sites.add(name);
    }

    public void note(long millis, String site, String text) {
        add(new Scene(millis, Kind.NOTE, site, null, text));
    }

    /** A process ends, or a database is another one from now on. */
    public void end(long millis, String site, String text) {
        add(new Scene(millis, Kind.END, site, null, text));
    }

    public void message(long millis, String from, String to, String text) {
        add(new Scene(millis, Kind.MESSAGE, from, to, text));
    }

    /** What the network did to a message. */
    public void lost(long millis, String from, String to, String text) {
        add(new Scene(millis, Kind.LOST, from, to, text));
    }

    /** Something that concerns all. */
    public void world(long millis, String text) {
        add(new Scene(millis, Kind.WORLD, null, null, text));
    }

    private void add(Scene scene) {
        if (scenes.size() == SCENES_AT_MOST) {
            scenes.removeFirst();
            forgotten++;
        }
        scenes.add(scene);
    }

    /** The diagram; of more lines than these only the last ones. */
    public List<String> drawn(int linesAtMost) {
        List<String> lines = new ArrayList<>();
        StringBuilder head = new StringBuilder("   seconds  ");
        sites.forEach(site -> head.append(padded(site)));
        lines.add(head.toString().stripTrailing());
        long left = Math.max(0, scenes.size() - (long) linesAtMost) + forgotten;
        if (left > 0) {
            lines.add("            … " + left + " earlier lines are left out");
        }
        scenes.stream().skip(Math.max(0, scenes.size() - linesAtMost)).forEach(scene -> lines.add(String.format(Locale.ROOT, "%10.3f  ", scene.millis() / 1000.0) + lanes(scene) + " " + scene.text()));
        return lines;
    }

    private String lanes(Scene scene) {
        List<String> order = new ArrayList<>(sites);
        int from = order.indexOf(scene.site());
        int to = order.indexOf(scene.other());
        StringBuilder drawing = new StringBuilder();
        for (int lane = 0; lane < order.size(); lane++) {
            drawing.append(switch (scene.kind()) {
                case WORLD -> "═".repeat(LANE);
                case NOTE -> padded(lane == from ? "●" : "│");
                case END -> padded(lane == from ? "✗" : "│");
                case LOST -> lost(lane, from, to);
                case MESSAGE -> message(lane, from, to);
            });
        }
        return drawing.toString();
    }

    private static String lost(int lane, int from, int to) {
        if (lane == from && from < to) {
            return "├──✂" + " ".repeat(LANE - 4);
        }
        return lane == from - 1 && to < from ? "│" + " ".repeat(LANE - 4) + "✂──" : padded(lane == from && to < from ? "┤" : "│");
    }

    private static String message(int lane, int from, int to) {
        int left = Math.min(from, to);
        int right = Math.max(from, to);
        if (left < 0 || lane < left || lane > right) {
            return padded("│");
        }
        if (lane == right) {
            return padded(right == to ? "│" : "┤");
        }
        String start = lane > left ? "┼" : left == from ? "├" : "│";
        String first = lane == left && left == to ? "◄" : "─";
        String last = lane == right - 1 && right == to ? "►" : "─";
        return start + first + "─".repeat(LANE - 3) + last;
    }

    private static String padded(String text) {
        String cut = text.length() > LANE - 1 ? text.substring(0, LANE - 1) : text;
        return cut + " ".repeat(LANE - cut.length());
    }
}
