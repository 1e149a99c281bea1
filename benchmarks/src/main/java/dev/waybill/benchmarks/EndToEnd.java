// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * From a commit at HQ to the row at the branch, two H2 files and a shared folder: how fast a backlog drains, what the two ends take of it alone, and the lag at a steady rate.
 *
 * <p><b>What is timed.</b> <i>Drain</i>: the backlog (transactions of one row) lies committed in the outbox and on disk, both agents know each other, that of HQ is not running. From starting it until the last row is visible at the
 * branch: opening its connections, sequencing, sending, receiving and applying are all in it, deleting from the outbox as far as it is done by then. <i>Out</i> and <i>in</i>: the same backlog with only HQ's agent running until it has sent
 * all (<i>cleared</i>: and has deleted all of it from the outbox), then with only the branch's until the last row is visible.
 *
 * <p><b>Beside what.</b> {@link BareJdbc}, in the same round: <i>batches</i> (once before and once after the drain, the mean of both) do the work of the last stage alone, which is what <i>in</i> is held against, and wait for no disk, while
 * in the drain HQ's journal and every message are forced before they are spoken of: for the drain a ratio of one is out of reach. <i>Copy</i> and <i>queue</i> are programs that bring the rows from one database to the other, too.
 *
 * <p>Options: {@code --rows N} of the backlog (default 200000), {@code --rate N} transactions a second (default 200), {@code --seconds N} of it (default 20; 0: not at all), {@code --rounds N} (default 3; one more before them warms up).
 */
public final class EndToEnd {

    private static final List<String> NAMES = List.of("bare JDBC batches, rows/s", "bare JDBC copy, rows/s", "bare JDBC queue, rows/s", "drain, rows/s", "drain / bare batches", "drain / bare copy", "drain / bare queue",
            "out alone, rows/s", "out alone / bare", "out and cleared, rows/s", "in alone, rows/s", "in alone / bare", "lag p50, ms", "lag p99, ms");
    private static final long PATIENCE_NANOS = 300_000_000_000L;

    private final int rows;
    private final int rate;
    private final int seconds;
    private final BareJdbc bare;
    private final List<double[]> results = new ArrayList<>();

