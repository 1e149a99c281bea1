// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A branch that nobody turns on for thirty days, by a clock that the test moves, while head office goes on working. */
@Tag("extended")
class ThirtyDaysTest {

    private static final int DAYS = 30;
    private static final int AN_HOUR = 1;

    @TempDir
    Path folder;

    @Test
    void branchThatWasAwayForThirtyDaysCatchesUpFromTheMessagesThatWait() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            away(two, AN_HOUR);
            assertThat(waiting()).as("a message for each hour, and two signs of life").isLessThanOrEqualTo(3 * DAYS * 24);
            two.converge(300);
            assertThat(two.branch.neighbour("state")).isEqualTo("ACTIVE");
            for (int i = 0; i < 1_000 && waiting() >= 10; i++) {
                two.turn(Duration.ofMillis(250));
            }
            assertThat(waiting()).isLessThan(10);
        }
    }

    /** Somebody has emptied the mailbox meanwhile: everything is sent again from the journal, which is kept for as long as it is owed. */
    @Test
    void branchWhoseMessagesWereThrownAwayMeanwhileGetsThemAgain() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.with(AgentSettings.DEFAULTS.withRetention(Retention.USUAL.withKeepBytes(0)));
            away(two, AN_HOUR);
            try (Stream<Path> files = Files.list(folder.resolve("branch"))) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            two.hq.insert(1_000_000, "the last");
            two.converge(400);
            assertThat(two.hq.neighbour("resend_count")).isNotEqualTo("0");
        }
    }

    /** Head office was not running either when its branch came back, and neither has lost its place. */
    @Test
    void bothComeBackAfterThirtyDaysWithOtherAgents() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            away(two, 0);
            two.hq.restart();
            two.branch.restart();
            two.hq.insert(1_000_000, "after it");
            two.converge(300);
        }
    }

    private void away(TwoDatabases two, int anHour) throws Exception {
        two.hq.insert(0, "before it");
        two.converge(60);
        two.branch.restart();
        Instant end = two.clock.instant().plus(Duration.ofDays(DAYS));
        for (int key = 1; two.clock.instant().isBefore(end); two.clock.pass(Duration.ofHours(1))) {
            for (int i = 0; i < anHour; i++, key++) {
                int row = key;
                two.hq.write(writes -> {
                    writes.insert(row, "item " + row);
                    writes.update(row / 2, "changed by " + row);
                });
            }
            two.hq.turn();
        }
    }

    private long waiting() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("branch"))) {
            return files.filter(file -> file.toString().endsWith(".msg")).count();
        }
    }
}
