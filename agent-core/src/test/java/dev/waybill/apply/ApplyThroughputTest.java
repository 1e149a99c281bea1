// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows a second of apply beside bare JDBC batches that do the same work, interleaved in one run; printed, not judged: the machine is shared. */
@Tag("long")
class ApplyThroughputTest {

    private static final int TRANSACTIONS = 2_000;
    private static final int ROUNDS = 15;
    private static final int WARM = 10;

    @TempDir
    Path folder;

    @Test
    void figures() throws Exception {
        for (String place : List.of("mem:throughput;DB_CLOSE_DELAY=-1", "file:" + folder.resolve("replica"), "postgresql")) {
            boolean onPostgres = place.equals("postgresql");
            try (TestDatabase source = new TestDatabase(); TestDatabase replica = onPostgres ? TestDatabase.onPostgres() : new TestDatabase("jdbc:h2:" + place)) {
                String table = "CREATE TABLE account (id INT PRIMARY KEY, name VARCHAR(40), a INT, b INT, c DOUBLE PRECISION, d TIMESTAMP, e NUMERIC(12, 2), f VARCHAR(60))";
                source.execute(table, "CREATE TABLE history (id INT PRIMARY KEY, account INT NOT NULL, delta INT, at TIMESTAMP)");
                replica.execute(table, "CREATE TABLE history (id INT PRIMARY KEY, account INT NOT NULL, delta INT, at TIMESTAMP)",
                        "INSERT INTO waybill.remote_user (user_name, consolidate, type_name, address, frequency) VALUES ('hq', 'Y', 'FILE', 'hq', 'B')");
                replica.connection().setAutoCommit(false);
                measure(place, "insert", replica, inserts(new Source(source)), ApplyThroughputTest::bareInsert, "TRUNCATE TABLE account");
                source.execute("INSERT INTO account SELECT x, 'n', 1, 1, 1, NULL, 1, 'f' FROM SYSTEM_RANGE(0, 19999)");
                replica.execute("DELETE FROM account", "INSERT INTO account SELECT x, 'n', 1, 1, 1, NULL, 1, 'f' FROM " + (onPostgres ? "generate_series" : "SYSTEM_RANGE") + "(0, 19999) AS r(x)");
                measure(place, "update", replica, updates(new Source(source)), ApplyThroughputTest::bareUpdate, "TRUNCATE TABLE history");
                measure(place, "mixed", replica, mixed(new Source(source)), ApplyThroughputTest::bareMixed, "TRUNCATE TABLE history");
            }
        }
    }

    private interface Bare {
        long run(Connection raw) throws Exception;
    }

    private static void measure(String place, String what, TestDatabase replica, List<ReceivedTransaction> work, Bare bare, String undo) throws Exception {
        double[] ours = new double[ROUNDS];
        double[] theirs = new double[ROUNDS];
        Applier applier = new Applier(replica.dialect());
        for (int round = -WARM; round < ROUNDS; round++) {
            replica.execute(undo, "UPDATE waybill.remote_user SET log_received = 0");
            replica.connection().commit();
            long begin = System.nanoTime();
            long rows = 0;
            for (int done = 0; done < work.size();) {
                ApplyResult result = applier.apply(replica.connection(), "hq", work.subList(done, work.size()));
                replica.connection().commit();
                done += result.transactions();
                rows += result.rows();
            }
            ours[Math.max(round, 0)] = rows * 1e9 / (System.nanoTime() - begin);
            replica.execute(undo);
            replica.connection().commit();
            begin = System.nanoTime();
            rows = bare.run(replica.connection());
            theirs[Math.max(round, 0)] = rows * 1e9 / (System.nanoTime() - begin);
        }
        Arrays.sort(ours);
        Arrays.sort(theirs);
        System.out.printf("%-8s %-8s apply %,10.0f rows/s   bare batches %,10.0f rows/s   ratio %.2f%n", place.substring(0, 4), what, ours[ROUNDS / 2], theirs[ROUNDS / 2], ours[ROUNDS / 2] / theirs[ROUNDS / 2]);
    }

