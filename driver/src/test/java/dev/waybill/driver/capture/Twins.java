// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.complete.CompleteCapture;
import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.driver.proxy.Facets;
import dev.waybill.driver.proxy.Proxies;
import dev.waybill.driver.setting.WaybillSettings;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Two databases with the same tables: one seen by the bare driver, one through capture. What an application sees on both must be the same, and what was captured must make the same content again.
 */
final class Twins implements AutoCloseable {

    private static final Proxies PROXIES = new Proxies();

    private final CapturingSource source = new CapturingSource(InstantSource.system());
    private final WaybillSettings settings;
    private final String bareUrl;
    private final String url;
    private final Connection bareKeeper;
    private final Connection keeper;

    private Twins(String bareUrl, String url, WaybillSettings settings) throws SQLException {
        this.settings = settings;
        this.bareUrl = bareUrl;
        this.url = url;
        bareKeeper = DriverManager.getConnection(bareUrl);
        keeper = DriverManager.getConnection(url);
    }

    /** Both made by these statements; of the second one, these tables published. */
    static Twins of(String published, String... statements) throws SQLException {
        return of("", WaybillSettings.DEFAULTS, published, statements);
    }

    static Twins of(String options, WaybillSettings settings, String published, String... statements) throws SQLException {
        return of(h2("mem:", options, settings), published, statements);
    }

    /** In files of this folder. */
    static Twins inFiles(Path folder, String options, String published, String... statements) throws SQLException {
        return of(h2("file:" + folder + "/", options, WaybillSettings.DEFAULTS), published, statements);
    }

    /** As {@link #of}, on PostgreSQL. */
    static Twins onPostgres(String published, String... statements) throws SQLException {
        return onPostgres("", WaybillSettings.DEFAULTS, published, statements);
    }

    /** The options as in {@code &name=value}. */
    static Twins onPostgres(String options, WaybillSettings settings, String published, String... statements) throws SQLException {
        PostgresServer server = PostgresServer.running();
        return of(new Twins(server.freshDatabase().url() + options, server.freshDatabase().url() + options, settings), published, statements);
    }

    /** As {@link #of}, on SQLite, in files of this folder. The options as in {@code ?name=value}. */
    static Twins onSqlite(Path folder, String options, String published, String... statements) throws SQLException {
        return of(new Twins("jdbc:sqlite:" + folder.resolve("bare.db") + options, "jdbc:sqlite:" + folder.resolve("captured.db") + options, WaybillSettings.DEFAULTS), published, statements);
    }

    /** As {@link #of}, on HSQLDB. */
    static Twins onHsqldb(String published, String... statements) throws SQLException {
        return of(new Twins(hsqldb(), hsqldb(), WaybillSettings.DEFAULTS), published, statements);
    }

    private static String hsqldb() {
        return "jdbc:hsqldb:mem:" + UUID.randomUUID() + ";hsqldb.tx=mvcc;shutdown=true";
    }

    /** As {@link #of}, on MariaDB. */
    static Twins onMariaDb(String published, String... statements) throws SQLException {
        return onMariaDb("", WaybillSettings.DEFAULTS, published, statements);
    }

    /** The options as in {@code &name=value}. */
    static Twins onMariaDb(String options, WaybillSettings settings, String published, String... statements) throws SQLException {
        MariaDbServer server = MariaDbServer.running();
        return of(new Twins(server.freshDatabase().url() + options, server.freshDatabase().url() + options, settings), published, statements);
    }

    private static Twins h2(String place, String options, WaybillSettings settings) throws SQLException {
        return new Twins("jdbc:h2:" + place + UUID.randomUUID() + options, "jdbc:h2:" + place + UUID.randomUUID() + options, settings);
    }

    private static Twins of(Twins twins, String published, String... statements) throws SQLException {
        try (Connection bare = twins.bare(); Connection captured = twins.captured()) {
            for (String sql : statements) {
                execute(bare, sql);
                execute(captured, sql);
            }
            execute(captured, "GRANT PUBLISH TO hq");
            if (!published.isEmpty()) {
                execute(captured, "CREATE PUBLICATION everything (" + Arrays.stream(published.split(",")).map(table -> "TABLE " + table.trim()).collect(Collectors.joining(", ")) + ")");
            }
        }
        return twins;
    }

