// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Compares tables of two databases row by row, through the bare driver and nothing of ours. */
record Comparison(String table, int rowsHere, int rowsThere, int onlyHere, int onlyThere) {

    boolean isEqual() {
        return onlyHere == 0 && onlyThere == 0;
    }

    static List<Comparison> of(String urlHere, String urlThere, List<String> tables) throws SQLException {
        try (Connection here = DriverManager.getConnection(urlHere); Connection there = DriverManager.getConnection(urlThere)) {
            List<Comparison> result = new ArrayList<>();
            for (String table : tables) {
                result.add(of(table, rows(here, table), rows(there, table)));
            }
            return result;
        }
    }

    private static Comparison of(String table, TreeSet<String> here, TreeSet<String> there) {
        var onlyHere = new TreeSet<>(here);
        onlyHere.removeAll(there);
        var onlyThere = new TreeSet<>(there);
        onlyThere.removeAll(here);
        return new Comparison(table, here.size(), there.size(), onlyHere.size(), onlyThere.size());
    }

    /** Every row as text; the tables of the demonstration have keys, so equal rows do not occur. */
    private static TreeSet<String> rows(Connection connection, String table) throws SQLException {
        var rows = new TreeSet<String>();
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT * FROM " + table)) {
            int columns = row.getMetaData().getColumnCount();
            while (row.next()) {
                var text = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    text.append(row.getMetaData().getColumnName(i)).append('=').append(row.getString(i)).append(';');
                }
                rows.add(text.toString());
            }
        }
        return rows;
    }
}
