// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both sites change their tables by themselves, as migrations do, in either order, while rows flow: by the rules of {@code docs/schema-changes.md}. */
class SchemaChangesStoryTest {

    @TempDir
    private Path folder;

    @Test
    void bothSitesMigrateInEitherOrderAndNothingIsLost() throws Exception {
        try (Site hq = new Site(folder, "hq"); Site branch = new Site(folder, "branch")) {
            begin(hq, branch);
            // the head office first, and the branch a while later
            hq.say("ALTER TABLE item ADD COLUMN colour VARCHAR(20)", "INSERT INTO item VALUES (2, 'two', 20, 'red')");
            await(() -> assertThat(items(branch)).isEqualTo("1 one 10, 2 two 20"));
            branch.say("ALTER TABLE item ADD COLUMN colour VARCHAR(20)");
            hq.say("UPDATE item SET colour = 'blue', amount = 21 WHERE id = 2");
            await(() -> assertThat(items(branch)).isEqualTo("1 one 10, 2 two 21"));
            // the branch first
            branch.say("ALTER TABLE item ADD COLUMN weight INT DEFAULT 5 NOT NULL", "CREATE INDEX by_name ON item (name)");
            hq.say("INSERT INTO item VALUES (3, 'three', 30, NULL)", "ALTER TABLE item ADD COLUMN weight INT DEFAULT 5 NOT NULL", "INSERT INTO item VALUES (4, 'four', 40, NULL, 6)");
            await(() -> assertThat(items(branch)).isEqualTo("1 one 10, 2 two 21, 3 three 30, 4 four 40"));
            assertThat(branch.text("SELECT weight FROM item WHERE id = 3")).isEqualTo("5");
            // the new columns are published when both have them
            hq.say("STOP SUBSCRIPTION TO stock FOR branch", "DROP PUBLICATION stock", "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR branch", "SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
            await(() -> assertThat(branch.text("SELECT LISTAGG(COALESCE(colour, '-') || weight, ' ') WITHIN GROUP (ORDER BY id) FROM item")).isEqualTo("-5 blue5 -5 -6"));
        }
    }

    @Test
    void whatNoLongerFitsWaitsAndSaysWhichColumnsAreMissing() throws Exception {
        try (Site hq = new Site(folder, "hq"); Site branch = new Site(folder, "branch")) {
            begin(hq, branch);
            branch.say("ALTER TABLE item DROP COLUMN name", "ALTER TABLE item ALTER COLUMN amount RENAME TO quantity");
            hq.say("INSERT INTO item VALUES (2, 'two', 20)", "UPDATE item SET amount = 11 WHERE id = 1");
            await(() -> assertThat(branch.text("SELECT COALESCE(receive_reason, '') FROM waybill.remote_user")).contains("NAME, AMOUNT", "of its own, here are QUANTITY"));
            branch.say("ALTER TABLE item ALTER COLUMN quantity RENAME TO amount", "ALTER TABLE item ADD COLUMN name VARCHAR(100)");
            await(() -> assertThat(branch.text("SELECT LISTAGG(id || ' ' || COALESCE(name, '-') || ' ' || amount, ', ') WITHIN GROUP (ORDER BY id) FROM item")).isEqualTo("1 - 11, 2 two 20"));
        }
    }

    @Test
    void aPublishedColumnDoesNotGoWhileItIsPublished() throws Exception {
        try (Site hq = new Site(folder, "hq"); Site branch = new Site(folder, "branch")) {
            begin(hq, branch);
            assertThatThrownBy(() -> hq.say("ALTER TABLE item DROP COLUMN name")).isInstanceOf(SQLException.class).hasMessageContaining("what replicas know of table PUBLIC.ITEM");
            hq.say("INSERT INTO item VALUES (3, 'three', 30)");
            await(() -> assertThat(items(branch)).isEqualTo("1 one 10, 3 three 30"));
        }
    }

    private static void begin(Site hq, Site branch) throws Exception {
        hq.publisher().above("branch").say("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(100), amount INT)", "INSERT INTO item VALUES (1, 'one', 10)", "CREATE PUBLICATION stock (TABLE item)",
                "CREATE SUBSCRIPTION TO stock FOR branch", "SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
        branch.publisher().below("hq");
        branch.awaitEqual(hq, "item");
    }

    private static String items(Site site) throws SQLException {
        return site.text("SELECT LISTAGG(id || ' ' || name || ' ' || amount, ', ') WITHIN GROUP (ORDER BY id) FROM item");
    }

    private static void await(ThrowingRunnable claim) {
        Awaitility.await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(50)).untilAsserted(claim);
    }
}
