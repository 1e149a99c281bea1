// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Many writers on few rows of HSQLDB: what each of them did stands in the outbox in an order in which it makes the same rows again. */
class HsqldbWritersTest {

    private static final int WRITERS = 4;
    private static final int TRANSACTIONS = 60;

    @Test
    void whatWritersDoToTheSameRowsIsCapturedInTheirOrder() throws Exception {
        long seed = Long.getLong("waybill.test.seed", System.nanoTime());
        System.out.println("HsqldbWritersTest seed " + seed + " (-Dwaybill.test.seed)");
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try (Twins twins = Twins.onHsqldb("t", "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, name VARCHAR(20))")) {
            try (Connection first = twins.captured(); Statement statement = first.createStatement()) {
                statement.execute("DELETE FROM t"); // HSQLDB's metadata fail when several sessions ask for them at the same time
            }
            List<Future<Void>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                RandomGenerator random = new SplittableRandom(seed + i);
                writers.add(threads.submit(() -> {
                    try (Connection connection = twins.captured()) {
                        for (int j = 0; j < TRANSACTIONS; j++) {
                            transact(connection, random);
                        }
                    }
                    return null;
                }));
            }
            for (Future<Void> writer : writers) {
                writer.get();
            }
            twins.complete();
        } finally {
            threads.shutdown();
        }
    }

    private static void transact(Connection connection, RandomGenerator random) throws SQLException {
        connection.setAutoCommit(random.nextBoolean());
        try (Statement statement = connection.createStatement()) {
            for (int i = random.nextInt(3); i >= 0; i--) {
                statement.execute(sql(random));
            }
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        } catch (SQLException lost) {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            if (!lost.getSQLState().startsWith("23") && !lost.getSQLState().startsWith("40")) {
                throw lost;
            }
        }
    }

    private static String sql(RandomGenerator random) {
        int id = random.nextInt(10);
        return switch (random.nextInt(7)) {
            case 0, 1 -> "INSERT INTO t VALUES (" + id + ", " + random.nextInt(100) + ", 'new')";
            case 2 -> "UPDATE t SET n = n + 1 WHERE id = " + id;
            case 3 -> "UPDATE t SET name = 'q' WHERE id IN (SELECT id FROM t WHERE n > " + random.nextInt(100) + ")";
            case 4 -> "UPDATE t SET id = id + 10 WHERE n < " + random.nextInt(60) + " AND id < 30";
            case 5 -> "DELETE FROM t WHERE n > " + random.nextInt(100) + " OR id > 25";
            default -> "MERGE INTO t USING (VALUES (" + id + ")) AS s (i) ON t.id = s.i WHEN MATCHED THEN UPDATE SET n = t.n + 5 WHEN NOT MATCHED THEN INSERT (id, n) VALUES (s.i, 1)";
        };
    }
}
