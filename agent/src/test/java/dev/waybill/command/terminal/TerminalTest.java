// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {

    @Test
    void sizeIsReadFromTheTerminalOrTheEnvironment() {
        assertThat(Terminal.parse("40 120\n")).isEqualTo(new Terminal(120, 40));
        assertThat(Terminal.parse("stty: no")).isEqualTo(Terminal.NONE);
        assertThat(Terminal.fromEnvironment(Map.of("COLUMNS", "100", "LINES", "30")::get)).isEqualTo(new Terminal(100, 30));
        assertThat(Terminal.fromEnvironment(name -> null)).isEqualTo(Terminal.NONE);
    }

    @Test
    void unknownSizeHasNoRoom() {
        assertThat(Terminal.NONE.has(1, 1)).isFalse();
        assertThat(new Terminal(80, 24).has(80, 24)).isTrue();
        assertThat(new Terminal(79, 24).has(80, 24)).isFalse();
    }

    @Test
    void charactersThatTheTerminalLacksBecomeTheNearest() {
        assertThat(printed(StandardCharsets.US_ASCII, "a ──► b│█░… é €")).isEqualTo("a --> b|#.~ ? ?");
        assertThat(printed(StandardCharsets.ISO_8859_1, "──► é")).isEqualTo("--> é");
        assertThat(printed(StandardCharsets.UTF_8, "──► é €")).isEqualTo("──► é €");
    }

    private static String printed(Charset charset, String text) {
        var bytes = new ByteArrayOutputStream();
        PrintStream stream = Terminal.readable(bytes, charset);
        stream.print(text);
        stream.flush();
        return bytes.toString(charset);
    }
}
