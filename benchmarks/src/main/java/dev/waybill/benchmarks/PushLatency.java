// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import dev.waybill.agent.AgentSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * From the commit at HQ until the row is visible at the branch, p50 and p99, by a folder and by HTTP, on H2 files on this machine: <i>pushed</i> as the stream sends it by itself ({@code SEND EVERY '00:00:00'}), and by the <i>recipe</i> of docs/refresh.md, where
 * the commit's job calls the branch, which refreshes ({@code SEND ON REQUEST}): three messages and a run instead of one message.
 *
 * <p>One commit at a time, some milliseconds apart; the first tenth warms up and does not count. Options: {@code --commits N} (default 200 for each).
 */
public final class PushLatency {

    private static final long APART_NANOS = 5_000_000;
    private static final long LOOK_NANOS = 200_000;
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final String JOB = "START AFTER COMMIT FOR EACH REPLICA WHERE region = 'EU' RETRY 1, 60 UNIQUE CALL sales_came AT DEFAULT";

    private final int commits;

    private PushLatency(int commits) {
        this.commits = commits;
    }

    /** Opens a way. */
    private interface Opening {
        Way open(Path directory) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> list = List.of(arguments);
        int at = list.indexOf("--commits");
        PushLatency benchmark = new PushLatency(at < 0 ? 200 : Integer.parseInt(list.get(at + 1)));
        Map<String, Opening> ways = new LinkedHashMap<>();
        ways.put("FILE", directory -> Way.folder(directory.resolve("messages")));
        ways.put("HTTP", directory -> Way.http(directory, 0));
        for (Map.Entry<String, Opening> way : ways.entrySet()) {
            for (boolean recipe : new boolean[] {false, true}) {
                double[] latency = benchmark.run(way.getValue(), recipe);
                System.out.printf(Locale.ROOT, "%-4s %-6s  p50 %.1f ms, p99 %.1f ms, most %.1f ms (%d commits)%n", way.getKey(), recipe ? "recipe" : "pushed", latency[latency.length / 2], latency[(int) Math.ceil(0.99 * latency.length) - 1],
                        latency[latency.length - 1], latency.length);
            }
        }
        System.exit(0);
    }

    private double[] run(Opening opening, boolean recipe) throws Exception {
        Path directory = Files.createTempDirectory("waybill-push");
        try (Way way = opening.open(directory); Pair pair = new Pair(directory, way, AgentSettings.DEFAULTS, true)) {
            if (recipe) {
                Pair.execute(pair.branch, "CREATE REMOTE PROCEDURE sales_came AS REFRESH sales", "GRANT EXECUTE ON REMOTE PROCEDURE sales_came TO hq");
                Pair.execute(pair.hq, "GRANT REMOTE TO branch TYPE " + way.type() + " ADDRESS '" + way.address("branch") + "' SEND ON REQUEST", "SET SYNC PROPERTY region = 'EU' FOR REPLICA branch");
            }
            pair.hq.setAutoCommit(false);
            int first = commits / 10;
            double[] millis = new double[commits];
            for (int i = -first; i < commits; i++) {
                double one = one(pair, i + first + 1, recipe);
                if (i >= 0) {
                    millis[i] = one;
                }
                LockSupport.parkNanos(APART_NANOS);
            }
            Arrays.sort(millis);
            return millis;
        } finally {
            delete(directory);
        }
    }

    private static double one(Pair pair, int id, boolean recipe) throws SQLException {
        try (PreparedStatement insert = pair.hq.prepareStatement(Sale.INSERT); PreparedStatement look = pair.branch.prepareStatement("SELECT 1 FROM sale WHERE id = ?")) {
            Sale.bind(insert, id);
            insert.executeUpdate();
            if (recipe) {
                Pair.execute(pair.hq, JOB);
            }
            look.setLong(1, id);
            pair.hq.commit();
            long start = System.nanoTime();
            while (!isThere(look)) {
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    throw new IllegalStateException("row " + id + " did not come");
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
            return (System.nanoTime() - start) / 1e6;
        }
    }

    private static boolean isThere(PreparedStatement look) throws SQLException {
        try (var row = look.executeQuery()) {
            return row.next();
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