    /** As an application without Waybill connects. */
    Connection bare() throws SQLException {
        return DriverManager.getConnection(bareUrl);
    }

    /** As an application with Waybill connects. */
    Connection captured() throws SQLException {
        return captured(settings);
    }

    Connection captured(WaybillSettings other) throws SQLException {
        return PROXIES.connect(DriverManager.getConnection(url), url, other, source, Facets.NONE);
    }

    /** As {@link #captured()}, for another user of a server that asks for no password. */
    Connection capturedAs(String user) throws SQLException {
        String other = url.startsWith("jdbc:h2:") ? url + ";USER=" + user : url.startsWith("jdbc:hsqldb:") ? url + ";user=" + user + ";password=" : url.replaceFirst("user=[^&]*", "user=" + user);
        return PROXIES.connect(DriverManager.getConnection(other), other, settings, source, Facets.NONE);
    }

    /** The outbox of the captured database, for SQL. */
    String outbox() throws SQLException {
        return Dialects.of(keeper).catalogueTable("outbox");
    }

    /** Takes all rows out of these tables of the captured database, uncaptured. */
    void empty(String... tables) throws SQLException {
        for (String table : tables) {
            if (table.startsWith("waybill.") && CompleteCapture.isOn(keeper, Dialects.of(keeper))) {
                continue; // what triggers wrote is taken out of there
            }
            execute(keeper, "DELETE FROM " + (url.startsWith("jdbc:mariadb:") ? table.replace("waybill.", "waybill_") : table));
        }
    }

    /** The captured database past our driver. */
    Connection raw() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** Runs the story on both; both must see the same, and the outbox must make the published tables' content. */
    Replayer same(Story story) throws Exception {
        return same(story, "nothing but this");
    }

    /** As {@link #same(Story)}; what this pattern finds may differ. */
    Replayer same(Story story, String differing) throws Exception {
        List<String> onBare = tell(story, bare()).stream().map(seen -> seen.replaceAll(differing, "…")).toList();
        List<String> onCaptured = tell(story, captured()).stream().map(seen -> seen.replaceAll(differing, "…")).toList();
        assertThat(onCaptured).containsExactlyElementsOf(onBare);
        return complete();
    }

    /** The outbox makes exactly the content of the published tables. */
    Replayer complete() throws SQLException, IOException {
        Replayer replayer = Replayer.of(keeper);
        Dialect dialect = Dialects.of(keeper);
        Catalogue catalogue = CatalogueStore.load(keeper, dialect);
        for (TableName table : catalogue.publishedTables()) {
            TableShape shape = catalogue.captured(table);
            assertThat(new TreeMap<>(text(replayer.tables().getOrDefault(table.toString(), Map.of())))).as("replayed content of " + table).isEqualTo(new TreeMap<>(text(content(dialect, shape))));
        }
        return replayer;
    }

    private static Map<String, String> text(Map<List<Object>, List<Object>> rows) {
        Map<String, String> text = new LinkedHashMap<>();
        rows.forEach((key, row) -> text.put(key.toString(), row.toString()));
        return text;
    }

    private Map<List<Object>, List<Object>> content(Dialect dialect, TableShape shape) throws SQLException, IOException {
        Map<List<Object>, List<Object>> rows = new LinkedHashMap<>();
        String columns = shape.columns().stream().map(dialect::selected).collect(Collectors.joining(", "));
        keeper.setAutoCommit(false);
        try (Statement statement = keeper.createStatement(); ResultSet result = statement.executeQuery("SELECT " + columns + " FROM " + dialect.quote(shape.schema(), shape.name()))) {
            while (result.next()) {
                Object[] values = new Object[shape.columns().size()];
                for (int i = 0; i < values.length; i++) {
                    ColumnShape column = shape.columns().get(i);
                    values[i] = dialect.read(result, i + 1, column.type());
                }
                List<Object> row = Replayer.row(new RowImage(values));
                rows.put(shape.key().stream().map(row::get).toList(), row);
            }
        }
        keeper.setAutoCommit(true);
        return rows;
    }

