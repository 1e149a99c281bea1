// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rows of the simulation's tables as text, one line for each row, by plain JDBC. Immutable. */
record Contents(Map<String, List<String>> tables) {

    /** What head office sends: the first publication's tables, then the second's. */
    static final List<List<String>> OF_HEAD_OFFICE = List.of(List.of("CUSTOMER", "ORDERS", "LINE", "MOVEMENT"), List.of("NOTE", "DOCUMENT"));

    /** What is committed of these groups of tables; a table that is not there has no entry. */
    static Contents of(Connection raw, List<List<String>> groups) throws SQLException {
        Map<String, List<String>> tables = new TreeMap<>();
        for (List<String> group : groups) {
            for (String table : group) {
                try (Statement statement = raw.createStatement(); ResultSet rows = statement.executeQuery("SELECT * FROM " + table + " ORDER BY 1, 2")) {
                    tables.put(table, lines(rows));
                } catch (SQLException missing) {
                    if (missing.getErrorCode() / 10 != 4210) {
                        throw missing;
                    }
                }
            }
        }
        return new Contents(tables);
    }

    private static List<String> lines(ResultSet rows) throws SQLException {
        List<String> lines = new ArrayList<>();
        int[] types = types(rows.getMetaData());
        while (rows.next()) {
            StringBuilder line = new StringBuilder();
            for (int i = 1; i <= types.length; i++) {
                line.append(i == 1 ? "" : "|").append(text(rows, i, types[i - 1]));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static int[] types(ResultSetMetaData columns) throws SQLException {
        int[] types = new int[columns.getColumnCount()];
        for (int i = 0; i < types.length; i++) {
            types[i] = columns.getColumnType(i + 1);
        }
        return types;
    }

    private static String text(ResultSet rows, int column, int type) throws SQLException {
        if (type == Types.BLOB) {
            byte[] bytes = rows.getBytes(column);
            return bytes == null ? null : bytes.length + " bytes #" + Integer.toHexString(Arrays.hashCode(bytes));
        }
        String text = rows.getString(column);
        return text == null || text.length() < 60 ? text : text.substring(0, 20) + "… " + text.length() + " characters #" + Integer.toHexString(text.hashCode());
    }

    /** Whether there is nothing of this group. */
    boolean isWithout(List<String> group) {
        return group.stream().allMatch(table -> tables.getOrDefault(table, List.of()).isEmpty());
    }

    boolean isEqual(Contents other, List<String> group) {
        return group.stream().allMatch(table -> tables.getOrDefault(table, List.of()).equals(other.tables.getOrDefault(table, List.of())));
    }

    /** How many rows differ. */
    int distance(Contents other, List<String> group) {
        int rows = 0;
        for (String table : group) {
            List<String> here = new ArrayList<>(tables.getOrDefault(table, List.of()));
            List<String> there = new ArrayList<>(other.tables.getOrDefault(table, List.of()));
            here.removeAll(other.tables.getOrDefault(table, List.of()));
            there.removeAll(tables.getOrDefault(table, List.of()));
            rows += here.size() + there.size();
        }
        return rows;
    }

    /** At most a few differences for each table. */
    String differences(Contents other, List<String> group) {
        StringBuilder text = new StringBuilder();
        for (String table : group) {
            List<String> here = new ArrayList<>(tables.getOrDefault(table, List.of()));
            List<String> there = new ArrayList<>(other.tables.getOrDefault(table, List.of()));
            here.removeAll(other.tables.getOrDefault(table, List.of()));
            there.removeAll(tables.getOrDefault(table, List.of()));
            here.stream().limit(6).forEach(row -> text.append("\n    only here:  ").append(table).append(' ').append(row));
            there.stream().limit(6).forEach(row -> text.append("\n    only there: ").append(table).append(' ').append(row));
        }
        return text.toString();
    }
}
