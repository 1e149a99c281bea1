// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import dev.waybill.agent.AgentEvents;
import dev.waybill.agent.AgentSettings;
import dev.waybill.agent.AgentSurroundings;
import dev.waybill.link.Link;
import dev.waybill.link.Link.LinkException;
import dev.waybill.link.LinkFactory;
import dev.waybill.publication.MessageType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * The same backlog, and the same steady rate, over each way: a folder, HTTP, HTTP over a slow line, mail and Kafka, one after the other in every round, all on this machine.
 *
 * <p><b>What is timed.</b> <i>Down</i>: a backlog of single-row transactions lies in HQ's outbox, both agents know each other, both are stopped; from starting them until the last row is visible at the branch. <i>Out</i> and <i>in</i> are in it. Messages are
 * as long as {@code --message-bytes} says: short ones show what a message costs. <i>Latency</i>: from a commit at HQ until the row is visible at the branch, at a modest rate.
 *
 * <p><i>Alone</i>: the way without databases, messages of 20,000 bytes: up (a branch sends, until all are handed over) and down (HQ has sent; until all were read and deleted at the branch).
 *
 * <p>Options: {@code --rows N} (default 40000), {@code --mail-rows N} (4000: its server here takes 40 ms for a message), {@code --message-bytes N} (default 50000), {@code --rate N} (default 20 a second), {@code --seconds N} (default 10), {@code --delay-ms N} of
 * the slow line in each direction (default 10), {@code --messages N} alone (default 300), {@code --rounds N} (default 3, behind one that warms up), {@code --only FILE,HTTP,SLOW,SMTP,KAFKA}.
 */
public final class Links {

    private final int rows;
    private final int mailRows;
    private final int rate;
    private final int seconds;
    private final int delay;
    private final int messages;
    private final AgentSettings settings;
    private final List<String> only;
    private final Map<String, List<double[]>> results = new LinkedHashMap<>();

    private Links(List<String> arguments) {
        rows = number(arguments, "--rows", 40_000);
        mailRows = number(arguments, "--mail-rows", 4_000);
        rate = number(arguments, "--rate", 20);
        seconds = number(arguments, "--seconds", 10);
        messages = number(arguments, "--messages", 300);
        delay = number(arguments, "--delay-ms", 10);
        settings = AgentSettings.DEFAULTS.withMaxMessageBytes(number(arguments, "--message-bytes", 50_000));
        only = List.of((arguments.contains("--only") ? arguments.get(arguments.indexOf("--only") + 1) : "FILE,HTTP,SLOW,SMTP,KAFKA").split(","));
    }

    /** Opens a way anew: every run begins with empty mailboxes. */
    private interface Opening {
        Way open(Path directory) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> list = List.of(arguments);
        System.out.printf(Locale.ROOT, "%s, %d processors, Java %s%n", System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(), System.getProperty("java.version"));
        Links benchmark = new Links(list);
        for (int round = 0; round <= number(list, "--rounds", 3); round++) {
            benchmark.round(round == 0);
        }
        benchmark.report();
        System.exit(0);
    }

    private void round(boolean warmUp) throws Exception {
        Map<String, Opening> ways = new LinkedHashMap<>();
        ways.put("FILE", directory -> Way.folder(directory.resolve("messages")));
        ways.put("HTTP", directory -> Way.http(directory, 0));
        ways.put("SLOW", directory -> Way.http(directory, delay));
        ways.put("SMTP", Way::mail);
        ways.put("KAFKA", directory -> Way.kafka());
        double[] file = null;
        for (Map.Entry<String, Opening> way : ways.entrySet()) {
            if (only.contains(way.getKey())) {
                double[] result = run(way.getKey(), way.getValue());
                file = way.getKey().equals("FILE") ? result : file;
                result[2] = file == null ? Double.NaN : result[0] / file[0];
                System.out.printf(Locale.ROOT, "%s%-5s %,.0f rows/s, %,.1f messages/s, %.2f of FILE; latency p50 %.1f ms, p99 %.1f ms; alone: up %,.0f, down %,.0f messages/s%n", warmUp ? "(warming up) " : "", way.getKey(), result[0], result[1],
                        result[2], result[3], result[4], result[5], result[6]);
                if (!warmUp) {
                    results.computeIfAbsent(way.getKey(), none -> new ArrayList<>()).add(result);
                }
            }
        }
    }

    private double[] run(String name, Opening opening) throws Exception {
        double[] replicated = rows == 0 ? new double[5] : replicate(name, opening);
        double[] result = Arrays.copyOf(replicated, 7);
        System.arraycopy(alone(opening, name.equals("SMTP") ? messages / 10 : messages), 0, result, 5, 2);
        return result;
    }

