// SPDX-License-Identifier: Apache-2.0
package dev.waybill.databases;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One database of the test server, reached by PostgreSQL's own driver; nobody else uses it. Any thread.
 *
 * @param url of the real driver, with the user (a superuser who needs no password) in it
 */
public record PostgresDatabase(String url) {

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** As another role of this server, made by the test; see {@link PostgresServer#freshName}. */
    public Connection connectAs(String role) throws SQLException {
        return DriverManager.getConnection(urlAs(role));
    }

    /** The same database for another role; the server asks nobody for a password. */
    public String urlAs(String role) {
        return url.replaceFirst("user=[^&]*", "user=" + role);
    }

    /** Runs statements, each by itself in autocommit, through the bare driver. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of the first row as text; null for NULL and for no row. */
    public String text(String query) throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getString(1) : null;
        }
    }
}
