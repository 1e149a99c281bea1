// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.Operation;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A change of key travels as a change of key, for one row and for many. */
class KeyChangesTest {

    private static final String T = "CREATE TABLE t (id INT PRIMARY KEY, v INT UNIQUE, name VARCHAR(20))";
    private static final String ROWS = "INSERT INTO t VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c'), (4, 40, 'd')";

    @Test
    void changedKeysFindTheirRows() throws Exception {
        for (boolean autoCommit : new boolean[] {true, false}) {
            try (Twins twins = Twins.of("t", T)) {
                Replayer replayer = twins.same((connection, witness) -> {
                    connection.setAutoCommit(autoCommit);
                    witness.execute(ROWS);
                    witness.execute("UPDATE t SET id = 9 WHERE id = 1");
                    witness.execute("UPDATE t SET id = id + 1");
                    witness.execute("UPDATE t AS x SET x.id = x.id - 1, name = 'moved' WHERE x.v IN (SELECT v FROM t)");
                    witness.execute("UPDATE t SET id = CASE id WHEN 2 THEN 3 WHEN 3 THEN 2 ELSE id END");
                    witness.execute("UPDATE t SET id = CASE id WHEN 2 THEN 3 WHEN 3 THEN 4 WHEN 4 THEN 2 ELSE id END, v = -v");
                    witness.execute("UPDATE t SET v = CASE v WHEN -10 THEN -20 WHEN -20 THEN -10 ELSE v END");
                    witness.execute("UPDATE t SET (id, name) = (77, 'row') WHERE name = 'moved' AND id = 9");
                    witness.execute("UPDATE t SET (id, name) = (SELECT MAX(id) + 1, 'query' FROM t) WHERE id = 77");
                    witness.execute("UPDATE t SET id = id, name = 'same'");
                    witness.execute("UPDATE t SET id = 2 WHERE id = 3");
                    witness.execute("UPDATE t SET id = id + 5 WHERE FALSE");
                    witness.see("prepared", () -> {
                        try (PreparedStatement update = connection.prepareStatement("UPDATE t SET name = ?, id = id + ? WHERE id > ? AND v < ?", Statement.RETURN_GENERATED_KEYS)) {
                            update.setString(1, "shifted");
                            update.setInt(2, 100);
                            update.setInt(3, 2);
                            update.setInt(4, 1000);
                            int count = update.executeUpdate();
                            return count + Twins.Witness.after(update);
                        }
                    });
                    witness.see("batch", () -> {
                        try (PreparedStatement update = connection.prepareStatement("UPDATE t SET id = ? WHERE id = ?")) {
                            for (int[] pair : new int[][] {{500, 2}, {2, 500}, {2, 103}, {501, 2}}) {
                                update.setInt(1, pair[0]);
                                update.setInt(2, pair[1]);
                                update.addBatch();
                            }
                            return update.executeBatch();
                        }
                    });
                    witness.query("SELECT * FROM t ORDER BY id");
                });
                assertThat(replayer.transactions().stream().flatMap(List::stream).filter(change -> change.oldKey() != null)).allMatch(change -> change.operation() == Operation.UPDATE).isNotEmpty();
            }
        }
    }

    /** Such an UPDATE changes the row, though it finds it by both. */
    @Test
    void keyBecomesOneThatTheDatabaseTakesForTheSame() throws Exception {
        String[][] keys = {{"VARCHAR_IGNORECASE(20)", "'Abc'", "'ABC'"}, {"CHAR(5)", "'ab'", "'ab   '"}, {"DECFLOAT(20)", "1.5", "1.50"}, {"DOUBLE PRECISION", "-0.0", "0.0"},
            {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH TIME ZONE '2026-01-01 05:00:00+05:00'", "TIMESTAMP WITH TIME ZONE '2026-01-01 00:00:00+00:00'"}};
        for (String[] key : keys) {
            try (Twins twins = Twins.of("t", "CREATE TABLE t (id " + key[0] + " PRIMARY KEY, name VARCHAR(20))")) {
                twins.same((connection, witness) -> {
                    witness.execute("INSERT INTO t VALUES (" + key[1] + ", 'first')");
                    witness.execute("UPDATE t SET id = " + key[2]);
                    witness.execute("UPDATE t SET id = " + key[1] + ", name = 'back' WHERE id = " + key[2]);
                    witness.query("SELECT * FROM t");
                });
            }
        }
    }

    @Test
    void rowsThatCannotBeToldApartAreRefused() throws Exception {
        try (Twins twins = Twins.of("t", T); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            statement.execute(ROWS);
            connection.setAutoCommit(false);
            statement.execute("UPDATE t SET name = 'before'");
            for (String sql : new String[] {"UPDATE t SET (id, name) = (SELECT o.id + 100, 'x' FROM t AS o WHERE o.id = t.id)", "UPDATE t SET id = id + 10 ORDER BY v LIMIT 2", "UPDATE t SET id = id + 10 WHERE v > 0 FETCH FIRST ROW ONLY"}) {
                assertThatThrownBy(() -> statement.execute(sql)).as(sql).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.UNCAPTURED.is(refused)).isTrue());
            }
            assertThat(statement.executeUpdate("UPDATE t SET id = 11 WHERE id = 1")).isEqualTo(1);
            connection.commit();
            twins.complete();
        }
    }

    @Test
    void rowCommittedByAnotherSessionBetweenReadAndStatementIsNotMissed() throws Exception {
        boolean met = false;
        for (int moment = 1; moment <= 12; moment++) {
            met |= intrudedAt(moment) == 5;
        }
        assertThat(met).as("the row came after the locking read and before the statement").isTrue();
    }

    /** The number of rows that an UPDATE changes while another session commits a fifth one at this call of a function in the WHERE clause. */
    private static int intrudedAt(int moment) throws Exception {
        try (Twins twins = Twins.of("t", T, "CREATE ALIAS intrude DETERMINISTIC FOR '" + Intrusion.class.getName() + ".intrude'"); Connection connection = twins.captured();
                Statement statement = connection.createStatement(); Connection other = twins.captured()) {
            statement.execute(ROWS);
            int[] calls = new int[1];
            intruder = () -> {
                if (++calls[0] == moment) {
                    try (Statement insert = other.createStatement()) {
                        insert.execute("INSERT INTO t VALUES (50, 500, 'intruder')");
                    }
                }
            };
            int count = statement.executeUpdate("UPDATE t SET id = id + 1000 WHERE intrude(v) > 0");
            twins.complete();
            return count;
        } finally {
            intruder = () -> { };
        }
    }

    private static Intruder intruder = () -> { };

    /** What the database calls for each row. */
    public static final class Intrusion {
        private Intrusion() {}

        public static int intrude(int value) throws Exception {
            intruder.run();
            return value;
        }
    }

    /** Does something in the middle of a statement. */
    private interface Intruder {
        void run() throws Exception;
    }
}
