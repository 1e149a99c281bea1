// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * From a commit at HQ to the row at the branch, two H2 files and a shared folder: how fast a backlog drains, what the two ends take of it alone, and the lag at a steady rate.
 *
 * <p><b>What is timed.</b> <i>Drain</i>: the backlog (transactions of one row) lies committed in the outbox, both agents know each other, that of HQ is not running. From starting it until the last row is visible at the branch: opening
 * its connections, sequencing, sending, receiving and applying are all in it. <i>Out</i> and <i>in</i>: the same backlog with only HQ's agent running until it has sent all, then with only the branch's until the last row is visible.
 * <i>Bare</i>: the same rows, their eight values bound, into the same table of another H2 file by JDBC batches of a thousand with a commit each; once before and once after every drain, and the mean of both. It does the work of
 * the last stage alone, and waits for no disk, while in the drain HQ's journal and every message are forced before they are spoken of: a ratio of one is out of reach. <i>Copy</i>: what a JDBC program without Waybill does that brings
 * the same rows from HQ's database to another: reads them by a thousand in the order of their keys, writes them by a batch, commits, and forces the file to disk once at the end, as agents do before they confirm. <i>Out</i> ends when
 * nothing is left in the outbox, which is deleted behind what is sent.
 *
 * <p>Options: {@code --rows N} of the backlog (default 200000), {@code --rate N} transactions a second (default 200), {@code --seconds N} (default 20), {@code --rounds N} (default 3; one more before them warms up).
 */
public final class EndToEnd {

    private static final String INSERT = "INSERT INTO sale VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    private static final long PATIENCE_NANOS = 300_000_000_000L;

    private final int rows;
    private final int rate;
    private final int seconds;
    private final List<double[]> results = new ArrayList<>();
    private final OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private EndToEnd(int rows, int rate, int seconds) {
        this.rows = rows;
        this.rate = rate;
        this.seconds = seconds;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> list = List.of(arguments);
        System.out.printf(Locale.ROOT, "%s, %d processors, Java %s%n", System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(), System.getProperty("java.version"));
        EndToEnd benchmark = new EndToEnd(value(list, "--rows", 200_000), value(list, "--rate", 200), value(list, "--seconds", 20));
        int rounds = value(list, "--rounds", 3);
        for (int round = 0; round <= rounds; round++) {
            benchmark.run(round == 0);
        }
        benchmark.report();
        System.exit(0);
    }

    private void run(boolean warmUp) throws SQLException, IOException {
        Path directory = Files.createTempDirectory("waybill-bench");
        try (Pair pair = new Pair(directory)) {
            Speed before = bareBatches(directory.resolve("before"));
            Speed drained = drain(pair);
            Speed after = bareBatches(directory.resolve("after"));
            double copy = copy(pair, directory.resolve("copy")).rowsPerSecond;
            double bare = (before.rowsPerSecond + after.rowsPerSecond) / 2;
            double drain = drained.rowsPerSecond;
            Speed[] stages = oneAfterTheOther(pair);
            double out = stages[0].rowsPerSecond;
            double in = stages[1].rowsPerSecond;
            System.out.printf(Locale.ROOT, "%sbare %,.0f rows a second, copy %,.0f; drain %,.0f, ratio %.2f and %.2f; out alone %,.0f, ratio %.2f; in alone %,.0f, ratio %.2f%n", warmUp ? "(warming up) " : "", bare, copy, drain, drain / bare,
                    drain / copy, out, out / bare, in, in / bare);
            System.out.printf(Locale.ROOT, "processor time of a row, microseconds: bare %.1f and %.1f; drain %.1f; out alone %.1f; in alone %.1f%n", before.microseconds, after.microseconds, drained.microseconds,
                    stages[0].microseconds, stages[1].microseconds);
            if (warmUp) {
                return;
            }
            double[] lags = lag(pair);
            results.add(new double[] {bare, copy, drain, drain / bare, drain / copy, out, out / bare, in, in / bare, lags[0], lags[1]});
        }
    }

