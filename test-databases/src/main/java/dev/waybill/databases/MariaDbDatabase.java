// SPDX-License-Identifier: Apache-2.0
package dev.waybill.databases;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * One database of the test server, reached by MariaDB's own driver; nobody else uses it. Any thread.
 *
 * @param url of the real driver, with the user (root, who needs no password) in it
 */
public record MariaDbDatabase(String url) {

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** The name of the database. */
    public String name() {
        return url.substring(url.lastIndexOf('/') + 1, url.indexOf('?'));
    }

    /** The same database for another user, made by the test; see {@link MariaDbServer#freshName}. */
    public String urlAs(String user) {
        return url.replaceFirst("user=[^&]*", "user=" + user);
    }

    /** The same database for MySQL's driver. */
    public String mysqlUrl() {
        return url.replaceFirst("jdbc:mariadb:", "jdbc:mysql:") + "&sslMode=DISABLED&allowPublicKeyRetrieval=true";
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
