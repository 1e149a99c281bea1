// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.KeyImage;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionRecord.Change;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a publication chooses rows, what its condition looks at is captured of every row as it was, and of one that may become somebody else's everything as it is. */
class WatchedRowsTest {

    private static final String PUBLISHED = "t (a) WHERE place = 1 OR b BETWEEN 3 AND 5";
    private static final String T = "CREATE TABLE t (a VARCHAR(20), id INT NOT NULL PRIMARY KEY, place INT, b INT DEFAULT 4, other VARCHAR(20))";
    private static final List<String> WATCHED = List.of("place", "b");

    @TempDir
    private Path directory;

    @Test
    void onH2() throws Exception {
        try (Twins twins = Twins.of(PUBLISHED, T)) {
            known(twins, "MERGE INTO t (id, a, place, b) KEY (id) VALUES (?, 'merged', 1, 2)");
        }
    }

    @Test
    void onPostgres() throws Exception {
        try (Twins twins = Twins.onPostgres(PUBLISHED, T)) {
            known(twins, "INSERT INTO t (id, a, place, b) VALUES (?, 'merged', 1, 2) ON CONFLICT (id) DO UPDATE SET a = 'merged', place = t.place + 1");
        }
    }

    @Test
    void onMariaDb() throws Exception {
        try (Twins twins = Twins.onMariaDb(PUBLISHED, T)) {
            known(twins, "INSERT INTO t (id, a, place, b) VALUES (?, 'merged', 1, 2) ON DUPLICATE KEY UPDATE a = 'merged', place = place + 1");
        }
    }

    @Test
    void onSqlite() throws Exception {
        try (Twins twins = Twins.onSqlite(directory, "", PUBLISHED, T)) {
            known(twins, "REPLACE INTO t (id, a, place, b) VALUES (?, 'merged', 1, 2)");
        }
    }

    @Test
    void onHsqldb() throws Exception {
        try (Twins twins = Twins.onHsqldb(PUBLISHED, T)) {
            known(twins, "MERGE INTO t USING (VALUES (CAST(? AS INT))) AS v (k) ON t.id = v.k WHEN MATCHED THEN UPDATE SET a = 'merged', place = 1 WHEN NOT MATCHED THEN INSERT (id, a, place) VALUES (v.k, 'merged', 3)");
        }
    }

    /** What is recorded is played through; what rows are said to have been must be what they were. */
    private static void known(Twins twins, String merge) throws Exception {
        Replayer replayer = twins.same((connection, witness) -> work(connection, merge));
        Map<KeyImage, RowImage> rows = new HashMap<>();
        int told = 0;
        for (Change change : replayer.transactions().stream().flatMap(List::stream).toList()) {
            if (change.operation() != Operation.UPSERT && change.operation() != Operation.INSERT) {
                RowImage row = rows.remove(KeyImage.of(change.table(), change.oldKey() != null ? change.oldKey() : change.before() == null ? change.after() : change.before()));
                assertSameWhereWatched(change, row);
                told++;
                if (change.operation() == Operation.UPDATE) {
                    put(rows, change, over(row, change));
                }
            } else {
                put(rows, change, change.after());
            }
        }
        assertThat(told).isGreaterThan(60);
    }

    private static void put(Map<KeyImage, RowImage> rows, Change change, RowImage row) throws Exception {
        assertThat(row.values()).as(change.toString()).doesNotContain(RowImage.ABSENT);
        rows.put(KeyImage.of(change.table(), row), row);
    }

    private static void assertSameWhereWatched(Change change, RowImage row) {
        assertThat(change.before()).as(change.toString()).isNotNull();
        boolean moves = false;
        for (int i = 0; i < row.values().length; i++) {
            if (isWatched(change, i)) {
                assertThat(change.before().value(i)).as("what column " + i + " was: " + change).isEqualTo(row.value(i));
                moves |= change.operation() == Operation.UPDATE && !String.valueOf(change.after().value(i)).equals(String.valueOf(row.value(i)));
            }
        }
        if (moves) {
            assertThat(change.after().values()).as(change.toString()).doesNotContain(RowImage.ABSENT);
        }
    }

    private static boolean isWatched(Change change, int column) {
        ColumnShape shape = change.table().columns().get(column);
        return WATCHED.contains(shape.name().toLowerCase(Locale.ROOT));
    }

    private static RowImage over(RowImage row, Change change) {
        Object[] values = row.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = change.after().has(i) ? change.after().value(i) : values[i];
        }
        return new RowImage(values);
    }

    private static void work(Connection connection, String merge) throws SQLException {
        RandomGenerator random = new SplittableRandom(3);
        connection.setAutoCommit(false);
        for (int i = 0; i < 120; i++) {
            int id = random.nextInt(12);
            switch (random.nextInt(12)) {
                case 0, 1 -> insert(connection, 100 + i, random);
                case 2 -> run(connection, "UPDATE t SET place = ? WHERE id = ?", random.nextInt(3), 100 + random.nextInt(120));
                case 3 -> run(connection, "UPDATE t SET a = ?, other = 'touched' WHERE place = ?", "a" + i, random.nextInt(3));
                case 4 -> run(connection, "UPDATE t SET b = b + ?", 1);
                case 5 -> run(connection, "UPDATE t SET place = b, b = place WHERE b > ?", 4);
                case 6 -> run(connection, "DELETE FROM t WHERE id BETWEEN ? AND ?", 100 + i / 2, 102 + i / 2);
                case 7 -> run(connection, "UPDATE t SET id = id + ?, place = 2 WHERE id BETWEEN ? AND ?", 1_000, 100 + i - 5, 100 + i);
                case 8 -> run(connection, merge, id);
                case 9 -> batch(connection, random);
                case 10 -> run(connection, "UPDATE t SET a = 'alone' WHERE id = ?", 100 + random.nextInt(i + 1));
                default -> run(connection, "DELETE FROM t WHERE place = ? AND id > ?", 2, 1_000);
            }
            if (i % 7 == 0) {
                connection.commit();
            }
        }
        connection.commit();
        connection.setAutoCommit(true);
        run(connection, "UPDATE t SET place = ? WHERE id > ?", 0, 0);
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE t SET place = NULL, b = 3");
            statement.executeUpdate("DELETE FROM t");
        }
    }

    private static void insert(Connection connection, int id, RandomGenerator random) throws SQLException {
        run(connection, "INSERT INTO t (id, a, place, b) VALUES (?, 'new', ?, ?)", id, random.nextInt(3), random.nextInt(8));
    }

    private static void batch(Connection connection, RandomGenerator random) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE t SET place = ? WHERE id = ?")) {
            for (int i = 0; i < 4; i++) {
                update.setInt(1, random.nextInt(3));
                update.setInt(2, 100 + 10 * i + random.nextInt(10));
                update.addBatch();
            }
            update.executeBatch();
        }
    }

    private static void run(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
