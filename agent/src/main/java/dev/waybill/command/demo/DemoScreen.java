// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.demo;

import java.util.Locale;

/** Where the demonstration shows what happens. Guarded by itself. */
sealed interface DemoScreen permits PlainLog, AnimatedScreen {

    /** A stage of the demonstration begins. */
    void stage(String text);

    /** Something happened on the left (HQ), on the way, or on the right (branch). */
    void event(Lane lane, Tone tone, String text);

    /** The figures now. */
    void picture(Tally.Picture picture);

    /** Nothing more will be painted over. May be called more than once. */
    void end();

    /** Where something happened. */
    enum Lane { HQ, WAY, BRANCH }

    /** How it is to be taken. */
    enum Tone {
        USUAL, ODD, BAD, AGAIN
    }

    /** What is behind, in words. At most 80 columns while the numbers are those of a demonstration. */
    static String progress(Tally.Picture p) {
        return String.format(Locale.ROOT, "%,d committed, journal %010d, behind %,d bytes, lag %,d ms (most %,d)",
                p.committed(), p.head(), Math.max(0, p.head() - p.applied()), p.lag().toMillis(), p.longestLag().toMillis());
    }

    /** What the courier did. */
    static String faults(Tally.Picture p) {
        return String.format(Locale.ROOT, "%,d messages: %d lost, %d twice, %d late, %d spoilt; asked for again %d times", p.carried(), p.lost(), p.repeated(), p.late(), p.damaged(), p.resends());
    }
}
