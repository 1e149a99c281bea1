// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.dialect.Dialects;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal of before format 3, whose rows hold one transaction each, goes on under this program. */
class OldJournalTest {

    @TempDir
    Path folder;

    @Test
    void whatAnOlderProgramSequencedIsSentAndConfirmedAndBlocksFollowBehindIt() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            sequencedOneByOne(two, 1, 20);
            upgraded(two.hq);
            two.hq.restart();
            for (int i = 21; i <= 40; i++) {
                two.hq.insert(i, "new " + i);
            }
            two.converge(60);
            assertThat(two.hq.rows("SELECT format FROM waybill.catalogue")).isEqualTo(CatalogueInstaller.FORMAT + "\n");
            assertThat(two.hq.rows("SELECT MAX(transactions) FROM waybill.journal")).isEqualTo("20\n");
            assertThat(two.hq.rows("SELECT COUNT(*) FROM waybill.journal WHERE transactions = 1")).isNotEqualTo("0\n");
        }
    }

    @Test
    void whatWasLostIsSentAgainFromTheMiddleOfABlock() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.converge(20);
            for (int i = 1; i <= 1_500; i++) {
                two.hq.insert(i, "row number " + i);
            }
            two.hq.turn();
            int lost = loseEverySecondMessage();
            assertThat(lost).isPositive();
            two.converge(200);
            assertThat(two.hq.rows("SELECT MAX(transactions) > 20 FROM waybill.journal")).isEqualTo("TRUE\n");
            assertThat(Integer.parseInt(two.hq.neighbour("resend_count"))).isPositive();
        }
    }

    private static void sequencedOneByOne(TwoDatabases two, int from, int to) throws Exception {
        for (int i = from; i <= to; i++) {
            two.hq.insert(i, "old " + i);
            two.hq.turn();
            two.clock.pass(Duration.ofMillis(10));
        }
        two.hq.turn(); // which deletes the last one from the outbox
    }

    /** As the second format left it, and then upgraded. */
    private static void upgraded(Site site) throws Exception {
        site.say("ALTER TABLE waybill.journal DROP COLUMN transactions",
                "ALTER TABLE waybill.outbox ADD (transaction_id UUID NOT NULL, part INTEGER NOT NULL, last BOOLEAN NOT NULL, size INTEGER NOT NULL, digest INTEGER NOT NULL)", "UPDATE waybill.catalogue SET format = 2");
        try (Connection raw = DriverManager.getConnection(site.url)) {
            assertThat(new CatalogueInstaller(Dialects.of(raw), UUID::randomUUID, InstantSource.system()).install(raw)).isTrue();
        }
    }

    private int loseEverySecondMessage() throws Exception {
        int count = 0;
        try (DirectoryStream<Path> messages = Files.newDirectoryStream(folder.resolve("branch"), "*.msg")) {
            for (Path message : messages) {
                if (count++ % 2 == 0) {
                    Files.delete(message);
                }
            }
        }
        return count / 2;
    }
}