    private static List<ReceivedTransaction> inserts(Source hq) throws Exception {
        List<ReceivedTransaction> work = new ArrayList<>();
        for (int i = 0; i < TRANSACTIONS; i++) {
            work.add(hq.insert("ACCOUNT", "INSERT INTO account SELECT " + i * 10 + " + x, 'name ' || x, x, x, x, TIMESTAMP '2026-11-21 10:00:00', x, 'a longer text of a row' FROM SYSTEM_RANGE(0, 9)").commit());
        }
        hq.delete("ACCOUNT", "DELETE FROM account").commit();
        return work;
    }

    private static List<ReceivedTransaction> updates(Source hq) throws Exception {
        List<ReceivedTransaction> work = new ArrayList<>();
        for (int i = 0; i < TRANSACTIONS; i++) {
            work.add(hq.update("ACCOUNT", "UPDATE account SET a = a + 1, d = TIMESTAMP '2026-11-21 10:00:00' WHERE id BETWEEN " + i * 10 + " AND " + (i * 10 + 9)).commit());
        }
        return work;
    }

    private static List<ReceivedTransaction> mixed(Source hq) throws Exception {
        List<ReceivedTransaction> work = new ArrayList<>();
        for (int i = 0; i < TRANSACTIONS; i++) {
            hq.update("ACCOUNT", "UPDATE account SET a = a + 1 WHERE id = " + i);
            hq.update("ACCOUNT", "UPDATE account SET b = b - 1 WHERE id = " + (10_000 + i % 10));
            hq.insert("HISTORY", "INSERT INTO history VALUES (" + i + ", " + i + ", 5, TIMESTAMP '2026-11-21 10:00:00')");
            work.add(hq.commit());
        }
        return work;
    }

    private static long bareInsert(Connection raw) throws Exception {
        try (PreparedStatement insert = raw.prepareStatement("INSERT INTO account VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (int i = 0; i < TRANSACTIONS * 10; i++) {
                insert.setLong(1, i);
                insert.setString(2, "name " + i % 10);
                insert.setLong(3, i % 10);
                insert.setLong(4, i % 10);
                insert.setDouble(5, i % 10);
                insert.setObject(6, LocalDateTime.of(2026, 11, 21, 10, 0));
                insert.setBigDecimal(7, BigDecimal.valueOf(i % 10));
                insert.setString(8, "a longer text of a row");
                insert.addBatch();
                if (i % 1000 == 999) {
                    insert.executeBatch();
                }
                if (i % 10_000 == 9_999) {
                    raw.commit();
                }
            }
        }
        return TRANSACTIONS * 10L;
    }

    private static void update(PreparedStatement update, int id) throws Exception {
        update.setString(1, "n");
        update.setLong(2, 2);
        update.setLong(3, 1);
        update.setDouble(4, 1);
        update.setObject(5, LocalDateTime.of(2026, 11, 21, 10, 0));
        update.setBigDecimal(6, BigDecimal.ONE);
        update.setString(7, "f");
        update.setLong(8, id);
        update.addBatch();
    }

    private static long bareUpdate(Connection raw) throws Exception {
        try (PreparedStatement update = raw.prepareStatement("UPDATE account SET name = ?, a = ?, b = ?, c = ?, d = ?, e = ?, f = ? WHERE id = ?")) {
            for (int i = 0; i < TRANSACTIONS * 10; i++) {
                update(update, i);
                if (i % 1000 == 999) {
                    update.executeBatch();
                }
                if (i % 10_000 == 9_999) {
                    raw.commit();
                }
            }
        }
        return TRANSACTIONS * 10L;
    }

    private static long bareMixed(Connection raw) throws Exception {
        try (PreparedStatement update = raw.prepareStatement("UPDATE account SET name = ?, a = ?, b = ?, c = ?, d = ?, e = ?, f = ? WHERE id = ?");
                PreparedStatement insert = raw.prepareStatement("INSERT INTO history VALUES (?, ?, ?, ?)")) {
            for (int i = 0; i < TRANSACTIONS; i++) {
                update(update, i);
                update(update, 10_000 + i % 10);
                insert.setLong(1, i);
                insert.setLong(2, i);
                insert.setLong(3, 5);
                insert.setObject(4, LocalDateTime.of(2026, 11, 21, 10, 0));
                insert.addBatch();
                if (i % 1000 == 999) {
                    update.executeBatch();
                    insert.executeBatch();
                }
            }
            raw.commit();
        }
        return TRANSACTIONS * 3L;
    }
}
