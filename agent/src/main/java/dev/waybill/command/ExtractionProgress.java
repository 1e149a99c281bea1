// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.command.terminal.Terminal;
import dev.waybill.extraction.ExtractionHandler;
import java.io.PrintStream;
import java.util.Locale;

/** Shows how an extraction goes: a bar on a terminal, otherwise a line when something begins and when it is done. Called by one thread at a time. */
final class ExtractionProgress implements ExtractionHandler {

    private static final int BAR = 30;
    private static final int LEAST_COLUMNS = 70;

    private final PrintStream out;
    private final boolean animated;
    private boolean isOpen;

    ExtractionProgress(PrintStream out) {
        this(out, Terminal.ofThisProcess().columns() >= LEAST_COLUMNS);
    }

    ExtractionProgress(PrintStream out, boolean animated) {
        this.out = out;
        this.animated = animated;
    }

    @Override
    public synchronized void said(String sentence) {
        end();
        out.println(sentence);
    }

    @Override
    public synchronized void went(String what, int done, int all, long rows) {
        if (animated) {
            int filled = all == 0 ? BAR : done * BAR / all;
            out.print("\r" + "█".repeat(filled) + "░".repeat(BAR - filled) + "  " + words(what, done, all, rows) + "   ");
            out.flush();
            isOpen = true;
            if (done == all) {
                end();
            }
        } else if (done == 0 || done == all) {
            out.println(words(what, done, all, rows));
        }
    }

    private static String words(String what, int done, int all, long rows) {
        return String.format(Locale.ROOT, "%s: %d of %d steps, %,d rows", what, done, all, rows);
    }

    /** Whatever is printed next begins a line. */
    synchronized void end() {
        if (isOpen) {
            out.println();
            isOpen = false;
        }
    }
}
