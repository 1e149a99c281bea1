// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.Operation;
import dev.waybill.change.TransactionRecord.Change;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of an UPDATE the key is captured and what it can have changed, nothing else; and it is enough. */
class NarrowUpdateTest {

    private static final String T = "CREATE TABLE t (a VARCHAR(20), id INT PRIMARY KEY, b INT DEFAULT 5, \"long\" CLOB, twice INT GENERATED ALWAYS AS (b * 2), touched INT DEFAULT 1 ON UPDATE 7)";
    private static final String ROW = "INSERT INTO t (id, a, b, \"long\") VALUES (1, 'x', 2, 'long'), (2, 'y', 3, NULL)";

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "UPDATE t SET a = 'z' WHERE id = 1                     | A ID TWICE TOUCHED",
        "UPDATE t AS x SET x.b = b + 1, x.a = CONCAT(x.a, '!') | A ID B TWICE TOUCHED",
        "UPDATE t SET (a, \"long\") = ('q', 'longer')          | A ID long TWICE TOUCHED",
        "UPDATE t SET (b, a) = (SELECT 9, 'nine') WHERE id = 2 | A ID B TWICE TOUCHED",
        "UPDATE t SET b = DEFAULT, touched = 3                 | ID B TWICE TOUCHED",
        "UPDATE t SET \"long\" = NULL                          | ID long TWICE TOUCHED",
        "UPDATE t SET a = a                                    | A ID TWICE TOUCHED"})
    void anUpdateIsCapturedWithItsKeyAndWhatItCanHaveChanged(String sql, String columns) throws Exception {
        try (Twins twins = Twins.of("t", T)) {
            Replayer replayer = twins.same((connection, witness) -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(ROW);
                    witness.see("count", () -> statement.executeUpdate(sql));
                }
            });
            assertThat(updates(replayer)).isNotEmpty().allSatisfy(names -> assertThat(String.join(" ", names)).isEqualTo(columns));
        }
    }

    @Test
    void whatTheApplicationAsksForIsThereAsWellAndBatchesAreNarrowToo() throws Exception {
        try (Twins twins = Twins.of("t", T)) {
            Replayer replayer = twins.same((connection, witness) -> {
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement(); PreparedStatement keys = connection.prepareStatement("UPDATE t SET a = ? WHERE id = ?", new String[] {"long", "A"});
                        PreparedStatement batch = connection.prepareStatement("UPDATE t SET b = b + ? WHERE id = ?")) {
                    statement.execute(ROW);
                    keys.setString(1, "asked");
                    keys.setInt(2, 1);
                    witness.see("count", keys::executeUpdate);
                    try (ResultSet row = keys.getGeneratedKeys()) {
                        row.next();
                        witness.see("keys", () -> row.getString(1) + row.getString(2) + row.getMetaData().getColumnCount());
                    }
                    for (int i = 1; i <= 3; i++) {
                        batch.setInt(1, 10 * i);
                        batch.setInt(2, i);
                        batch.addBatch();
                    }
                    witness.see("batch", () -> Arrays.toString(batch.executeBatch()));
                }
                connection.commit();
            });
            assertThat(updates(replayer)).hasSize(3);
            assertThat(updates(replayer).subList(1, 3)).containsOnly(List.of("ID", "B", "TWICE", "TOUCHED"));
        }
    }

    @Test
    void aColumnThatIsNotPublishedIsNotCaptured() throws Exception {
        try (Twins twins = Twins.of("t (a)", "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")) {
            Replayer replayer = twins.same((connection, witness) -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("INSERT INTO t VALUES (1, 2, 3)");
                    witness.see("count", () -> statement.executeUpdate("UPDATE t SET b = 4"));
                    witness.see("count", () -> statement.executeUpdate("UPDATE t SET a = 5, b = 6"));
                }
            });
            assertThat(updates(replayer)).containsExactly(List.of("ID"), List.of("ID", "A"));
        }
    }

    /** The columns of each UPDATE's after-image. */
    private static List<List<String>> updates(Replayer replayer) {
        List<List<String>> updates = new ArrayList<>();
        for (List<Change> changes : replayer.transactions()) {
            for (Change change : changes) {
                if (change.operation() == Operation.UPDATE) {
                    List<String> names = new ArrayList<>();
                    for (int i = 0; i < change.table().columns().size(); i++) {
                        if (change.after().has(i)) {
                            names.add(change.table().columns().get(i).name());
                        }
                    }
                    updates.add(names);
                }
            }
        }
        return updates;
    }
}
