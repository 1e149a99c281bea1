// SPDX-License-Identifier: Apache-2.0
package dev.waybill.tentative;

import dev.waybill.dialect.CatalogueSql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The parameter bulletin board of one transaction, {@code waybill.sync_parameter}: its properties when it begins, what is put there meanwhile (PUT_PARAM, or a statement inside of the database), empty at all other times. As thread-safe as the
 * connection.
 */
public interface Board {

    /** Work on the raw connection that is part of the transaction of ours. */
    @FunctionalInterface
    interface Work {
        void on(Connection raw) throws SQLException;
    }

    /** Does it in the connection's transaction. */
    void inTransaction(Work work) throws SQLException;

    /** What a connection of ours offers for this; a bare one is its own. */
    static Board of(Connection connection) throws SQLException {
        return connection.isWrapperFor(Board.class) ? connection.unwrap(Board.class) : work -> work.on(connection);
    }

    static void put(CatalogueSql sql, Map<String, String> parameters) throws SQLException {
        sql.run("DELETE FROM #sync_parameter");
        for (Map.Entry<String, String> one : parameters.entrySet()) {
            put(sql, one.getKey(), one.getValue());
        }
    }

    /** @param value null takes it away */
    static void put(CatalogueSql sql, String name, String value) throws SQLException {
        sql.run("DELETE FROM #sync_parameter WHERE name = ?", name);
        if (value != null) {
            sql.run("INSERT INTO #sync_parameter (name, setting) VALUES (?, ?)", name, value);
        }
    }

    /** Null when nobody put it there. */
    static String get(CatalogueSql sql, String name) throws SQLException {
        String[] found = new String[1];
        sql.each(row -> found[0] = row.getString(1), "SELECT setting FROM #sync_parameter WHERE name = ?", name);
        return found[0];
    }

    static Map<String, String> takeAll(CatalogueSql sql) throws SQLException {
        Map<String, String> all = new TreeMap<>();
        sql.each(row -> all.put(row.getString(1), row.getString(2)), "SELECT name, setting FROM #sync_parameter");
        sql.run("DELETE FROM #sync_parameter");
        return all;
    }
}
