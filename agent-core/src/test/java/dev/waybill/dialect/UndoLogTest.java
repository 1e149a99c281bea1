// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.journal.OutboxWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H2 2.5.252 closes a database while one session deletes large rows and another one completes a large COMMIT, because pages of its undo log become longer than a megabyte. Rows of ours stay below that. */
class UndoLogTest {

    /** Of one page of the undo log. */
    private static final int RECORDS = 48;
    private static final int OF_A_ROW_BESIDE_ITS_PAYLOAD = 1_000;

    @TempDir
    private Path folder;

    @Test
    void pageOfTheUndoLogIsNeverLongerThanAMegabyte() {
        assertThat(RECORDS * (OutboxWriter.MAX_PART_BYTES + OF_A_ROW_BESIDE_ITS_PAYLOAD)).isLessThan(1 << 20);
    }

    @Test
    void partsAreDeletedWhileALargeTransactionIsBeingCommitted() throws Exception {
        String url = "jdbc:h2:file:" + folder.resolve("undo");
        try (Connection application = DriverManager.getConnection(url); Statement statement = application.createStatement(); Connection agent = DriverManager.getConnection(url)) {
            statement.execute("CREATE TABLE item (id BIGINT PRIMARY KEY, name VARCHAR(100))");
            statement.execute("CREATE TABLE part (id INT PRIMARY KEY, payload VARBINARY(1000000))");
            application.setAutoCommit(false);
            agent.setAutoCommit(false);
            fill(application);
            application.commit();
            statement.executeUpdate("INSERT INTO item SELECT x, 'item number ' || x FROM SYSTEM_RANGE(1, 100000)");
            CompletableFuture<Integer> deleted = CompletableFuture.supplyAsync(() -> delete(agent));
            application.commit();
            assertThat(deleted.get()).isEqualTo(parts());
            agent.commit();
        }
    }

    private static int parts() {
        return 20_000_000 / OutboxWriter.MAX_PART_BYTES;
    }

    private static void fill(Connection connection) throws SQLException {
        byte[] payload = new byte[OutboxWriter.MAX_PART_BYTES];
        new Random(1).nextBytes(payload);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO part VALUES (?, ?)")) {
            for (int i = 0; i < parts(); i++) {
                insert.setInt(1, i);
                insert.setBytes(2, payload);
                insert.executeUpdate();
            }
        }
    }

    private static int delete(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("DELETE FROM part");
        } catch (SQLException closed) {
            throw new IllegalStateException(closed);
        }
    }
}
