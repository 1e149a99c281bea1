// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application made of frameworks replicates when only its URL changes. */
class FrameworkStoryTest {

    @TempDir
    private Path directory;

    @Test
    void hibernateApplicationWithOnlyItsUrlChangedIsReplicated() throws Exception {
        try (var sites = new HeadOfficeAndBranch(directory, "")) {
            new ClinicApplication(sites.rawHq()).close();
            sites.setUp("CREATE PUBLICATION clinic (TABLE patient, TABLE visit, TABLE visit_finding)", "clinic");
            try (var clinic = new ClinicApplication(sites.hq())) {
                clinic.work(4, 120);
            }
            sites.awaitQuiet(Duration.ofSeconds(120));
            sites.assertReplicaEquals(ClinicApplication.TABLES);
            assertThat(TableComparison.count(sites.atBranch(), ClinicApplication.TABLES)).isGreaterThan(100);
        }
    }

    @Test
    void schemaByFlywayAndEntitiesByHibernateWorkFromAnEmptyDatabase() {
        try (var clinic = new ClinicApplication("jdbc:waybill:h2:mem:empty-clinic;DB_CLOSE_DELAY=-1")) {
            clinic.work(5, 60);
        }
    }
}