    /** Messages a second, up and down. */
    private double[] alone(Opening opening, int count) throws Exception {
        Path directory = Files.createTempDirectory("waybill-links");
        LinkFactory links = AgentSurroundings.system(AgentEvents.NONE).links();
        try (Way way = opening.open(directory); Link hq = open(links, way, "hq"); Link branch = open(links, way, "branch")) {
            branch.list(1); // connections are made
            long start = System.nanoTime();
            send(branch, way.address("hq"), way.message("branch"), count);
            double up = count * 1e9 / (System.nanoTime() - start);
            send(hq, way.address("branch"), way.message("hq"), count);
            start = System.nanoTime();
            take(branch, count);
            return new double[] {up, count * 1e9 / (System.nanoTime() - start)};
        } finally {
            remove(directory);
        }
    }

    private static Link open(LinkFactory links, Way way, String name) throws LinkException {
        Link link = links.open(new MessageType(way.type(), way.address(name), way.options(name)), 50_000);
        link.expect(Set.of("hq", "branch"));
        return link;
    }

    private static void send(Link link, String address, byte[] message, int count) throws LinkException {
        for (int i = 0; i < count; i++) {
            link.sendSoon(address, message);
        }
        link.flush();
    }

    /** As an agent does: what was read is deleted before the next look. */
    private static void take(Link link, int count) throws LinkException {
        for (int taken = 0; taken < count;) {
            for (Link.Arrival arrival : link.list(100)) {
                if (link.read(arrival) != null) {
                    taken++;
                }
                link.deleteSoon(arrival);
            }
        }
        link.list(1);
    }

    private double[] replicate(String name, Opening opening) throws Exception {
        int backlog = name.equals("SMTP") ? mailRows : rows;
        Path directory = Files.createTempDirectory("waybill-links");
        try (Way way = opening.open(directory); Pair pair = new Pair(directory, way, settings)) {
            pair.stopHq();
            pair.stopBranch();
            insert(pair.hq, backlog);
            BareJdbc.force(pair.hq);
            pair.stages.start();
            long start = System.nanoTime();
            pair.startHq();
            pair.startBranch();
            Pair.await(pair.branch, "SELECT COUNT(*) FROM sale WHERE id = " + backlog, 1);
            double elapsed = (System.nanoTime() - start) / 1e9;
            int messages = pair.stages.messages();
            Pair.await(pair.hq, "SELECT COUNT(*) FROM waybill.remote_user WHERE confirm_sent = log_sent", 1);
            double[] lag = lag(pair, backlog + 1);
            return new double[] {backlog / elapsed, messages / elapsed, 0, lag[0], lag[1]};
        } finally {
            remove(directory);
        }
    }

    private static void remove(Path directory) throws Exception {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static void insert(Connection hq, int count) throws SQLException {
        hq.setAutoCommit(false);
        try (PreparedStatement insert = hq.prepareStatement(Sale.INSERT)) {
            for (int i = 1; i <= count; i++) {
                Sale.bind(insert, i);
                insert.executeUpdate();
                hq.commit();
            }
        }
        hq.setAutoCommit(true);
    }

    private double[] lag(Pair pair, int first) throws SQLException {
        double[] lags = new double[rate * seconds];
        try (PreparedStatement insert = pair.hq.prepareStatement(Sale.INSERT); PreparedStatement select = pair.branch.prepareStatement("SELECT id FROM sale WHERE id = ?")) {
            for (int i = 0; i < lags.length; i++) {
                long next = System.nanoTime() + 1_000_000_000L / rate;
                Sale.bind(insert, first + i);
                insert.executeUpdate();
                long committed = System.nanoTime();
                select.setInt(1, first + i);
                Pair.await(() -> {
                    try (ResultSet row = select.executeQuery()) {
                        return row.next();
                    }
                }, "row " + (first + i) + " is there");
                lags[i] = (System.nanoTime() - committed) / 1e6;
                while (System.nanoTime() < next) {
                    LockSupport.parkNanos(next - System.nanoTime());
                }
            }
        }
        Arrays.sort(lags);
        return lags.length == 0 ? new double[2] : new double[] {lags[lags.length / 2], lags[lags.length * 99 / 100]};
    }

    private void report() {
        System.out.printf(Locale.ROOT, "%nmedians (least to most)%n");
        results.forEach((name, rounds) -> System.out.printf(Locale.ROOT, "%-5s %s rows/s, %s messages/s, %s of FILE; latency p50 %s ms, p99 %s ms; alone: up %s, down %s messages/s%n", name, spread(rounds, 0, "%,.0f"), spread(rounds, 1, "%,.1f"), spread(rounds, 2, "%.2f"),
                spread(rounds, 3, "%.1f"), spread(rounds, 4, "%.1f"), spread(rounds, 5, "%,.0f"), spread(rounds, 6, "%,.0f")));
    }

    private static String spread(List<double[]> rounds, int column, String format) {
        double[] sorted = rounds.stream().mapToDouble(result -> result[column]).sorted().toArray();
        return String.format(Locale.ROOT, format + " (" + format + " to " + format + ")", sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }

    private static int number(List<String> arguments, String name, int otherwise) {
        int index = arguments.indexOf(name);
        return index < 0 ? otherwise : Integer.parseInt(arguments.get(index + 1));
    }
}
