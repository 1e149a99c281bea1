// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.demo;

import java.io.PrintStream;
import java.util.Locale;

/** A line for each event, and the figures once a second. Guarded by itself. */
final class PlainLog implements DemoScreen {

    private static final long FIGURES_EVERY_NANOS = 1_000_000_000L;

    private final PrintStream out;
    private final long startNanos = System.nanoTime();
    private long lastPictureNanos;

    PlainLog(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void stage(String text) {
        line("====", text);
    }

    @Override
    public synchronized void event(Lane lane, Tone tone, String text) {
        line(lane.name().toLowerCase(Locale.ROOT), text);
    }

    @Override
    public synchronized void picture(Tally.Picture picture) {
        if (System.nanoTime() - lastPictureNanos > FIGURES_EVERY_NANOS) {
            lastPictureNanos = System.nanoTime();
            line("now", DemoScreen.progress(picture) + "; " + DemoScreen.faults(picture));
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
