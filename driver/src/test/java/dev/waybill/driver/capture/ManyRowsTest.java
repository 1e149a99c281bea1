// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H2 2.5.252 forgets the last rows of what a statement has changed when there are more than it keeps in memory: nothing of that may be missing from what is captured. */
class ManyRowsTest {

    private static final String ITEM = "CREATE TABLE item (id BIGINT, part CHAR(4), name VARCHAR(40), PRIMARY KEY (part, id))";
    private static final String FILL = "INSERT INTO item SELECT x, 'p' || MOD(x, 3), 'item ' || x FROM SYSTEM_RANGE(1, ";

    @TempDir
    private Path folder;

    /** If this fails the database is mended, and the other way is no longer needed. */
    @Test
    void theDatabaseItselfForgetsRows() throws Exception {
        try (Twins twins = Twins.inFiles(folder, ";MAX_MEMORY_ROWS=50", "", ITEM, FILL + "120)"); Connection bare = twins.bare(); Statement statement = bare.createStatement();
                ResultSet gone = statement.executeQuery("SELECT COUNT(*) FROM OLD TABLE (DELETE FROM item)")) {
            gone.next();
            assertThat(gone.getInt(1)).isEqualTo(102);
        }
    }

    @Test
    void everyRowIsCapturedWhateverTheDatabaseKeepsInMemory() throws Exception {
        try (Twins twins = Twins.inFiles(folder, ";MAX_MEMORY_ROWS=50", "item", ITEM)) {
            twins.same((connection, witness) -> {
                witness.execute(FILL + "400)");
                witness.execute("INSERT INTO item SELECT id + 1000, part, name FROM item");
                witness.execute("UPDATE item SET name = name || '!'");
                witness.execute("DELETE FROM item WHERE id <= 50");
                witness.execute("DELETE FROM item i WHERE i.id <= 130 AND EXISTS (SELECT 1 FROM item o WHERE o.id = i.id + 10)");
                connection.setAutoCommit(false);
                witness.execute("DELETE FROM item WHERE id <= 200");
                try (PreparedStatement delete = connection.prepareStatement("DELETE FROM item WHERE id <= ? AND part = ?")) {
                    delete.setInt(1, 399);
                    delete.setString(2, "p1");
                    witness.see("prepared", delete::executeUpdate);
                    delete.setString(2, "p2");
                    witness.see("prepared again", delete::executeLargeUpdate);
                }
                witness.execute("ROLLBACK");
                witness.execute("DELETE FROM item WHERE id <= 260");
                connection.commit();
                witness.execute("DELETE FROM item FETCH FIRST 60 ROWS ONLY");
                connection.commit();
                witness.execute("TRUNCATE TABLE item");
                witness.execute(FILL + "70)");
            });
        }
    }

    @Test
    void everyRowIsCapturedOfAsManyAsFillTheMemoryOfTheDatabase() throws Exception {
        int rows = (int) (45_000L * Runtime.getRuntime().maxMemory() >> 30);
        try (Twins twins = Twins.inFiles(folder, "", "item", ITEM)) {
            twins.same((connection, witness) -> {
                connection.setAutoCommit(false);
                witness.execute(FILL + rows + ")");
                witness.execute("DELETE FROM item WHERE id > 5");
            });
        }
    }

    @Test
    void everyRowThatGoesWithAnotherIsCaptured() throws Exception {
        try (Twins twins = Twins.inFiles(folder, ";MAX_MEMORY_ROWS=50", "boss, item", "CREATE TABLE boss (id INT PRIMARY KEY, over INT REFERENCES boss)",
                "CREATE TABLE item (id INT PRIMARY KEY, boss INT REFERENCES boss ON DELETE CASCADE)")) {
            twins.same((connection, witness) -> {
                witness.execute("INSERT INTO boss SELECT x, NULLIF(x - 1, 0) FROM SYSTEM_RANGE(1, 140)");
                witness.execute("INSERT INTO item SELECT x, MOD(x, 140) + 1 FROM SYSTEM_RANGE(1, 500)");
                connection.setAutoCommit(false);
                witness.execute("DELETE FROM boss WHERE id > 40");
                witness.execute("DELETE FROM boss");
            });
        }
    }

    @Test
    void deleteByChanceIsCapturedAsItHappened() throws Exception {
        try (Twins twins = Twins.inFiles(folder, ";MAX_MEMORY_ROWS=50", "item", ITEM); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.executeUpdate(FILL + "400)");
            assertThat(statement.executeUpdate("DELETE FROM item WHERE RAND() < 0.5")).isBetween(50, 350);
            connection.commit();
            twins.complete();
        }
    }

    @Test
    void batchOfWhichAnElementChangesRowsThatAreNotToldCannotBeCommitted() throws Exception {
        try (Twins twins = Twins.inFiles(folder, ";MAX_MEMORY_ROWS=50", "item", ITEM); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            statement.executeUpdate(FILL + "400)");
            connection.setAutoCommit(false);
            try (PreparedStatement update = connection.prepareStatement("UPDATE item SET name = ? WHERE id <= ?")) {
                for (int last : new int[] {10, 120}) {
                    update.setString(1, "to " + last);
                    update.setInt(2, last);
                    update.addBatch();
                }
                assertThatThrownBy(update::executeBatch).isInstanceOf(SQLException.class);
            }
            assertThatThrownBy(connection::commit).hasMessageContaining("MAX_MEMORY_ROWS");
            connection.rollback();
            twins.complete();
        }
    }

    @Test
    void queryOfADataChangeTableThatMayBeIncompleteIsRefusedAndUndone() throws Exception {
        try (Twins twins = Twins.inFiles(folder, ";MAX_MEMORY_ROWS=50", "item", ITEM); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            for (boolean autoCommit : new boolean[] {true, false}) {
                connection.setAutoCommit(autoCommit);
                statement.executeUpdate(FILL + "60)");
                assertThatThrownBy(() -> statement.executeQuery("SELECT id FROM OLD TABLE (DELETE FROM item)")).isInstanceOf(SQLException.class).hasMessageContaining("data change table");
                assertThatThrownBy(() -> statement.executeQuery("SELECT id FROM FINAL TABLE (UPDATE item SET name = 'new')")).isInstanceOf(SQLException.class).hasMessageContaining("data change table");
                try (ResultSet rows = statement.executeQuery("SELECT id FROM OLD TABLE (DELETE FROM item WHERE id <= 50)")) {
                    assertThat(rows.next()).isTrue();
                }
                statement.executeUpdate("DELETE FROM item");
            }
            connection.commit();
            twins.complete();
        }
    }
}
