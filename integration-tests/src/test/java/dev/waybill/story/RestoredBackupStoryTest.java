// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R10: one of the databases is put back as it was some time ago. */
class RestoredBackupStoryTest {

    @TempDir
    private Path folder;

    private void setUp(Site hq, Site branch) throws SQLException {
        hq.say("CREATE TABLE artist (id INT PRIMARY KEY, name VARCHAR(100))", "INSERT INTO artist VALUES (1, 'Bach')");
        hq.publisher().above("branch").say("CREATE PUBLICATION music (TABLE artist)", "CREATE SUBSCRIPTION TO music FOR branch", "SYNCHRONIZE SUBSCRIPTION TO music FOR branch");
        branch.publisher().below("hq");
        branch.awaitEqual(hq, "artist");
        hq.say("INSERT INTO artist VALUES (2, 'Monk')");
        branch.awaitEqual(hq, "artist");
    }

    private Path backUp(Site site) throws Exception {
        site.leave();
        return Files.copy(Path.of(site.file() + ".mv.db"), folder.resolve(site.name + ".backup"));
    }

    private static void restore(Site site, Path backup) throws Exception {
        site.leave();
        Files.copy(backup, Path.of(site.file() + ".mv.db"), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void aReplicaRestoredFromABackupCatchesUp() throws Exception {
        try (Site hq = new Site(folder, "hq"); Site branch = new Site(folder, "branch")) {
            setUp(hq, branch);
            Path backup = backUp(branch);
            for (int i = 10; i < 40; i++) {
                hq.say("INSERT INTO artist VALUES (" + i + ", 'artist " + i + "')");
            }
            branch.awaitEqual(hq, "artist");
            restore(branch, backup);
            assertThat(branch.number("SELECT COUNT(*) FROM artist")).isBetween(2L, 32L);
            branch.awaitEqual(hq, "artist");
            hq.say("DELETE FROM artist WHERE id < 20");
            branch.awaitEqual(hq, "artist");
        }
    }

    @Test
    void aHeadOfficeRestoredFromABackupThatWroteOnIsSplitHistoryAndNothingIsApplied() throws Exception {
        try (Site hq = new Site(folder, "hq"); Site branch = new Site(folder, "branch")) {
            setUp(hq, branch);
            Path backup = backUp(hq);
            for (int i = 10; i < 40; i++) {
                hq.say("INSERT INTO artist VALUES (" + i + ", 'artist " + i + "')");
            }
            branch.awaitEqual(hq, "artist");
            restore(hq, backup);
            for (int i = 10; i < 80; i++) {
                hq.say("INSERT INTO artist VALUES (" + i + ", 'other " + i + "')");
            }
            Awaitility.await().atMost(Duration.ofSeconds(120)).untilAsserted(() ->
                    assertThat(hq.text("SELECT state FROM waybill.remote_user") + branch.text("SELECT receive_state FROM waybill.remote_user")).contains("SPLIT_HISTORY"));
            assertThat(branch.number("SELECT COUNT(*) FROM artist")).isEqualTo(32);
            assertThat(branch.number("SELECT COUNT(*) FROM artist WHERE name LIKE 'other%'")).isZero();
        }
    }
}
