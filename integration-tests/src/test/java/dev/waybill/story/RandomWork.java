// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Random transactions of a shop: in autocommit mode and not, some rolled back; those that meet a conflict are given up. */
final class RandomWork {

    private RandomWork() {}

    /** One statement, or a few that belong together. */
    interface One {
        void run(Connection connection, RandomGenerator random) throws SQLException;
    }

    /** What one of several threads does. */
    interface Task {
        void run(int number) throws Exception;
    }

    /** @param isConflict what others, or the data, may bring about; everything else fails the test */
    static void transactions(Connection connection, RandomGenerator random, int count, One one, Predicate<SQLException> isConflict) throws SQLException {
        for (int i = 0; i < count; i++) {
            connection.setAutoCommit(random.nextInt(4) == 0);
            try {
                for (int statements = random.nextInt(4); statements >= 0; statements--) {
                    one.run(connection, random);
                }
                if (!connection.getAutoCommit() && random.nextInt(10) == 0) {
                    connection.rollback();
                } else if (!connection.getAutoCommit()) {
                    connection.commit();
                }
            } catch (SQLException lost) {
                if (!connection.getAutoCommit()) {
                    connection.rollback();
                }
                if (!isConflict.test(lost)) {
                    throw lost;
                }
            }
        }
        connection.setAutoCommit(true);
    }

    /** A constraint was violated, or the database chose this transaction as its victim. */
    static boolean isConflict(SQLException error) {
        String state = String.valueOf(error.getSQLState());
        return state.startsWith("23") || state.startsWith("40");
    }

    /** All end before it does; the first failure is thrown. */
    static void inThreads(int threads, Task task) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                all.add(executor.submit(() -> {
                    task.run(number);
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            executor.shutdown();
        }
    }

    /** Up to six lines of an order, in a batch. */
    static void lines(Connection connection, long order, RandomGenerator random) throws SQLException {
        try (PreparedStatement line = connection.prepareStatement("INSERT INTO line (order_id, no, price) VALUES (?, ?, ?)")) {
            for (int no = 0; no <= random.nextInt(6); no++) {
                line.setLong(1, order);
                line.setInt(2, no);
                line.setInt(3, random.nextInt(10_000));
                line.addBatch();
            }
            line.executeBatch();
        }
    }

    static void run(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