    /** What a row took, of the clock and of the processors. */
    private record Speed(double rowsPerSecond, double microseconds) {}

    /** From here on. */
    private final class Watch {
        private final long start = System.nanoTime();
        private final long used = process.getProcessCpuTime();

        Speed stop() {
            return new Speed(rows * 1e9 / (System.nanoTime() - start), (process.getProcessCpuTime() - used) / 1e3 / rows);
        }
    }

    private Speed drain(Pair pair) throws SQLException {
        pair.stopHq();
        insertOneByOne(pair.hq, 1);
        pair.stages.start();
        Watch watch = new Watch();
        pair.startHq();
        awaitRow(pair, rows);
        Speed speed = watch.stop();
        Pair.await(pair.branch, "SELECT COUNT(*) FROM sale", rows);
        System.out.println("drain: " + pair.stages.report());
        return speed;
    }

    /** HQ's half of the way, then the branch's. */
    private Speed[] oneAfterTheOther(Pair pair) throws SQLException {
        pair.stopHq();
        pair.stopBranch();
        insertOneByOne(pair.hq, rows + 1);
        pair.stages.start();
        Watch outgoing = new Watch();
        pair.startHq();
        Pair.await(pair.hq, "SELECT COUNT(*) FROM waybill.remote_user, waybill.journal_head WHERE log_sent = journal_head.log_offset AND NOT EXISTS (SELECT * FROM waybill.outbox)", 1);
        Speed out = outgoing.stop();
        System.out.println("out:   " + pair.stages.report());
        pair.stages.start();
        Watch incoming = new Watch();
        pair.startBranch();
        awaitRow(pair, 2 * rows);
        Speed in = incoming.stop();
        Pair.await(pair.branch, "SELECT COUNT(*) FROM sale", 2L * rows);
        System.out.println("in:    " + pair.stages.report());
        return new Speed[] {out, in};
    }

    /** Rows become visible in their order; looking for the last one costs next to nothing. */
    private static void awaitRow(Pair pair, int id) throws SQLException {
        Pair.await(pair.branch, "SELECT COUNT(*) FROM sale WHERE id = " + id, 1);
    }

