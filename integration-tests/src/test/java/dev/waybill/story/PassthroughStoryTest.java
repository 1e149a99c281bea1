// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head office that passes statements on to one branch and not to the other, by the statements of {@code docs/passthrough.md}. */
class PassthroughStoryTest {

    @TempDir
    private Path folder;

    @Test
    void whoGetsTheStatementDoesNotGetItsRowsAndEverybodyElseDoes() throws Exception {
        try (Site hq = new Site(folder, "hq"); Site north = new Site(folder, "north"); Site south = new Site(folder, "south")) {
            hq.publisher().above("north").above("south").say("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(100), amount INT)", "INSERT INTO item VALUES (1, 'one', 10), (2, 'two', 20)",
                    "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR north, south", "SYNCHRONIZE SUBSCRIPTION TO stock FOR north, south");
            for (Site branch : new Site[] {north, south}) {
                branch.publisher().below("hq").say("SET REMOTE FILE OPTION passthrough = 'unsigned'");
                branch.awaitEqual(hq, "item");
            }
            north.say("UPDATE item SET amount = 1000 WHERE id = 2");
            // rows: what north executes it executes on its own rows
            hq.say("PASSTHROUGH FOR north", "UPDATE item SET amount = amount + 1", "PASSTHROUGH STOP", "INSERT INTO item VALUES (3, 'three', 30)");
            await(() -> assertThat(items(north)).isEqualTo("1 11, 2 1001, 3 30"));
            await(() -> assertThat(items(south)).isEqualTo("1 11, 2 21, 3 30"));
            // definitions, in their place among the rows; ON another product nobody executes it
            hq.say("PASSTHROUGH FOR SUBSCRIPTION TO stock", "ALTER TABLE item ADD COLUMN colour VARCHAR(20) DEFAULT 'grey'", "CREATE TABLE local_note (id INT PRIMARY KEY, text VARCHAR(100))", "PASSTHROUGH STOP",
                    "PASSTHROUGH ONLY FOR north, south ON mariadb", "CREATE TABLE of_mariadb (id INT)", "PASSTHROUGH ONLY FOR south", "INSERT INTO local_note VALUES (1, 'for the south')", "PASSTHROUGH STOP", "INSERT INTO item VALUES (4, 'four', 40, 'red')");
            await(() -> assertThat(items(north)).isEqualTo("1 11, 2 1001, 3 30, 4 40"));
            await(() -> assertThat(items(south)).isEqualTo("1 11, 2 21, 3 30, 4 40"));
            assertThat(south.text("SELECT text FROM local_note")).isEqualTo("for the south");
            assertThat(north.number("SELECT COUNT(*) FROM local_note")).isZero();
            assertThat(hq.number("SELECT COUNT(*) FROM local_note")).isZero();
            assertThat(north.text("SELECT colour FROM item WHERE id = 4")).isEqualTo("grey");
            for (Site branch : new Site[] {north, south}) {
                assertThat(branch.number("SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'OF_MARIADB'")).isZero();
                assertThat(branch.number("SELECT COUNT(*) FROM waybill.passthrough_step")).isZero();
            }
            assertThat(hq.number("SELECT COUNT(*) FROM waybill.passthrough_step")).isZero();
            assertThat(hq.number("SELECT COUNT(*) FROM waybill.audit WHERE what LIKE 'PASSTHROUGH%'")).isEqualTo(5);
        }
    }

