// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** Where the demonstration shows what happens. One thread. */
sealed interface DemoScreen {

    /** A stage of the demonstration begins. */
    void stage(String text);

    /** Something happened on the left (HQ), on the way, or on the right (branch). */
    void event(Lane lane, String text);

    /** The figures now. */
    void picture(Tally.Picture picture);

    /** Nothing more will be painted over. */
    void end();

    /** Where something happened. */
    enum Lane { HQ, WAY, BRANCH }

    /** A line for each event, and the figures once a second. */
    final class PlainLog implements DemoScreen {
        private final PrintStream out;
        private final long startNanos = System.nanoTime();
        private long lastPictureNanos;

        PlainLog(PrintStream out) {
            this.out = out;
        }

        @Override
        public void stage(String text) {
            line("====", text);
        }

        @Override
        public void event(Lane lane, String text) {
            line(lane.name().toLowerCase(Locale.ROOT), text);
        }

        @Override
        public void picture(Tally.Picture picture) {
            if (System.nanoTime() - lastPictureNanos > 1_000_000_000L) {
                lastPictureNanos = System.nanoTime();
                line("now", figures(picture) + "; " + faults(picture));
            }
        }

        @Override
        public void end() {
            out.flush();
        }

        private void line(String lane, String text) {
            out.printf(Locale.ROOT, "%7.3f  %-7s %s%n", (System.nanoTime() - startNanos) / 1e9, lane, text);
        }
    }

    /** Repaints a picture of fixed size in place. */
    final class Animated implements DemoScreen {
        private static final int LINES = 14;
        private static final int WIDTH = 108;
        private final PrintStream out;
        private final Deque<String> hq = new ArrayDeque<>();
        private final Deque<String> way = new ArrayDeque<>();
        private final Deque<String> branch = new ArrayDeque<>();
        private String stage = "";
        private boolean painted;

        Animated(PrintStream out) {
            this.out = out;
        }

        @Override
        public void stage(String text) {
            stage = text;
        }

        @Override
        public void event(Lane lane, String text) {
            Deque<String> lines = switch (lane) {
                case HQ -> hq;
                case WAY -> way;
                case BRANCH -> branch;
            };
            lines.addLast(text);
            if (lines.size() > LINES) {
                lines.removeFirst();
            }
        }

        @Override
        public void picture(Tally.Picture picture) {
            var text = new StringBuilder();
            if (painted) {
                text.append("\033[").append(LINES + 7).append('A');
            }
            painted = true;
            row(text, "\033[1mWaybill\033[0m  " + stage);
            row(text, "─".repeat(WIDTH));
            row(text, columns("\033[1m", "HQ: an ordinary JDBC program", "the courier", "branch: waybill agent"));
            for (int i = 0; i < LINES; i++) {
                row(text, columns("", at(hq, i), at(way, i), at(branch, i)));
            }
            row(text, "─".repeat(WIDTH));
            row(text, figures(picture));
            row(text, faults(picture));
            row(text, bar(picture));
            out.print(text);
            out.flush();
        }

        @Override
        public void end() {
            out.println();
            out.flush();
        }

        private static void row(StringBuilder text, String row) {
            text.append("\r\033[2K").append(row).append('\n');
        }

        private static String at(Deque<String> lines, int index) {
            return List.copyOf(lines).stream().skip(index).findFirst().orElse("");
        }

        private static String columns(String style, String left, String middle, String right) {
            return style + fit(left, 28) + " \033[0m│ " + style + fit(middle, 46) + "\033[0m │ " + style + fit(right, 28) + "\033[0m";
        }

        private static String fit(String text, int width) {
            return text.length() > width ? text.substring(0, width - 1) + "…" : text + " ".repeat(width - text.length());
        }

        private static String bar(Tally.Picture picture) {
            int width = 70;
            int done = picture.head() == 0 ? 0 : (int) Math.min(width, picture.confirmed() * width / picture.head());
            return "\033[32m" + "█".repeat(done) + "\033[0m" + "░".repeat(width - done) + " of HQ's journal confirmed by branch";
        }
    }

    private static String figures(Tally.Picture p) {
        return String.format(Locale.ROOT, "committed %,d transactions   HQ's head %010d   branch confirmed %010d   behind %,d bytes, last lag %s",
                p.committed(), p.head(), p.confirmed(), Math.max(0, p.head() - p.confirmed()), milliseconds(p.lag()));
    }

    private static String faults(Tally.Picture p) {
        return String.format(Locale.ROOT, "messages carried %,d:  lost %d  repeated %d  overtaken %d  damaged %d;  resend epoch %d",
                p.carried(), p.lost(), p.repeated(), p.late(), p.damaged(), p.resends());
    }

    private static String milliseconds(Duration duration) {
        return duration.toMillis() + " ms";
    }
}
