// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.error.WaybillError;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/** PostgreSQL's own interfaces are there, and what they run past JDBC does not reach a published table unseen. */
class PostgresCopyTest {

    @Test
    void copyReadsAndWritesWhatIsNotPublishedAndIsRefusedForWhatIs() throws Exception {
        try (Twins twins = Twins.onPostgres("t", "CREATE TABLE t (id INT PRIMARY KEY, name TEXT)", "CREATE TABLE u (id INT PRIMARY KEY, name TEXT)", "CREATE VIEW v AS SELECT * FROM t");
                Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO t VALUES (1, 'one')");
            PGConnection postgres = connection.unwrap(PGConnection.class);
            assertThat(postgres).isSameAs(connection);
            CopyManager copy = postgres.getCopyAPI();
            assertThat(postgres.getCopyAPI()).isSameAs(copy);
            StringWriter out = new StringWriter();
            assertThat(copy.copyOut("COPY t TO STDOUT", out)).isEqualTo(1);
            assertThat(out).hasToString("1\tone\n");
            for (boolean autoCommit : new boolean[] {true, false}) {
                connection.setAutoCommit(autoCommit);
                assertThat(copy.copyIn("COPY u FROM STDIN", new StringReader((autoCommit ? 1 : 2) + "\tx\n"))).isEqualTo(1);
                for (String sql : new String[] {"COPY t FROM STDIN", "copy public . t (id) from stdin", "COPY v FROM STDIN", "COPY (DELETE FROM t RETURNING *) TO STDOUT"}) {
                    assertThatThrownBy(() -> copy.copyIn(sql, new StringReader("2\tx\n"))).as(sql).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.UNCAPTURED.is(refused)).isTrue());
                    assertThatThrownBy(() -> new CopyManager((BaseConnection) connection).copyIn(sql)).as(sql).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.UNCAPTURED.is(refused)).isTrue());
                }
                assertThatThrownBy(() -> ((BaseConnection) connection).execSQLUpdate("DELETE FROM t")).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.UNCAPTURED.is(refused)).isTrue());
                ((BaseConnection) connection).execSQLUpdate("DELETE FROM u WHERE id = 5");
            }
            connection.commit();
            connection.setAutoCommit(true);
            assertThat(twins.complete().transactions()).hasSize(1);
        }
    }
}