    private static List<String> tell(Story story, Connection connection) throws Exception {
        Witness witness = new Witness(connection);
        try (connection) {
            story.run(connection, witness);
            witness.see("autocommit", connection::getAutoCommit);
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
        return witness.seen;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        keeper.close();
        bareKeeper.close();
    }

    /** What an application does. */
    @FunctionalInterface
    interface Story {
        void run(Connection connection, Witness witness) throws Exception;
    }

    /** Something that gives a result or fails. */
    @FunctionalInterface
    interface Deed {
        Object run() throws Exception;
    }

    /** Writes down everything that an application sees. */
    static final class Witness {

        private final List<String> seen = new ArrayList<>();
        private final Connection connection;

        Witness(Connection connection) {
            this.connection = connection;
        }

        /** The result or the failure of a deed. */
        void see(String what, Deed deed) {
            try {
                seen.add(what + " -> " + shown(deed.run()));
            } catch (BatchUpdateException failed) {
                seen.add(what + " !! batch " + Arrays.toString(failed.getUpdateCounts()) + " " + Arrays.toString(failed.getLargeUpdateCounts()) + " " + shown(failed) + " next " + shown(failed.getNextException()));
            } catch (SQLException failed) {
                seen.add(what + " !! " + shown(failed));
            } catch (Exception failed) {
                throw new AssertionError(what, failed);
            }
        }

        /** Executes a text and sees everything that the statement says afterwards. */
        void execute(String sql) {
            see(sql, () -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.execute(sql) + " " + after(statement);
                }
            });
        }

        void query(String sql) {
            see(sql, () -> {
                try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
                    return rows(rows, true);
                }
            });
        }

        /** Count, rows, keys, more results. */
        static String after(Statement statement) throws SQLException {
            StringBuilder text = new StringBuilder();
            text.append("count ").append(statement.getUpdateCount()).append(" large ").append(statement.getLargeUpdateCount());
            ResultSet current = statement.getResultSet();
            text.append(" rows ").append(current == null ? "none" : rows(current, true));
            text.append(" keys ").append(keys(statement));
            text.append(" warnings ").append(statement.getWarnings());
            text.append(" more ").append(statement.getMoreResults()).append(' ').append(statement.getUpdateCount());
            return text.toString();
        }

        /** MariaDB's driver fails where none were asked for. */
        private static String keys(Statement statement) throws SQLException {
            try {
                return rows(statement.getGeneratedKeys(), true);
            } catch (SQLException none) {
                if (none.getSQLState() != null) {
                    throw none;
                }
                return "[" + none.getMessage() + "]";
            }
        }

        static String rows(ResultSet rows, boolean names) throws SQLException {
            if (rows == null) {
                return "null";
            }
            ResultSetMetaData metaData = rows.getMetaData();
            StringBuilder text = new StringBuilder("[");
            for (int i = 1; names && i <= metaData.getColumnCount(); i++) {
                text.append(metaData.getColumnLabel(i)).append(':').append(metaData.getColumnTypeName(i)).append(':').append(metaData.getTableName(i)).append(' ');
            }
            while (rows.next()) {
                text.append('(');
                for (int i = 1; i <= metaData.getColumnCount(); i++) {
                    String value = rows.getString(i);
                    text.append(metaData.getColumnTypeName(i).toUpperCase(Locale.ROOT).startsWith("TIMESTAMP") && value != null ? "a time" : value).append(' ');
                }
                text.append(')');
            }
            return text.append(']').toString();
        }

        private static String shown(Object result) throws SQLException {
            if (result instanceof int[] counts) {
                return Arrays.toString(counts);
            } else if (result instanceof long[] counts) {
                return Arrays.toString(counts);
            } else if (result instanceof ResultSet rows) {
                return rows(rows, true);
            }
            return String.valueOf(result);
        }

        /** The text in so far as it does not name the statement: ours can be another one. */
        private static String shown(SQLException failed) {
            if (failed == null) {
                return "none";
            }
            String message = failed.getMessage();
            int sql = message.indexOf("; SQL statement:");
            return failed.getSQLState() + " " + failed.getErrorCode() + " " + (sql < 0 ? message : message.substring(0, sql)).replaceAll("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(\\.\\d+)?", "a time").replaceAll("\\(conn=\\d+\\)|`d_\\d+`|d_\\d+\\.", "…");
        }
    }
}
