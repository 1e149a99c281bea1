// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.demo;

import dev.waybill.command.terminal.Terminal;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Repaints a picture of fixed size in place, at most fifteen times a second, in one write and without clearing first, so that it neither flickers nor scrolls. Guarded by itself.
 *
 * <pre>
 *   Waybill  stage                                                  12.3 s
 *   ───────────────────────────────────────────────────────────────────────
 *   HQ: …             │ messages …                 │ branch: …
 *   order 12: 3 lines │ ──► (0-…-…-0) lost         │ applied 3, 12 rows       most lines
 *   ───────────────────────────────────────────────────────────────────────
 *   ████████████████░░░░░  97 % of HQ's journal is applied at the branch
 *   progress
 *   faults
 * </pre>
 */
final class AnimatedScreen implements DemoScreen {

    /** With less, a plain log reads better. */
    static final int LEAST_COLUMNS = 80;
    static final int LEAST_LINES = 20;

    private static final int MOST_COLUMNS = 110;
    private static final int MOST_EVENTS = 22;
    private static final int LINES_AROUND_EVENTS = 7;
    private static final int WAY_COLUMNS = 38;
    private static final long REPAINT_NANOS = 66_000_000L;
    private static final String RESET = "\033[0m";
    private static final String BOLD = "\033[1m";
    private static final String DIM = "\033[2m";
    private static final String HIDE_CURSOR_NO_WRAP = "\033[?25l\033[?7l";
    private static final String SHOW_CURSOR_WRAP = "\033[?7h\033[?25h";

    private final PrintStream out;
    private final int columns;
    private final int events;
    private final long startNanos = System.nanoTime();
    private final Map<Lane, Deque<String>> lanes = new EnumMap<>(Lane.class);
    private String stage = "";
    private Tally.Picture picture = Tally.Picture.NOTHING_YET;
    private long paintedNanos;
    private boolean painted;
    private boolean ended;

    /** For a terminal with at least the least columns and lines. */
    AnimatedScreen(PrintStream out, Terminal terminal) {
        this.out = out;
        this.columns = Math.min(terminal.columns() - 1, MOST_COLUMNS);
        this.events = Math.min(terminal.lines() - LINES_AROUND_EVENTS - 2, MOST_EVENTS);
        for (Lane lane : Lane.values()) {
            lanes.put(lane, new ArrayDeque<>());
        }
    }

    @Override
    public synchronized void stage(String text) {
        stage = text;
        paint();
    }

    @Override
    public synchronized void event(Lane lane, Tone tone, String text) {
        Deque<String> lines = lanes.get(lane);
        lines.addLast(colour(tone) + fit(text, width(lane)) + RESET);
        if (lines.size() > events) {
            lines.removeFirst();
        }
    }

    @Override
    public synchronized void picture(Tally.Picture now) {
        picture = now;
        if (System.nanoTime() - paintedNanos > REPAINT_NANOS) {
            paint();
        }
    }

    @Override
    public synchronized void end() {
        if (!ended) {
            paint();
            ended = true;
            out.print(SHOW_CURSOR_WRAP);
            out.flush();
        }
    }

    private void paint() {
        if (ended) {
            return;
        }
        paintedNanos = System.nanoTime();
        List<String> rows = rows();
        var text = new StringBuilder(painted ? "\033[" + rows.size() + "A" : HIDE_CURSOR_NO_WRAP);
        rows.forEach(row -> text.append('\r').append(row).append("\033[K\n"));
        painted = true;
        out.print(text);
        out.flush();
    }

    private List<String> rows() {
        List<String> rows = new ArrayList<>();
        String time = String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - startNanos) / 1e9);
        rows.add(BOLD + "Waybill" + RESET + "  " + fit(stage, columns - 10 - time.length()) + ' ' + time);
        rows.add(DIM + "─".repeat(columns) + RESET);
        rows.add(BOLD + columns(fit("HQ: takes orders", width(Lane.HQ)), fit("messages and what befalls them", width(Lane.WAY)), fit("branch: applies", width(Lane.BRANCH))) + RESET);
        List<String> hq = List.copyOf(lanes.get(Lane.HQ));
        List<String> way = List.copyOf(lanes.get(Lane.WAY));
        List<String> branch = List.copyOf(lanes.get(Lane.BRANCH));
        for (int i = 0; i < events; i++) {
            rows.add(columns(at(hq, i, Lane.HQ), at(way, i, Lane.WAY), at(branch, i, Lane.BRANCH)));
        }
        rows.add(DIM + "─".repeat(columns) + RESET);
        rows.add(bar());
        rows.add(fit(DemoScreen.progress(picture), columns));
        rows.add(fit(DemoScreen.faults(picture), columns));
        return rows;
    }

    private String bar() {
        double share = picture.head() == 0 ? 0 : Math.min(1, (double) picture.applied() / picture.head());
        String words = String.format(Locale.ROOT, " %3d %% of HQ's journal is at the branch", (int) (share * 100));
        int width = columns - words.length();
        int done = (int) (share * width);
        return "\033[32m" + "█".repeat(done) + RESET + DIM + "░".repeat(width - done) + RESET + words;
    }

    private String at(List<String> lines, int index, Lane lane) {
        return index < lines.size() ? lines.get(index) : " ".repeat(width(lane));
    }

    private static String columns(String left, String middle, String right) {
        return left + " │ " + middle + " │ " + right;
    }

    private int width(Lane lane) {
        int sides = columns - WAY_COLUMNS - 6;
        return switch (lane) {
            case HQ -> sides - sides / 2;
            case WAY -> WAY_COLUMNS;
            case BRANCH -> sides / 2;
        };
    }

    private static String fit(String text, int width) {
        return text.length() > width ? text.substring(0, width - 1) + "…" : text + " ".repeat(width - text.length());
    }

    private static String colour(Tone tone) {
        return switch (tone) {
            case USUAL -> "";
            case ODD -> "\033[33m";
            case BAD -> "\033[31m";
            case AGAIN -> "\033[1;36m";
        };
    }
}
