// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A branch may write above what is published there, and nothing else. */
class UpwardStoryTest {

    @TempDir
    private Path directory;

    @Test
    void branchWritesAboveOnlyWhatIsPublishedThere() throws Exception {
        try (var sites = new HeadOfficeAndBranch(directory, "")) {
            try (Connection before = DriverManager.getConnection(sites.rawHq())) {
                HeadOfficeAndBranch.execute(before, "CREATE TABLE price (id INT PRIMARY KEY, amount INT)", "CREATE TABLE report (id INT PRIMARY KEY, text VARCHAR(100))");
            }
            sites.setUp("CREATE PUBLICATION prices (TABLE price)", "prices");
            sites.awaitQuiet(Duration.ofSeconds(120));
            HeadOfficeAndBranch.execute(sites.atBranch(), "CREATE TABLE report (id INT PRIMARY KEY, text VARCHAR(100))", "CREATE PUBLICATION reports (TABLE report)",
                    "CREATE SUBSCRIPTION TO reports FOR hq", "START SUBSCRIPTION TO reports FOR hq", "INSERT INTO report VALUES (1, 'from the branch')");
            await(() -> assertThat(HeadOfficeAndBranch.text(sites.atHq(), "SELECT receive_state || ' ' || receive_reason FROM waybill.remote_user")).startsWith("HALTED").contains("APPLY_NOT_ADMITTED", "REPORT"));
            assertThat(HeadOfficeAndBranch.number(sites.atHq(), "SELECT COUNT(*) FROM report")).isZero();
            HeadOfficeAndBranch.execute(sites.atHq(), "CREATE PUBLICATION reports (TABLE report)", "CREATE SUBSCRIPTION TO reports FOR branch");
            await(() -> assertThat(HeadOfficeAndBranch.number(sites.atHq(), "SELECT COUNT(*) FROM report")).isOne());
        }
    }

    private static void await(ThrowingRunnable claim) {
        Awaitility.await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(50)).untilAsserted(claim);
    }
}