    @Test
    void whatIsRolledBackOrCannotBePassedOnIsNot() throws Exception {
        try (Site hq = new Site(folder, "hq"); Site north = new Site(folder, "north")) {
            hq.publisher().above("north").say("CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(100), amount INT)", "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR north");
            assertThatThrownBy(() -> hq.say("PASSTHROUGH FOR north")).isInstanceOf(SQLException.class).hasMessageContaining("no subscription that was started");
            hq.say("SYNCHRONIZE SUBSCRIPTION TO stock FOR north");
            north.publisher().below("hq").say("SET REMOTE FILE OPTION passthrough = 'unsigned'");
            north.awaitEqual(hq, "item");
            assertThatThrownBy(() -> north.say("PASSTHROUGH FOR hq")).hasMessageContaining("takes statements from nobody below");
            assertThatThrownBy(() -> hq.say("PASSTHROUGH FOR nobody")).hasMessageContaining("nobody of this name");
            hq.say("PASSTHROUGH FOR north");
            try (Connection other = hq.connect()) {
                HeadOfficeAndBranch.execute(other, "INSERT INTO item VALUES (1, 'of a connection without the mode', 1)");
            }
            Connection connection = hq.connection();
            connection.setAutoCommit(false);
            hq.say("UPDATE item SET amount = 100");
            connection.rollback();
            hq.say("INSERT INTO item VALUES (2, 'passed', 2)", "DELETE FROM item WHERE id = 0");
            connection.commit();
            assertThatThrownBy(() -> hq.say("UPDATE nowhere SET x = 1")).isInstanceOf(SQLException.class);
            assertThatThrownBy(connection::commit).as("nobody knows what its transaction holds").isInstanceOf(SQLException.class);
            connection.setAutoCommit(true);
            assertThatThrownBy(() -> hq.say("GRANT REMOTE TO south TYPE FILE ADDRESS 'south'")).hasMessageContaining("one of Waybill's own");
            hq.say("UPDATE item SET amount = 1; UPDATE item SET amount = 2"); // two statements, one after the other
            try (var prepared = connection.prepareStatement("UPDATE item SET amount = ?")) {
                prepared.setInt(1, 5);
                assertThatThrownBy(prepared::executeUpdate).hasMessageContaining("parameters");
                prepared.addBatch();
                assertThatThrownBy(prepared::executeBatch).isInstanceOf(SQLException.class);
            }
            assertThatThrownBy(() -> hq.say("ALTER TABLE nowhere ADD COLUMN x INT")).isInstanceOf(SQLException.class);
            assertThat(hq.number("SELECT COUNT(*) FROM waybill.passthrough_step")).isZero();
            // as if a process had been killed in the midst of such a statement
            try (Connection raw = hq.bare()) {
                HeadOfficeAndBranch.execute(raw, "INSERT INTO waybill.passthrough_step (sender, log_offset, ordinal, state, statement, tables_before, begun_at) VALUES ('', 0, 0, 'BEGUN', 'ALTER TABLE item', '', CURRENT_TIMESTAMP)");
            }
            assertThatThrownBy(() -> hq.say("CREATE TABLE more (id INT)")).hasMessageContaining("has not ended");
            assertThat(hq.number("SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'MORE'")).isZero();
            try (Connection raw = hq.bare()) {
                HeadOfficeAndBranch.execute(raw, "DELETE FROM waybill.passthrough_step");
            }
            // rows and a statement that commits by itself elsewhere are no transaction
            hq.say("PASSTHROUGH STOP");
            connection.setAutoCommit(false);
            hq.say("INSERT INTO item VALUES (3, 'plain', 3)", "PASSTHROUGH ONLY FOR north");
            assertThatThrownBy(() -> hq.say("CREATE TABLE other (id INT)")).hasMessageContaining("cannot have changes of rows beside it");
            connection.rollback();
            hq.say("PASSTHROUGH STOP");
            connection.setAutoCommit(true);
            hq.say("INSERT INTO item VALUES (4, 'last', 4)");
            await(() -> assertThat(items(north)).isEqualTo("1 2, 2 2, 4 4"));
        }
    }

    private static String items(Site site) throws SQLException {
        return site.text("SELECT LISTAGG(id || ' ' || amount, ', ') WITHIN GROUP (ORDER BY id) FROM item");
    }

    private static void await(ThrowingRunnable claim) {
        Awaitility.await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(50)).untilAsserted(claim);
    }
}