    private Speed bareBatches(Path file) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:file:" + file)) {
            Pair.execute(connection, "CREATE TABLE sale" + Pair.ROW);
            connection.setAutoCommit(false);
            Watch watch = new Watch();
            try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                for (int i = 1; i <= rows; i++) {
                    bind(insert, i);
                    insert.addBatch();
                    if (i % 1000 == 0) {
                        insert.executeBatch();
                        connection.commit();
                    }
                }
                insert.executeBatch();
            }
            connection.commit();
            return watch.stop();
        }
    }

    /** The rows of the backlog, with the real driver alone. */
    private Speed copy(Pair pair, Path file) throws SQLException {
        try (Connection from = DriverManager.getConnection(pair.rawHq()); Connection to = DriverManager.getConnection("jdbc:h2:file:" + file); Statement force = to.createStatement()) {
            Pair.execute(to, "CREATE TABLE sale" + Pair.ROW);
            to.setAutoCommit(false);
            Watch watch = new Watch();
            try (PreparedStatement select = from.prepareStatement("SELECT * FROM sale WHERE id > ? ORDER BY id FETCH FIRST 1000 ROWS ONLY"); PreparedStatement insert = to.prepareStatement(INSERT)) {
                for (long last = 0; last < rows;) {
                    last = copy(select, last, insert);
                    insert.executeBatch();
                    to.commit();
                }
            }
            force.execute("CHECKPOINT SYNC");
            return watch.stop();
        }
    }

    /** The next rows behind this key; the last one's key. */
    private static long copy(PreparedStatement select, long behind, PreparedStatement insert) throws SQLException {
        long last = behind;
        select.setLong(1, behind);
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                last = row.getLong(1);
                insert.setLong(1, last);
                insert.setInt(2, row.getInt(2));
                insert.setString(3, row.getString(3));
                insert.setBigDecimal(4, row.getBigDecimal(4));
                insert.setTimestamp(5, row.getTimestamp(5));
                insert.setBoolean(6, row.getBoolean(6));
                insert.setDouble(7, row.getDouble(7));
                insert.setString(8, row.getString(8));
                insert.addBatch();
            }
        }
        return last;
    }

    /** Median and 99th percentile in milliseconds. */
    private double[] lag(Pair pair) throws SQLException {
        int count = rate * seconds;
        int first = 2 * rows + 1;
        long[] committed = new long[count];
        long[] visible = new long[count];
        new Thread(() -> write(pair.hq, first, committed)).start();
        try (PreparedStatement select = pair.branch.prepareStatement("SELECT MAX(id) FROM sale")) {
            int seen = 0;
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (seen < count && System.nanoTime() < deadline) {
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    long now = System.nanoTime();
                    for (long top = row.getLong(1) - first + 1; seen < top; seen++) {
                        visible[seen] = now;
                    }
                }
                LockSupport.parkNanos(500_000);
            }
        }
        long[] lags = new long[count];
        Arrays.setAll(lags, i -> visible[i] - committed[i]);
        Arrays.sort(lags);
        System.out.printf(Locale.ROOT, "lag at %d transactions a second, commit to visible: p50 %.1f ms, p99 %.1f ms, max %.1f ms%n", rate, lags[count / 2] / 1e6, lags[count * 99 / 100] / 1e6,
                lags[count - 1] / 1e6);
        return new double[] {lags[count / 2] / 1e6, lags[count * 99 / 100] / 1e6};
    }

    private void write(Connection hq, int first, long[] committed) {
        try (PreparedStatement insert = hq.prepareStatement(INSERT)) {
            hq.setAutoCommit(false);
            long start = System.nanoTime();
            for (int i = 0; i < committed.length; i++) {
                long due = start + i * 1_000_000_000L / rate;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                bind(insert, first + i);
                insert.executeUpdate();
                hq.commit();
                committed[i] = System.nanoTime();
            }
            hq.setAutoCommit(true);
        } catch (SQLException e) {
            throw new IllegalStateException("the writer failed", e);
        }
    }

    private void insertOneByOne(Connection connection, int from) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (int i = from; i < from + rows; i++) {
                bind(insert, i);
                insert.executeUpdate();
                connection.commit();
            }
        }
        connection.setAutoCommit(true);
    }

    private static void bind(PreparedStatement insert, int id) throws SQLException {
        insert.setLong(1, id);
        insert.setInt(2, id % 997);
        insert.setString(3, "customer number " + id % 1000);
        insert.setBigDecimal(4, BigDecimal.valueOf(id % 100_000, 2));
        insert.setTimestamp(5, new Timestamp(1_700_000_000_000L + id));
        insert.setBoolean(6, id % 2 == 0);
        insert.setDouble(7, id / 3.0);
        insert.setString(8, null);
    }

    private void report() {
        System.out.printf(Locale.ROOT, "%nmedians (least to most) of %d rounds%n", results.size());
        List<String> names = List.of("bare JDBC batches, rows/s", "bare JDBC copy, rows/s", "drain, rows/s", "drain / bare batches", "drain / bare copy", "out alone, rows/s", "out alone / bare", "in alone, rows/s", "in alone / bare", "lag p50, ms", "lag p99, ms");
        for (int i = 0; i < names.size(); i++) {
            int column = i;
            double[] sorted = results.stream().mapToDouble(result -> result[column]).sorted().toArray();
            String format = sorted[sorted.length - 1] < 1000 ? "%,.2f" : "%,.0f";
            System.out.printf(Locale.ROOT, "%-28s " + format + " (" + format + " to " + format + ")%n", names.get(i), sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
        }
    }

    private static int value(List<String> arguments, String name, int otherwise) {
        int index = arguments.indexOf(name);
        return index < 0 ? otherwise : Integer.parseInt(arguments.get(index + 1));
    }
}
