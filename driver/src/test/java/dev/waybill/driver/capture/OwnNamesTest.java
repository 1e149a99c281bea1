// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a database has no schemas inside it, our tables can be written as everywhere else, and the metadata do not show them unless they are asked for. */
class OwnNamesTest {

    private static final String TABLE = "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(40))";

    @TempDir
    Path folder;

    @Test
    void ourTablesOnSqliteAreWrittenAsEverywhereAndNotShown() throws Exception {
        try (Twins twins = Twins.onSqlite(folder, "", "t", TABLE)) {
            look(twins);
        }
    }

    @Test
    void ourTablesOnMariaDbAreWrittenAsEverywhereAndNotShown() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", TABLE)) {
            look(twins);
        }
    }

    private static void look(Twins twins) throws Exception {
        try (Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO t VALUES (1, 'it''s waybill.outbox')");
            assertThat(first(statement, "SELECT COUNT(*) FROM waybill.outbox /* waybill.outbox */ o WHERE 'waybill.outbox' <> ''")).isEqualTo("1");
            assertThat(first(statement, "SELECT a.table_name FROM Waybill . article a")).isEqualTo("t");
            assertThat(first(statement, "SELECT name FROM t waybill WHERE waybill.id = 1")).isEqualTo("it's waybill.outbox");
            try (PreparedStatement prepared = connection.prepareStatement("SELECT COUNT(*) FROM waybill.publication WHERE publication_name = ?")) {
                prepared.setString(1, "everything");
                try (ResultSet row = prepared.executeQuery()) {
                    row.next();
                    assertThat(row.getInt(1)).isEqualTo(1);
                }
            }
            assertThat(tables(connection, "%")).contains("t").noneMatch(name -> name.startsWith("waybill"));
            assertThat(tables(connection, null)).contains("t").noneMatch(name -> name.startsWith("waybill"));
            assertThat(tables(connection, "waybill%")).contains("waybill_outbox", "waybill_journal");
            try (ResultSet columns = connection.getMetaData().getColumns(null, null, "%", "%")) {
                while (columns.next()) {
                    assertThat(columns.getString("TABLE_NAME")).doesNotStartWith("waybill");
                }
            }
        }
    }

    private static String first(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    private static List<String> tables(Connection connection, String pattern) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet rows = connection.getMetaData().getTables(connection.getCatalog(), null, pattern, null)) {
            while (rows.next()) {
                names.add(rows.getString("TABLE_NAME"));
            }
        }
        return names;
    }
}
