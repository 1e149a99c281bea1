// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Properties;
import java.util.SplittableRandom;

/**
 * An ordinary application that keeps a ledger: each transaction is a batch of entries that say how many they are, and moves balances; some carry a large text. It says "committed n" as soon as COMMIT has returned. Arguments: JDBC URL of ours,
 * number of the first batch, seed, whether a message agent is beside it (waybill.agent). Ends when its standard input does.
 */
final class LedgerProcess {

    static final String[] SCHEMA = {
        "CREATE TABLE account (id INT PRIMARY KEY, balance BIGINT NOT NULL, moved BIGINT NOT NULL)",
        "CREATE TABLE entry (batch BIGINT, part INT, parts INT NOT NULL, amount INT NOT NULL, remark VARCHAR(200000), PRIMARY KEY (batch, part))"};
    static final int ACCOUNTS = 20;

    private LedgerProcess() {}

    /** Where a row holds no long text, one of another type does. */
    static String[] schema(String url) {
        return Arrays.stream(SCHEMA).map(sql -> url.startsWith("jdbc:mariadb:") ? sql.replace("VARCHAR(200000)", "LONGTEXT") : sql).toArray(String[]::new);
    }

    public static void main(String[] arguments) throws Exception {
        Aim aim = new Aim();
        aim.listen();
        SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[2]));
        long batch = Long.parseLong(arguments[1]);
        Properties properties = new Properties();
        if (arguments[0].startsWith("jdbc:waybill:")) {
            properties.setProperty("waybill.agent", arguments[3]);
        }
        while (!aim.hasEnded()) {
            try (Connection connection = DriverManager.getConnection(arguments[0], properties)) {
                connection.setAutoCommit(false);
                while (!aim.hasEnded()) {
                    one(connection, aim, batch++, random);
                    Thread.sleep(random.nextInt(20));
                }
            } catch (SQLException lost) {
                System.out.println("lost " + lost.getMessage());
                Thread.sleep(100);
            }
        }
    }

    private static void one(Connection connection, Aim aim, long batch, SplittableRandom random) throws SQLException {
        int parts = 1 + random.nextInt(5);
        boolean large = random.nextInt(12) == 0;
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO entry VALUES (?, ?, ?, ?, ?)");
                PreparedStatement update = connection.prepareStatement("UPDATE account SET balance = balance + ?, moved = ? WHERE id = ?")) {
            for (int part = 0; part < parts; part++) {
                int amount = random.nextInt(1_000) - 500;
                insert.setLong(1, batch);
                insert.setInt(2, part);
                insert.setInt(3, parts);
                insert.setInt(4, amount);
                insert.setString(5, large && part == 0 ? text(random) : null);
                insert.executeUpdate();
                update.setInt(1, amount);
                update.setLong(2, batch);
                update.setInt(3, part);
                update.executeUpdate();
            }
        }
        if (random.nextInt(10) == 0) {
            try (Statement delete = connection.createStatement()) {
                delete.executeUpdate("UPDATE entry SET remark = NULL WHERE batch < " + batch + " AND remark IS NOT NULL");
            }
        }
        aim.at("BEFORE COMMIT");
        connection.commit();
        System.out.println("committed " + batch + " " + parts);
        aim.at("AFTER COMMIT");
    }

    private static String text(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int i = 60_000 + random.nextInt(60_000); i > 0; i--) {
            text.append((char) ('!' + random.nextInt(90)));
        }
        return text.toString();
    }
}
