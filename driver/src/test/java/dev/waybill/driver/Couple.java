// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;

/** A head office and a branch, reached through our driver, with their agents beside them and a shared folder between them. The office publishes {@code news}. */
final class Couple implements AutoCloseable {

    final Connection hq;
    final Connection branch;
    private final String hqUrl;
    private final String branchUrl;

    /**
     * @param hqUrl of ours, of a new database
     * @param sends the branch's SEND clause at the office
     */
    Couple(String hqUrl, String branchUrl, Path folder, String sends) throws SQLException {
        this.hqUrl = hqUrl;
        this.branchUrl = branchUrl;
        hq = connect(hqUrl);
        branch = connect(branchUrl);
        say(hq, "CREATE TABLE news (id INT PRIMARY KEY, text VARCHAR(200))", "CREATE TABLE log (entry VARCHAR(200))", "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'",
                "SET REMOTE FILE OPTION directory = '" + folder + "'", "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' " + sends, "CREATE PUBLICATION p (TABLE news)");
        say(branch, "CREATE TABLE log (entry VARCHAR(200))", "GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'", "SET REMOTE FILE OPTION directory = '" + folder + "'",
                "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
    }

    static Couple onH2(Path folder, String sends) throws SQLException {
        return new Couple("jdbc:waybill:h2:" + folder.resolve("hq") + ";LOCK_TIMEOUT=5000", "jdbc:waybill:h2:" + folder.resolve("branch") + ";LOCK_TIMEOUT=5000", folder.resolve("messages"), sends);
    }

    private static Connection connect(String url) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("waybill.poll", "10ms");
        return DriverManager.getConnection(url, properties);
    }

    Connection anotherAtHq() throws SQLException {
        return connect(hqUrl);
    }

    Connection atHqAs(String user, String password) throws SQLException {
        return DriverManager.getConnection(hqUrl, user, password);
    }

    Connection anotherAtBranch() throws SQLException {
        return connect(branchUrl);
    }

    static void say(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** All rows of a query, columns separated by a stroke. */
    static List<String> rows(Connection connection, String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                StringBuilder text = new StringBuilder();
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    text.append(i == 1 ? "" : "|").append(row.getString(i));
                }
                rows.add(text.toString());
            }
        }
        return rows;
    }

    static void awaitRows(Callable<List<String>> rows, String... expected) {
        await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(10)).until(rows, List.of(expected)::equals);
    }

    @Override
    public void close() throws SQLException {
        hq.close();
        branch.close();
    }
}
