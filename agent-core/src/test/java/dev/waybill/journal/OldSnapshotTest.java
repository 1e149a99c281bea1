// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application leaves an old snapshot open while outbox rows come and go: nothing is overlooked, nothing moved twice, the outbox is emptied, and the snapshot shows what it showed. What it costs on PostgreSQL: {@link SequencingOnPostgresTest}. */
class OldSnapshotTest {

    private static final int ROUNDS = 5;
    private static final int IN_EACH = 30;

    @TempDir
    private Path directory;

    @Test
    void anOldSnapshotHidesNothingFromTheSequencerOnH2() throws SQLException {
        sequenceBeside(TestDatabase.inFile(directory));
    }

    @Test
    void anOldSnapshotHidesNothingFromTheSequencerOnMariaDb() throws SQLException {
        sequenceBeside(TestDatabase.onMariaDb());
    }

    @Test
    void anOldSnapshotHidesNothingFromTheSequencerOnHsqldb() throws SQLException {
        sequenceBeside(TestDatabase.onHsqldb());
    }

    private static void sequenceBeside(TestDatabase opened) throws SQLException {
        try (TestDatabase database = opened; Connection old = database.open()) {
            Sequencer sequencer = new Sequencer(database.dialect, TestDatabase.CLOCK);
            List<String> committed = new ArrayList<>();
            committed.add(commit(database));
            old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            assertThat(count(old, database, "outbox")).isOne();
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < IN_EACH; i++) {
                    committed.add(commit(database));
                }
                database.sequenceAll(sequencer);
                assertThat(count(old, database, "outbox")).as("it shows what it showed").isOne();
            }
            old.commit();
            String journal = database.dialect.catalogueTable("journal");
            assertThat(database.texts("SELECT SUM(transactions) FROM " + journal)).containsExactly(String.valueOf(committed.size()));
            if (!database.dialect.journalsInBlocks()) { // where they are moved in blocks they are deleted behind it: ClearingTest
                assertThat(count(old, database, "outbox")).isZero();
                assertThat(database.texts("SELECT transaction_id FROM " + journal + " ORDER BY part_end")).isEqualTo(committed);
            }
        }
    }

    private static String commit(TestDatabase database) throws SQLException {
        UUID id = database.commit("x".repeat(100).getBytes(StandardCharsets.UTF_8));
        return id.toString();
    }

    private static int count(Connection connection, TestDatabase database, String table) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT count(*) FROM " + database.dialect.catalogueTable(table))) {
            row.next();
            return row.getInt(1);
        }
    }
}
