// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.command.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemonstrationTest {

    @TempDir
    private Path directory;

    @Test
    void lostMessageIsSentAgainWhileOrdersComeInAndBothEndEqual() throws Exception {
        PrintStream usual = System.out;
        var said = new ByteArrayOutputStream();
        boolean equal;
        try {
            System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
            try (var demonstration = new Demonstration(directory, 2611, 3, Terminal.NONE)) {
                equal = demonstration.run();
            }
        } finally {
            System.setOut(usual);
        }
        List<String> log = said.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(equal).as("%s", log).isTrue();
        assertThat(log).anyMatch(line -> line.contains("Both databases are equal")).noneMatch(line -> line.contains("\033"));
        assertThat(indexOf(log, "-0) lost")).isBetween(0, indexOf(log, "asks again"));
        for (String befalls : new String[] {"-0) lost", "-0) twice", "-0) late", "-0) spoilt", "sends again, epoch 1"}) {
            assertThat(indexOf(log, befalls)).as("%s while it runs", befalls).isBetween(0, indexOf(log, "no more orders"));
        }
        assertThat(log).anyMatch(line -> line.matches(".*──► \\(0-\\d{10}-\\d{10}-0\\)"));
    }

    private static int indexOf(List<String> log, String text) {
        for (int i = 0; i < log.size(); i++) {
            if (log.get(i).contains(text)) {
                return i;
            }
        }
        return -1;
    }
}
