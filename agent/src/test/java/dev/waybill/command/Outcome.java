// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What a command said and how it ended, run in this process. */
record Outcome(int exitCode, String out, String err) {

    /** Runs {@code waybill} with these arguments. */
    static Outcome of(String... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        var said = new ByteArrayOutputStream();
        var complained = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
        try {
            int exitCode = Main.commandLine().execute(arguments);
            return new Outcome(exitCode, said.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** The same, for a test that goes on only when it worked. */
    static Outcome done(String... arguments) {
        Outcome outcome = of(arguments);
        if (outcome.exitCode != 0) {
            throw new AssertionError(String.join(" ", arguments) + " ended with " + outcome);
        }
        return outcome;
    }

    String all() {
        return out + err;
    }
}
