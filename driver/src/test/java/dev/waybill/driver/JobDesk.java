// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A database reached through our driver, with its agent beside it and the published table {@code news}, to which jobs write. */
final class JobDesk implements AutoCloseable {

    private final String url;
    private final boolean alone;
    private final Connection watch;

    /** @param url of ours, of a new database */
    JobDesk(String url) throws SQLException {
        this.url = url;
        this.watch = connect();
        this.alone = url.startsWith("jdbc:waybill:sqlite");
        say(watch, "CREATE TABLE news (id INT PRIMARY KEY, text VARCHAR(200))", "CREATE TABLE log (entry VARCHAR(200))", "GRANT PUBLISH TO hq", "CREATE PUBLICATION p (TABLE news)");
    }

    /** A connection of the application's. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    static void say(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    void say(String... statements) throws SQLException {
        say(watch, statements);
    }

    /** Defines a job; returns its id as it is shown. */
    static long start(Connection connection, String rest) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("START AFTER COMMIT " + rest)) {
            row.next();
            return row.getLong(1);
        }
    }

    long start(String rest) throws SQLException {
        return start(watch, rest);
    }

    /** The first columns of all rows as texts. */
    List<String> texts(String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = connect(); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    String text(String query) throws SQLException {
        List<String> texts = texts(query);
        return texts.isEmpty() ? null : texts.get(0);
    }

    String state(long job) throws SQLException {
        return text("SELECT state FROM waybill.after_commit_job WHERE job_id = " + job);
    }

    void awaitState(long job, String state) {
        await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(10)).until(() -> state(job), state::equals);
    }

    /** Everything that was committed before has been run: a job that is defined now is done. */
    void awaitAll() throws SQLException {
        awaitState(start("NONUNIQUE DELETE FROM log WHERE entry = 'nobody wrote this'"), "DONE");
        await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(10)).until(() -> text("SELECT COUNT(*) FROM waybill.after_commit_job WHERE state IN ('DEFINED', 'PENDING', 'RUNNING')"), "0"::equals);
    }

    /** Whether whoever writes is the only one meanwhile. */
    boolean isAlone() {
        return alone;
    }

    @Override
    public void close() throws SQLException {
        watch.close();
    }
}
