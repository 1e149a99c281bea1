// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** An H2 file of a test, looked at through the bare driver. */
record Database(String url) {

    static Database at(Path directory, String name) {
        return new Database("jdbc:h2:file:" + directory.resolve(name));
    }

    /** Executes on the bare driver, in one connection. */
    Database bare(String... statements) throws SQLException {
        try (Connection raw = DriverManager.getConnection(url); Statement statement = raw.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
        return this;
    }

    /** Executes with {@code waybill sql}. */
    Database say(String... statements) {
        var arguments = new ArrayList<>(List.of("sql", url));
        arguments.addAll(List.of(statements));
        Outcome.done(arguments.toArray(String[]::new));
        return this;
    }

    /** The first column of every row. */
    List<String> rows(String query) throws SQLException {
        try (Connection raw = DriverManager.getConnection(url); Statement statement = raw.createStatement(); ResultSet rows = statement.executeQuery(query)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }

    /** Everything in it that is said by the database's own SCRIPT: users, rights, definitions, rows. */
    List<String> script() throws SQLException {
        return rows("SCRIPT");
    }
}