    private EndToEnd(int rows, int rate, int seconds) {
        this.rows = rows;
        this.rate = rate;
        this.seconds = seconds;
        this.bare = new BareJdbc(rows);
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
            Speed before = bare.batches(directory.resolve("before"));
            Speed drain = drain(pair);
            Speed after = bare.batches(directory.resolve("after"));
            Speed copy = bare.copy(pair.rawHq(), directory.resolve("copy"));
            Speed queue = bare.queue(directory.resolve("queue"), directory.resolve("moved"));
            Speed[] stages = oneAfterTheOther(pair);
            double batches = (before.rowsPerSecond() + after.rowsPerSecond()) / 2;
            double[] result = {batches, copy.rowsPerSecond(), queue.rowsPerSecond(), drain.rowsPerSecond(), drain.rowsPerSecond() / batches, drain.rowsPerSecond() / copy.rowsPerSecond(),
                drain.rowsPerSecond() / queue.rowsPerSecond(), stages[0].rowsPerSecond(), stages[0].rowsPerSecond() / batches, stages[1].rowsPerSecond(), stages[2].rowsPerSecond(), stages[2].rowsPerSecond() / batches, 0, 0};
            tell(warmUp, result);
            System.out.printf("processor time of a row, microseconds: bare %s and %s; copy %s; queue %s; drain %s; out alone %s, and cleared %s; in alone %s%n", before.microseconds(), after.microseconds(), copy.microseconds(),
                    queue.microseconds(), drain.microseconds(), stages[0].microseconds(), stages[1].microseconds(), stages[2].microseconds());
            if (warmUp) {
                return;
            }
            if (seconds > 0) {
                System.arraycopy(lag(pair), 0, result, result.length - 2, 2);
            }
            results.add(result);
        }
    }

    private Speed drain(Pair pair) throws SQLException {
        pair.stopHq();
        insertOneByOne(pair.hq, 1);
        BareJdbc.force(pair.hq);
        pair.stages.start();
        Watch watch = new Watch(rows);
        pair.startHq();
        awaitRow(pair, rows);
        Speed speed = watch.stop();
        Pair.await(pair.branch, "SELECT COUNT(*) FROM sale", rows);
        System.out.println("drain: " + pair.stages.report());
        Pair.await(pair.hq, "SELECT COUNT(*) FROM waybill.outbox", 0); // or what is left to be deleted would make what is measured next slower
        return speed;
    }

    /** HQ's half of the way, then the branch's. */
    private Speed[] oneAfterTheOther(Pair pair) throws SQLException {
        pair.stopHq();
        pair.stopBranch();
        insertOneByOne(pair.hq, rows + 1);
        BareJdbc.force(pair.hq);
        pair.stages.start();
        Watch outgoing = new Watch(rows);
        pair.startHq();
        Pair.await(() -> pair.stages.sequenced() >= rows, "all is sequenced");
        Pair.await(pair.hq, "SELECT COUNT(*) FROM waybill.remote_user, waybill.journal_head WHERE log_sent = journal_head.log_offset", 1);
        Speed out = outgoing.stop();
        Pair.await(pair.hq, "SELECT COUNT(*) FROM waybill.outbox", 0);
        Speed cleared = outgoing.stop();
        System.out.println("out:   " + pair.stages.report());
        pair.stages.start();
        Watch incoming = new Watch(rows);
        pair.startBranch();
        awaitRow(pair, 2 * rows);
        Speed in = incoming.stop();
        Pair.await(pair.branch, "SELECT COUNT(*) FROM sale", 2L * rows);
        System.out.println("in:    " + pair.stages.report());
        return new Speed[] {out, cleared, in};
    }

    /** Rows become visible in their order; looking for the last one costs next to nothing. */
    private static void awaitRow(Pair pair, int id) throws SQLException {
        Pair.await(pair.branch, "SELECT COUNT(*) FROM sale WHERE id = " + id, 1);
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
        try (PreparedStatement insert = hq.prepareStatement(Sale.INSERT)) {
            hq.setAutoCommit(false);
            long start = System.nanoTime();
            for (int i = 0; i < committed.length; i++) {
                long due = start + i * 1_000_000_000L / rate;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                Sale.bind(insert, first + i);
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
        try (PreparedStatement insert = connection.prepareStatement(Sale.INSERT)) {
            for (int i = from; i < from + rows; i++) {
                Sale.bind(insert, i);
                insert.executeUpdate();
                connection.commit();
            }
        }
        connection.setAutoCommit(true);
    }

    private static void tell(boolean warmUp, double[] result) {
        StringBuilder line = new StringBuilder(warmUp ? "(warming up)" : "");
        for (int i = 0; i < result.length - 2; i++) {
            line.append(String.format(Locale.ROOT, result[i] < 1000 ? "%s%s %.2f" : "%s%s %,.0f", line.isEmpty() ? "" : "; ", NAMES.get(i), result[i]));
        }
        System.out.println(line);
    }

    private void report() {
        System.out.printf(Locale.ROOT, "%nmedians (least to most) of %d rounds%n", results.size());
        for (int i = 0; i < NAMES.size(); i++) {
            int column = i;
            double[] sorted = results.stream().mapToDouble(result -> result[column]).sorted().toArray();
            String format = sorted[sorted.length - 1] < 1000 ? "%,.2f" : "%,.0f";
            System.out.printf(Locale.ROOT, "%-28s " + format + " (" + format + " to " + format + ")%n", NAMES.get(i), sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
        }
    }

    private static int value(List<String> arguments, String name, int otherwise) {
        int index = arguments.indexOf(name);
        return index < 0 ? otherwise : Integer.parseInt(arguments.get(index + 1));
    }
}
