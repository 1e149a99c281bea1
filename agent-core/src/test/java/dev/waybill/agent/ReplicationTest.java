// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicationTest {

    @TempDir
    Path folder;

    @Test
    void theReplicaBecomesAndStaysEqual() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.hq.insert(1, "one").insert(2, "two");
            two.converge(40);
            two.hq.write(writes -> {
                writes.update(1, "eins");
                writes.delete(2);
                writes.insert(3, "three");
            });
            two.converge(40);
            assertThat(two.branch.rows("SELECT id, name FROM item ORDER BY id")).isEqualTo("1|eins\n3|three\n");
        }
    }

    @Test
    void batchesAloneBringEverythingOverAndAskForWhatIsMissing() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder)) {
            two.hq.insert(1, "one").say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
            batches(two, 4);
            assertThat(two.isEqual()).isTrue();
            two.hq.insert(2, "lost").batch();
            try (var lost = Files.newDirectoryStream(folder.resolve("branch"), "*.msg")) {
                for (Path message : lost) {
                    Files.deleteIfExists(message);
                }
            }
            two.hq.insert(3, "three").batch();
            batches(two, 4);
            assertThat(two.isEqual()).isTrue();
            assertThat(two.hq.neighbour("resend_count")).isEqualTo("1");
        }
    }

    private static void batches(TwoDatabases two, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            assertThat(two.branch.batch()).isTrue();
            assertThat(two.hq.batch()).isTrue();
        }
    }

    @Test
    void messagesGoWhenTheScheduleSaysSo() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.hq.insert(1, "one");
            two.converge(40);
            two.hq.say("GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '01:00:00'").insert(2, "two").turn();
            two.hq.insert(3, "three");
            for (int minute = 0; minute < 59; minute++) {
                two.turn(Duration.ofMinutes(1));
            }
            assertThat(two.branch.rows("SELECT COUNT(*) FROM item")).isEqualTo("2\n");
            assertThat(two.hq.restart().agent().runOnce()).isNotNull();
            two.turn(Duration.ofMinutes(5));
            two.converge(10);
            two.hq.say("GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND AT '15:30:00'").insert(4, "four");
            while (two.clock.instant().isBefore(Instant.parse("2026-11-21T15:29:00Z"))) {
                two.turn(Duration.ofMinutes(1));
            }
            assertThat(two.branch.rows("SELECT COUNT(*) FROM item")).isEqualTo("3\n");
            two.clock.pass(Duration.ofMinutes(2));
            two.converge(10);
        }
    }

    @Test
    void snapshotWhoseRowsAreLostBeforeItArrivedIsTakenAnew() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder)) {
            two.hq.insert(1, "one").say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
            for (int i = 0; i < 5; i++) {
                two.hq.turn();
                two.branch.turn();
            }
            two.hq.say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch").insert(2, "two").turn();
            try (var messages = Files.newDirectoryStream(folder.resolve("branch"), "*.msg")) {
                for (Path message : messages) {
                    Files.deleteIfExists(message);
                }
            }
            two.hq.say("DELETE FROM waybill.snapshot_spool").insert(3, "three");
            two.converge(60);
            assertThat(two.branch.rows("SELECT id FROM item ORDER BY id")).isEqualTo("1\n2\n3\n");
            assertThat(two.hq.rows("SELECT state FROM waybill.subscription")).isEqualTo("STARTED\n");
        }
    }
}
