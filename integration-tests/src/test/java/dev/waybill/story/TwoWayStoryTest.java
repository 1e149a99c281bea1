// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head office and a branch that write the same rows, by the statements of {@code docs/conflicts.md}, through the driver. */
class TwoWayStoryTest {

    @TempDir
    private Path folder;

    @Test
    void bothWriteTheSameRowsAndAgreeWithAConflictOnRecord() throws Exception {
        try (Site hq = new Site(folder, "hq"); Site branch = new Site(folder, "branch")) {
            hq.publisher().above("branch").say("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(100), amount INT)", "INSERT INTO item VALUES (1, 'one', 10), (2, 'two', 20)",
                    "CREATE PUBLICATION stock (TABLE item CONFLICT MERGE)", "CREATE SUBSCRIPTION TO stock FOR branch", "SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
            branch.publisher().below("hq");
            branch.awaitEqual(hq, "item");
            branch.say("CREATE PUBLICATION stock (TABLE item VERIFY CHANGED)", "CREATE SUBSCRIPTION TO stock FOR hq", "START SUBSCRIPTION TO stock FOR hq");
            branch.say("UPDATE item SET amount = amount + 1 WHERE id > 0", "INSERT INTO item VALUES (3, 'three', 30)");
            await(() -> assertThat(hq.text("SELECT LISTAGG(id || name || amount, ' ') WITHIN GROUP (ORDER BY id) FROM item")).isEqualTo("1one11 2two21 3three30"));
            // the branch hears nothing for a while
            branch.leave();
            hq.say("UPDATE item SET name = 'eins', amount = 5 WHERE id = 1");
            try (Site away = new Site(folder, "branch").set("waybill.agent", "off")) {
                away.say("UPDATE item SET amount = 12 WHERE id = 1", "UPDATE item SET name = 'zwei' WHERE id = 2", "DELETE FROM item WHERE id = 3");
            }
            branch.connection();
            await(() -> {
                assertThat(hq.text("SELECT LISTAGG(id || name || amount, ' ') WITHIN GROUP (ORDER BY id) FROM item")).isEqualTo("1eins5 2zwei21");
                assertThat(branch.text("SELECT LISTAGG(id || name || amount, ' ') WITHIN GROUP (ORDER BY id) FROM item")).isEqualTo("1eins5 2zwei21");
            });
            assertThat(hq.text("SELECT kind || ' ' || policy || ' ' || old_row || ' ' || new_row || ' ' || remote_row || ' ' || result_row FROM waybill.conflict"))
                    .isEqualTo("UPDATE_UPDATE MERGE (ID=1, NAME='eins', AMOUNT=5) (ID=1, AMOUNT=12) (ID=1, AMOUNT=11) (ID=1, NAME='eins', AMOUNT=5)");
            assertThat(hq.number("SELECT COUNT(*) FROM waybill.conflict")).isOne();
        }
    }

    private static void await(ThrowingRunnable claim) {
        Awaitility.await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(50)).untilAsserted(claim);
    }
}
