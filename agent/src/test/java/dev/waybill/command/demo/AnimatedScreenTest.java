// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.command.demo.DemoScreen.Lane;
import dev.waybill.command.demo.DemoScreen.Tone;
import dev.waybill.command.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnimatedScreenTest {

    @ParameterizedTest
    @CsvSource({"80,20", "80,24", "120,40", "300,100"})
    void everyPictureFitsAndStandsWhereTheOneBeforeStood(int columns, int lines) {
        var bytes = new ByteArrayOutputStream();
        var screen = new AnimatedScreen(new PrintStream(bytes, true, StandardCharsets.UTF_8), new Terminal(columns, lines));
        screen.stage("a stage");
        for (int i = 0; i < 200; i++) {
            screen.event(Lane.values()[i % 3], Tone.values()[i % 4], "event " + i + " " + "x".repeat(i));
        }
        screen.picture(new Tally.Picture(123_456, 9_999_999_999L, 5_000_000_000L, 99, Duration.ofSeconds(9), Duration.ofSeconds(99), 10, 20, 30, 40, 100_000));
        screen.stage("another stage, " + "with many words ".repeat(20));
        screen.end();
        screen.end();
        String all = bytes.toString(StandardCharsets.UTF_8);
        List<String> rows = all.replaceAll("\033\\[[?0-9;]*[A-Za-z]", "").lines().map(String::stripTrailing).toList();
        assertThat(rows).allMatch(row -> row.codePointCount(0, row.length()) < Math.min(columns, 111));
        assertThat(all).startsWith("\033[?25l").endsWith("\033[?25h").contains("event 199").contains("50 % of HQ's journal");
        String[] pictures = all.split("\033\\[\\d+A");
        assertThat(pictures).hasSizeGreaterThanOrEqualTo(3);
        for (String picture : pictures) {
            assertThat(picture.lines().filter(row -> row.contains("\033[K"))).hasSizeLessThan(lines);
        }
        assertThat(all).contains("\033[" + pictures[0].chars().filter(c -> c == '\n').count() + "A").doesNotContain("\033[2J", "\033[2K");
    }
}
