// SPDX-License-Identifier: Apache-2.0
package dev.waybill.passthrough;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the tables of a database are like: for each that is not ours a hash of its columns, indexes and foreign keys, as JDBC tells them. Immutable; any thread.
 *
 * @param tables hashes by {@code schema.table}
 */
public record TablesNow(Map<String, String> tables) {

    private static final int LONGEST = 100_000;
    private static final Set<String> SYSTEM = Set.of("INFORMATION_SCHEMA", "PG_CATALOG", "SYSTEM_LOBS", "MYSQL", "PERFORMANCE_SCHEMA", "SYS", "PG_TOAST");
    /** Of what JDBC tells of columns and keys, what a statement decides. Row counts and the like come and go. */
    private static final Set<String> TOLD = Set.of("COLUMN_NAME", "TYPE_NAME", "COLUMN_SIZE", "DECIMAL_DIGITS", "NULLABLE", "COLUMN_DEF", "ORDINAL_POSITION", "IS_AUTOINCREMENT", "IS_GENERATEDCOLUMN", "NON_UNIQUE", "INDEX_NAME",
            "PKTABLE_NAME", "PKCOLUMN_NAME", "FKCOLUMN_NAME", "FK_NAME", "UPDATE_RULE", "DELETE_RULE");

    /** As this connection sees them. */
    public static TablesNow of(Connection raw, Dialect dialect) throws SQLException {
        DatabaseMetaData metadata = raw.getMetaData();
        Map<String, String> hashes = new TreeMap<>();
        for (String[] table : tables(metadata, raw.getCatalog())) {
            String schema = dialect.schema(table[0], table[1]);
            if (!new TableName(schema == null ? "" : schema, table[2]).isOurs()) {
                hashes.put((schema == null || schema.isEmpty() ? "" : schema + ".") + table[2], hash(metadata, table));
            }
        }
        return new TablesNow(hashes);
    }

    private static Iterable<String[]> tables(DatabaseMetaData metadata, String catalog) throws SQLException {
        Map<String, String[]> found = new LinkedHashMap<>();
        try (ResultSet row = metadata.getTables(catalog, null, "%", new String[] {"TABLE", "BASE TABLE", "VIEW"})) {
            while (row.next()) {
                String schema = row.getString("TABLE_SCHEM");
                if (schema == null || !SYSTEM.contains(schema.toUpperCase(Locale.ROOT))) {
                    found.put(schema + "\0" + row.getString("TABLE_NAME"), new String[] {row.getString("TABLE_CAT"), schema, row.getString("TABLE_NAME")});
                }
            }
        }
        return found.values();
    }

    private static String hash(DatabaseMetaData metadata, String[] table) throws SQLException {
        Set<String> lines = new TreeSet<>();
        try (ResultSet columns = metadata.getColumns(table[0], escaped(metadata, table[1]), escaped(metadata, table[2]), "%")) {
            add(lines, columns);
        }
        try (ResultSet indexes = metadata.getIndexInfo(table[0], table[1], table[2], false, true)) {
            add(lines, indexes);
        }
        try (ResultSet keys = metadata.getImportedKeys(table[0], table[1], table[2])) {
            add(lines, keys);
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String escaped(DatabaseMetaData metadata, String name) throws SQLException {
        String escape = metadata.getSearchStringEscape();
        return name == null || escape == null || escape.isEmpty() ? name : name.replace(escape, escape + escape).replace("_", escape + "_").replace("%", escape + "%");
    }

    private static void add(Set<String> lines, ResultSet row) throws SQLException {
        ResultSetMetaData told = row.getMetaData();
        while (row.next()) {
            StringBuilder line = new StringBuilder();
            for (int i = 1; i <= told.getColumnCount(); i++) {
                String name = told.getColumnLabel(i).toUpperCase(Locale.ROOT);
                if (TOLD.contains(name)) {
                    line.append(name).append('=').append(row.getString(i)).append('\t');
                }
            }
            lines.add(line.toString());
        }
    }

    /** For keeping; of very many tables only whether they are the same is kept. */
    public String text() {
        String text = tables.entrySet().stream().map(table -> table.getKey() + "\t" + table.getValue()).collect(Collectors.joining("\n"));
        return text.length() <= LONGEST ? text : "*\t" + Integer.toHexString(text.hashCode()) + "\t" + text.length();
    }

    /** Out of {@link #text}. */
    static TablesNow parse(String text) {
        Map<String, String> tables = new TreeMap<>();
        text.lines().filter(line -> !line.isEmpty()).forEach(line -> tables.put(line.substring(0, line.indexOf('\t')), line.substring(line.indexOf('\t') + 1)));
        return new TablesNow(tables);
    }

    /** Names, without schemas, of tables that are not the same in both. */
    private Set<String> differing(TablesNow other) {
        Set<String> names = new TreeSet<>();
        for (Map<String, String> one : List.of(tables, other.tables)) {
            one.keySet().stream().filter(name -> !Objects.equals(tables.get(name), other.tables.get(name))).map(name -> name.substring(name.lastIndexOf('.') + 1)).forEach(names::add);
        }
        return names;
    }

    /** What became of a statement that was interrupted. */
    public enum Finding { EXECUTED, NOT_EXECUTED, UNKNOWN }

    /** What these tables, which are there now, tell of a statement before which they were as this text says. */
    public Finding finding(String before, PassedText statement) {
        Set<String> differing = differing(text().startsWith("*") || before.startsWith("*") ? null : parse(before), before);
        if (differing.isEmpty() && (statement.isSeenInTables() || statement.isHarmlessTwice())) {
            return Finding.NOT_EXECUTED;
        }
        boolean its = !differing.isEmpty() && statement.isSeenInTables() && differing.stream().allMatch(statement::names);
        return its ? Finding.EXECUTED : Finding.UNKNOWN;
    }

    private Set<String> differing(TablesNow parsed, String before) {
        return parsed != null ? differing(parsed) : text().equals(before) ? Set.of() : Set.of("*");
    }
}
