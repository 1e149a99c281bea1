// SPDX-License-Identifier: Apache-2.0
package dev.waybill.extraction;

import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What of the head office's database an extraction does not bring over, as far as the databases' metadata tell. Stateless. */
final class LeftBehind {

    private static final int OF_A_KIND = 50;
    /** Whom HSQLDB names as well. */
    private static final Set<String> OWNERS = Set.of("_SYSTEM", "DBA");

    private LeftBehind() {}

    /**
     * One thing that stayed behind.
     *
     * @param kind  as {@code view}
     * @param where its name, or the table's
     * @param what  in a sentence
     */
    record Left(String kind, String where, String what) {}

    /** What was said of the tables when they were made at the remote. */
    static List<Left> ofTables(Connection remote, Dialect dialect) throws SQLException {
        List<Left> left = new ArrayList<>();
        try (Statement statement = remote.createStatement(); ResultSet row = statement.executeQuery("SELECT subject FROM " + dialect.catalogueTable("counter") + " WHERE name = 'left_out' ORDER BY subject")) {
            while (row.next()) {
                String sentence = row.getString(1);
                int colon = sentence.indexOf(": ");
                left.add(colon < 0 ? new Left("table", "", sentence) : new Left("table", sentence.substring(0, colon), sentence.substring(colon + 2)));
            }
        }
        return left;
    }

    /** Views, routines, triggers and rights of the schemas in which the published tables are. */
    static List<Left> ofDatabase(Connection hq, Dialect dialect, List<TableDefinition> tables) throws SQLException {
        List<Left> left = new ArrayList<>();
        Set<TableName> names = new HashSet<>();
        Set<String> schemas = new TreeSet<>();
        for (TableDefinition table : tables) {
            names.add(TableName.of(table.shape()));
            schemas.add(table.shape().schema());
        }
        DatabaseMetaData metadata = hq.getMetaData();
        for (String schema : schemas) {
            Dialect.JdbcName jdbc = dialect.jdbcName(hq, schema);
            collect(left, "view", metadata.getTables(jdbc.catalog(), jdbc.schema(), "%", new String[] {"VIEW", "MATERIALIZED VIEW"}), "TABLE_NAME", schema, "Views do not travel.");
            if (dialect.hasSchemas() || jdbc.catalog() != null) {
                collect(left, "routine", metadata.getProcedures(jdbc.catalog(), jdbc.schema(), "%"), "PROCEDURE_NAME", schema, "Procedures do not travel.");
                collect(left, "routine", metadata.getFunctions(jdbc.catalog(), jdbc.schema(), "%"), "FUNCTION_NAME", schema, "Functions do not travel.");
            }
        }
        triggers(left, hq, dialect, names);
        rights(left, metadata, hq, dialect, names);
        return left;
    }

    private static void collect(List<Left> left, String kind, ResultSet found, String column, String schema, String what) throws SQLException {
        Set<String> names = new TreeSet<>();
        try (found) {
            while (found.next()) {
                names.add(found.getString(column));
            }
        }
        names.removeIf(name -> name.toLowerCase(Locale.ROOT).startsWith("waybill_"));
        add(left, kind, names.stream().map(name -> schema.isEmpty() ? name : schema + "." + name).toList(), what);
    }

    private static void add(List<Left> left, String kind, List<String> names, String what) {
        names.stream().limit(OF_A_KIND).forEach(name -> left.add(new Left(kind, name, what)));
        if (names.size() > OF_A_KIND) {
            left.add(new Left(kind, "and " + (names.size() - OF_A_KIND) + " more", what));
        }
    }

    /** Where the standard's view of them is; SQLite's are told with their tables. */
    private static void triggers(List<Left> left, Connection hq, Dialect dialect, Set<TableName> names) throws SQLException {
        if (!dialect.hasSchemas() && dialect.jdbcName(hq, "").catalog() == null) {
            return;
        }
        Set<String> triggers = new TreeSet<>();
        try (PreparedStatement select = hq.prepareStatement("SELECT event_object_schema, event_object_table, trigger_name FROM information_schema.triggers"); ResultSet row = select.executeQuery()) {
            while (row.next()) {
                TableName table = new TableName(dialect.hasSchemas() ? row.getString(1) : "", row.getString(2));
                if (names.contains(table) && !row.getString(3).toLowerCase(Locale.ROOT).startsWith("waybill")) {
                    triggers.add(table + ": " + row.getString(3));
                }
            }
        }
        add(left, "trigger", List.copyOf(triggers), "Triggers do not travel; what they write at the head office does, where it is captured.");
    }

    private static void rights(List<Left> left, DatabaseMetaData metadata, Connection hq, Dialect dialect, Set<TableName> names) throws SQLException {
        Set<String> users = new TreeSet<>();
        for (TableName table : names) {
            Dialect.JdbcName jdbc = dialect.jdbcName(hq, table.schema());
            try (ResultSet row = metadata.getTablePrivileges(jdbc.catalog(), jdbc.schema(), table.name())) {
                while (row.next()) {
                    users.add(String.valueOf(row.getString("GRANTEE")));
                }
            }
        }
        String asker = metadata.getUserName();
        users.removeIf(user -> user.equals(asker) || OWNERS.contains(user));
        add(left, "rights", List.copyOf(users), "Users and what they were granted on the tables do not travel.");
    }
}
