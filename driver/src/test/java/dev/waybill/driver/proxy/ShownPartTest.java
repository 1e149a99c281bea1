// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** Result sets that show less than the database gave: chosen columns, and metadata without our schema. */
class ShownPartTest {

    private final Proxies proxies = new Proxies();

    // ---- chosen columns ----

    @Test
    void viewShowsTheChosenColumnsInTheirOrder() throws SQLException {
        try (Connection raw = DriverManager.getConnection("jdbc:h2:mem:"); Statement statement = raw.createStatement()) {
            ResultSet view = proxies.view(statement.executeQuery("SELECT 1 AS a, 'two' AS b, 3.5 AS c, 'two again' AS \"b\""), 2, 1, 4);
            assertThat(view.getMetaData().getColumnCount()).isEqualTo(3);
            assertThat(view.getMetaData().getColumnLabel(1)).isEqualTo("B");
            assertThat(view.getMetaData().getColumnTypeName(2)).isEqualTo("INTEGER");
            assertThat(view.next()).isTrue();
            assertThat(view.getString(1)).isEqualTo("two");
            assertThat(view.getInt(2)).isEqualTo(1);
            assertThat(view.wasNull()).isFalse();
            assertThat(view.getObject("A", Integer.class)).isEqualTo(1);
            assertThat(view.getString("b")).isEqualTo("two");
            assertThat(view.findColumn("a")).isEqualTo(2);
            assertThat(view.getStatement()).isSameAs(statement);
        }
    }

    @Test
    void columnThatIsNotShownIsAsUnknownAsOneThatIsNotThere() throws SQLException {
        try (Connection raw = DriverManager.getConnection("jdbc:h2:mem:"); Statement statement = raw.createStatement()) {
            ResultSet view = proxies.view(statement.executeQuery("SELECT 1 AS a, 2 AS b"), 1);
            view.next();
            assertThatThrownBy(() -> view.getInt("b")).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo("42S22"));
            assertThatThrownBy(() -> view.getInt("c")).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo("42S22"));
            for (int wrong : new int[] {-1, 0, 2, 3}) {
                assertThatThrownBy(() -> view.getInt(wrong)).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo("90008"));
                assertThatThrownBy(() -> view.getMetaData().getColumnName(wrong)).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(refused.getSQLState()).isEqualTo("90008"));
            }
        }
    }

    @Test
    void cursorOfAViewIsTheRawOne() throws SQLException {
        try (Connection raw = DriverManager.getConnection("jdbc:h2:mem:");
                Statement statement = raw.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
            ResultSet view = proxies.view(statement.executeQuery("SELECT x, x * 10 AS y FROM SYSTEM_RANGE(1, 5)"), 2);
            assertThat(view.absolute(3)).isTrue();
            assertThat(view.getInt(1)).isEqualTo(30);
            assertThat(view.relative(-1)).isTrue();
            assertThat(view.getInt("Y")).isEqualTo(20);
            view.setFetchSize(5);
            view.close();
            assertThat(view.isClosed()).isTrue();
        }
    }

    // ---- metadata without our schema ----

    @Test
    void metadataHideOurSchemaUnlessAskedForByName() throws SQLException {
        try (Connection connection = published("false")) {
            DatabaseMetaData metaData = connection.getMetaData();
            assertThat(column(metaData.getSchemas(), "TABLE_SCHEM")).contains("PUBLIC").doesNotContain("WAYBILL");
            assertThat(column(metaData.getTables(null, null, "%", null), "TABLE_SCHEM")).contains("PUBLIC").doesNotContain("WAYBILL");
            assertThat(column(metaData.getColumns(null, "%", "%", "%"), "TABLE_NAME")).contains("ARTIST").doesNotContain("OUTBOX");
            assertThat(column(metaData.getTables(null, "WAYBILL", "%", null), "TABLE_NAME")).contains("OUTBOX", "JOURNAL");
            assertThat(column(metaData.getSchemas(null, "waybill"), "TABLE_SCHEM")).isEmpty();
        }
    }

    @Test
    void metadataShowOurSchemaWhenTheSettingSaysSo() throws SQLException {
        try (Connection connection = published("true")) {
            assertThat(column(connection.getMetaData().getSchemas(), "TABLE_SCHEM")).contains("WAYBILL");
        }
    }

    @Test
    void forwardOnlyRowsAreSkippedAsTheyCome() throws SQLException {
        try (Connection raw = DriverManager.getConnection("jdbc:h2:mem:"); Statement statement = raw.createStatement()) {
            ResultSet rows = proxies.withoutCatalogue(statement.executeQuery("SELECT * FROM (VALUES (1, 'PUBLIC'), (2, 'WAYBILL'), (3, 'waybill'), (4, NULL)) AS v(id, table_schem)"));
            assertThat(column(rows, "ID")).containsExactly("1", "4");
        }
    }

    @Test
    void cursorMovesAmongTheShownRowsOnly() throws SQLException {
        try (Connection connection = published("false"); Connection bare = DriverManager.getConnection("jdbc:h2:mem:")) {
            try (Statement statement = bare.createStatement()) {
                statement.execute("CREATE TABLE artist (id INTEGER PRIMARY KEY)");
            }
            ResultSet ours = connection.getMetaData().getTables(null, null, "%", null);
            ResultSet without = bare.getMetaData().getTables(null, null, "%", null);
            assertThat(ours).isInstanceOf(ResultSetPolicy.class);
            for (Move move : MOVES) {
                assertThat(move.make(ours)).isEqualTo(move.make(without));
                assertThat(state(ours)).isEqualTo(state(without));
            }
        }
    }

    private interface Move {
        boolean make(ResultSet rows) throws SQLException;
    }

    private static final List<Move> MOVES = List.of(
            ResultSet::next, ResultSet::next, ResultSet::last, ResultSet::next, ResultSet::next, ResultSet::previous, ResultSet::previous, ResultSet::first, ResultSet::previous, ResultSet::previous,
            rows -> rows.absolute(3), rows -> rows.relative(2), rows -> rows.relative(-100), rows -> rows.absolute(-1), rows -> rows.absolute(-1000), rows -> rows.absolute(1000), rows -> rows.relative(-2),
            rows -> {
                rows.afterLast();
                return rows.previous();
            },
            rows -> {
                rows.beforeFirst();
                return rows.isBeforeFirst();
            });

    private static String state(ResultSet rows) throws SQLException {
        String row = rows.getRow() == 0 ? "" : rows.getString("TABLE_NAME");
        return row + rows.getRow() + rows.isFirst() + rows.isLast() + rows.isBeforeFirst() + rows.isAfterLast();
    }

    private static Connection published(String show) throws SQLException {
        Properties info = new Properties();
        info.setProperty("waybill.agent", "off");
        info.setProperty("waybill.show-catalogue", show);
        Connection connection = DriverManager.getConnection("jdbc:waybill:h2:mem:", info);
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE artist (id INTEGER PRIMARY KEY)");
            statement.execute("GRANT PUBLISH TO hq");
        }
        return connection;
    }

    private static List<String> column(ResultSet rows, String name) throws SQLException {
        List<String> values = new ArrayList<>();
        while (rows.next()) {
            values.add(rows.getString(name));
        }
        return values;
    }
}
