// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.driver.setting.WaybillSettings;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is captured travels to PostgreSQL with what is sent anyway; and if it does not arrive, nothing does. */
class PostgresTripsTest {

    private static final String COUNTED = "&socketFactory=" + Trips.class.getName();
    private static final String TABLE = "CREATE TABLE t (id INT PRIMARY KEY, name TEXT)";

    /** After this many the server knows a statement by name, and pgjdbc sends it in another way. */
    private static final int OFTEN = 12;

    private static int trips(Work work) throws SQLException {
        int before = Trips.COUNT.get();
        work.run();
        return Trips.COUNT.get() - before;
    }

    @Test
    void captureTakesNoRoundTripOfItsOwn() throws Exception {
        try (Twins twins = Twins.onPostgres(COUNTED, WaybillSettings.DEFAULTS, "t", TABLE)) {
            int[] bare = sent(twins.bare());
            int[] captured = sent(twins.captured());
            assertThat(captured).containsExactly(bare);
            assertThat(twins.complete().transactions()).hasSize(3 * OFTEN);
        }
    }

    /** The round trips of the last INSERT in autocommit mode, of the last transaction, and of the last batch with its COMMIT. */
    private static int[] sent(Connection connection) throws SQLException {
        int[] trips = new int[3];
        try (connection; PreparedStatement alone = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
            for (int i = 0; i < OFTEN; i++) {
                int id = i;
                trips[0] = trips(() -> insert(alone, id));
            }
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
                for (int i = 0; i < OFTEN; i++) {
                    int id = 1000 + i;
                    trips[1] = trips(() -> {
                        insert(insert, id);
                        connection.commit();
                    });
                }
                for (int i = 0; i < OFTEN; i++) {
                    int id = 2000 + 10 * i;
                    trips[2] = trips(() -> {
                        for (int j = 0; j < 10; j++) {
                            insert.setInt(1, id + j);
                            insert.setString(2, "batch");
                            insert.addBatch();
                        }
                        insert.executeBatch();
                        connection.commit();
                    });
                }
            }
        }
        return trips;
    }

    private static void insert(PreparedStatement insert, int id) throws SQLException {
        insert.setInt(1, id);
        insert.setString(2, "row " + id);
        assertThat(insert.executeUpdate()).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&prepareThreshold=1", "&preferQueryMode=simple", "&autosave=always", "&reWriteBatchedInserts=true"})
    void aWriteWhoseOutboxPartIsRefusedLeavesNothing(String options) throws Exception {
        try (Twins twins = Twins.onPostgres(options, WaybillSettings.DEFAULTS, "t", TABLE); Connection connection = twins.captured(); Connection raw = twins.raw(); Statement owner = raw.createStatement();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
            for (int i = 0; i < OFTEN; i++) {
                insert(insert, i);
            }
            for (boolean autoCommit : new boolean[] {true, false}) {
                connection.setAutoCommit(autoCommit);
                owner.execute("ALTER TABLE waybill.outbox ADD CONSTRAINT never CHECK (octet_length(payload) < 0) NOT VALID");
                for (int i = 0; i < OFTEN; i++) {
                    int id = 100 + i;
                    assertThatThrownBy(() -> {
                        insert(insert, id);
                        connection.commit();
                    }).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo("23514"));
                    assertThat(count(owner)).isEqualTo(autoCommit ? OFTEN : 2 * OFTEN);
                }
                owner.execute("ALTER TABLE waybill.outbox DROP CONSTRAINT never");
                for (int i = 0; i < OFTEN; i++) {
                    insert(insert, (autoCommit ? 200 : 300) + i);
                    if (!autoCommit) {
                        connection.commit();
                    }
                }
            }
            assertThat(twins.complete().transactions()).hasSize(3 * OFTEN);
        }
    }

    private static int count(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT count(*) FROM t")) {
            row.next();
            return row.getInt(1);
        }
    }

    @Test
    void aStatementThatIsATransactionByItselfSaysAndLeavesWhatItDoesWithoutCapture() throws Exception {
        try (Twins twins = Twins.onPostgres("t, u", TABLE + "; CREATE TABLE u (id INT PRIMARY KEY, a TEXT, b TEXT, c TEXT)")) {
            twins.same((connection, witness) -> {
                try (PreparedStatement insert = connection.prepareStatement("INSERT INTO t (id, name) VALUES (?, ?) -- as it is"); PreparedStatement large = connection.prepareStatement("INSERT INTO u VALUES (?, ?, ?, ?);")) {
                    for (int id : new int[] {1, 2, 2, 3, 1, 4, 5, 6, 7, 7, 8, 9}) {
                        insert.setInt(1, id);
                        insert.setString(2, id % 2 == 0 ? null : "row " + id);
                        witness.see("update " + id, () -> insert.executeUpdate() + " " + Twins.Witness.after(insert));
                    }
                    insert.setInt(1, 10);
                    witness.see("execute", () -> insert.execute() + " " + Twins.Witness.after(insert));
                    insert.setInt(1, 11);
                    witness.see("large update", insert::executeLargeUpdate);
                    insert.setInt(1, 12);
                    witness.see("query", insert::executeQuery);
                    insert.clearParameters();
                    witness.see("nothing bound", insert::executeUpdate);
                    for (int i = 0; i < 3; i++) {
                        large.setInt(1, i);
                        for (int column = 2; column <= 4; column++) {
                            large.setString(column, "\u00e9".repeat(8000));
                        }
                        witness.see("more than a part", large::executeUpdate);
                    }
                    witness.execute("BEGIN");
                    insert.setInt(1, 20);
                    insert.setString(2, "gone");
                    witness.see("in a transaction", insert::executeUpdate);
                    witness.execute("ROLLBACK");
                    connection.setAutoCommit(false);
                    insert.setInt(1, 21);
                    witness.see("in a transaction", insert::executeUpdate);
                    connection.rollback();
                    connection.setAutoCommit(true);
                    insert.setInt(1, 22);
                    insert.setString(2, "kept");
                    witness.see("alone", insert::executeUpdate);
                }
                witness.query("SELECT * FROM t ORDER BY id");
            });
        }
    }

    @Test
    void aStatementThatIsATransactionByItselfHeedsTheFenceAndCanBeCancelled() throws Exception {
        try (Twins twins = Twins.onPostgres("t", TABLE); Connection connection = twins.captured(); Connection raw = twins.raw(); Statement owner = raw.createStatement();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
            insert(insert, 1);
            raw.setAutoCommit(false);
            owner.execute("INSERT INTO t VALUES (2, 'not committed')");
            CompletableFuture<Void> cancelling = CompletableFuture.runAsync(() -> cancelWhenWaiting(twins, insert));
            assertThatThrownBy(() -> insert(insert, 2)).isInstanceOfSatisfying(SQLException.class, cancelled -> assertThat(cancelled.getSQLState()).isEqualTo("57014"));
            cancelling.get(120, TimeUnit.SECONDS);
            insert.setQueryTimeout(1);
            assertThatThrownBy(() -> insert(insert, 2)).isInstanceOfSatisfying(SQLException.class, cancelled -> assertThat(cancelled.getSQLState()).isEqualTo("57014"));
            raw.rollback();
            raw.setAutoCommit(true);
            owner.execute("SELECT setval('waybill.fence', 1000)");
            assertThatThrownBy(() -> insert(insert, 3)).isInstanceOfSatisfying(SQLException.class, late -> assertThat(WaybillError.WRITTEN_BEFORE_PUBLISHED.is(late)).as(late.toString()).isTrue());
            assertThat(count(owner)).isOne();
            twins.complete();
        }
    }

    private static void cancelWhenWaiting(Twins twins, PreparedStatement statement) {
        try (Connection watcher = twins.raw(); Statement look = watcher.createStatement()) {
            boolean waits = false;
            for (long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120); !waits && System.nanoTime() < until;) {
                try (ResultSet row = look.executeQuery("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")) {
                    row.next();
                    waits = row.getInt(1) > 0;
                }
            }
            statement.cancel();
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws SQLException;
    }
}
