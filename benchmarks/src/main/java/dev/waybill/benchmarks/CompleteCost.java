// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Random;

/**
 * What the triggers of complete capture cost a program with the bare driver, against no trigger and against the plainest row trigger that writes a row's columns into a table: transactions of one row, and a statement of a thousand rows. Nobody
 * takes away what is captured. Arguments: {@code postgres|mariadb}, rounds (default 40).
 */
public final class CompleteCost {

    private static final int SINGLES = 40;
    private static final int MASS = 1_000;

    private final boolean mariaDb;
    private final String[] urls = new String[3];
    private int next;

    private CompleteCost(boolean mariaDb) throws SQLException {
        this.mariaDb = mariaDb;
        for (int i = 0; i < urls.length; i++) {
            urls[i] = mariaDb ? MariaDbServer.running().freshDatabase().url() : PostgresServer.running().freshDatabase().url();
            try (Connection connection = DriverManager.getConnection(urls[i])) {
                execute(connection, "CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(100), price DECIMAL(12, 2), made TIMESTAMP)");
                if (i == 1) {
                    trigger(connection);
                }
            }
        }
        Properties complete = new Properties();
        complete.setProperty("waybill.agent", "off");
        complete.setProperty("waybill.capture", "complete");
        try (Connection connection = DriverManager.getConnection(urls[2].replace("jdbc:", "jdbc:waybill:"), complete)) {
            execute(connection, "GRANT PUBLISH TO hq", "CREATE PUBLICATION items (TABLE item)");
        }
    }

    private void trigger(Connection connection) throws SQLException {
        execute(connection, "CREATE TABLE log (n " + (mariaDb ? "BIGINT AUTO_INCREMENT PRIMARY KEY" : "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY") + ", line VARCHAR(1000))");
        if (mariaDb) {
            execute(connection, "CREATE TRIGGER logged AFTER INSERT ON item FOR EACH ROW INSERT INTO log (line) VALUES (CONCAT_WS(',', NEW.id, NEW.name, NEW.price, NEW.made))");
        } else {
            execute(connection, "CREATE FUNCTION logged() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log (line) VALUES (concat_ws(',', NEW.id, NEW.name, NEW.price, NEW.made)); RETURN NULL; END $$",
                    "CREATE TRIGGER logged AFTER INSERT ON item FOR EACH ROW EXECUTE FUNCTION logged()");
        }
    }

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 40;
        new CompleteCost(arguments[0].equals("mariadb")).run(rounds);
        System.exit(0);
    }

    private void run(int rounds) throws SQLException {
        double[][][] nanos = new double[2][urls.length][rounds];
        List<Connection> connections = new ArrayList<>();
        for (String url : urls) {
            connections.add(DriverManager.getConnection(url));
        }
        List<Integer> order = new ArrayList<>(List.of(0, 1, 2));
        Random random = new Random(1);
        for (int round = -rounds / 4; round < rounds; round++) {
            Collections.shuffle(order, random);
            for (int which : order) {
                double[] spent = {singles(connections.get(which)), mass(connections.get(which))};
                for (int kind = 0; kind < spent.length && round >= 0; kind++) {
                    nanos[kind][which][round] = spent[kind];
                }
            }
        }
        for (int kind = 0; kind < nanos.length; kind++) {
            double bare = median(nanos[kind][0]);
            System.out.printf(Locale.ROOT, "%-32s bare %8.1f µs a row   plain trigger %.2f times as long   complete %.2f times%n", kind == 0 ? "transactions of one row" : "a statement of 1,000 rows", bare / (kind == 0 ? SINGLES : MASS) / 1_000,
                    median(nanos[kind][1]) / bare, median(nanos[kind][2]) / bare);
        }
        System.out.printf(Locale.ROOT, "%s, %d processors, load %.1f, %d rounds%n", mariaDb ? "MariaDB" : "PostgreSQL", Runtime.getRuntime().availableProcessors(), ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(), rounds);
    }

    private double singles(Connection connection) throws SQLException {
        long start = System.nanoTime();
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, 'a name of some length', 12.34, '2020-01-01 00:00:00')")) {
            for (int i = 0; i < SINGLES; i++) {
                insert.setInt(1, next++);
                insert.executeUpdate();
            }
        }
        return System.nanoTime() - start;
    }

    private double mass(Connection connection) throws SQLException {
        int from = next;
        next += MASS + 1;
        String numbers = mariaDb ? "seq AS id FROM seq_1_to_" + MASS : "generate_series(1, " + MASS + ") AS id";
        long start = System.nanoTime();
        execute(connection, "INSERT INTO item SELECT " + from + " + n.id, 'a name of some length', 12.34, '2020-01-01 00:00:00' FROM (SELECT " + numbers + ") n");
        return System.nanoTime() - start;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
