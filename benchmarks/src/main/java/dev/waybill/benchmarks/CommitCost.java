// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the driver costs on the way of a transaction: every workload at 1 and 8 threads on the bare driver, through Waybill, and through Waybill with the agent sequencing beside it.
 *
 * <p>Options: {@code --rounds N} (default 25), {@code --slice-ms N} (default 60), {@code --seed N}, {@code --memory} (H2 in memory instead of a file), {@code --only WORKLOAD}, {@code --own-time} (operations for each second of
 * processor time that the application's threads have spent themselves, on a machine that is busy with other things; what the database and the agent do in threads of their own is not in it).
 */
public final class CommitCost {

    private static final int[] THREADS = {1, 8};
    private static final ThreadMXBean OWN = ManagementFactory.getThreadMXBean();

    /** What is compared. */
    enum Variant { BARE, WAYBILL, WAYBILL_AND_AGENT }

    private final Options options;
    private final Map<Variant, String> urls = new EnumMap<>(Variant.class);
    private final AtomicLong ids = new AtomicLong();
    private volatile long sink;

    private CommitCost(Options options) {
        this.options = options;
    }

    public static void main(String[] arguments) throws Exception {
        new CommitCost(Options.of(arguments)).run();
        System.exit(0);
    }

    private void run() throws Exception {
        System.out.printf(Locale.ROOT, "%s, %d processors, Java %s, %d rounds of %d ms, seed %d, H2 %s%s%n%n", System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.version"), options.rounds(), options.sliceMillis(), options.seed(), options.memory() ? "in memory" : "file", options.ownTime() ? ", own processor time of the application's threads" : "");
        System.out.printf(Locale.ROOT, "%-22s %7s %16s   %-24s %-24s%n", "workload", "threads", "bare, per second", "waybill / bare", "waybill + agent / bare");
        Path directory = Files.createTempDirectory("waybill-bench");
        List<Connection> open = new ArrayList<>();
        for (Variant variant : Variant.values()) {
            open.add(create(variant, directory));
        }
        for (Workload workload : Workload.values()) {
            for (int threads : THREADS) {
                if (options.only() == null || workload.name().equalsIgnoreCase(options.only())) {
                    measure(workload, threads);
                }
            }
        }
        for (Connection connection : open) {
            connection.close();
        }
    }

    /** Creates the database and keeps one connection, so that it stays open. */
    private Connection create(Variant variant, Path directory) throws SQLException {
        String real = options.memory() ? "h2:mem:" + variant + ";DB_CLOSE_DELAY=-1" : "h2:file:" + directory.resolve(variant.name().toLowerCase(Locale.ROOT));
        try (Connection connection = DriverManager.getConnection("jdbc:" + real)) {
            Schema.create(connection);
        }
        urls.put(variant, variant == Variant.BARE ? "jdbc:" + real : "jdbc:waybill:" + real);
        Connection connection = connect(variant);
        if (variant != Variant.BARE) {
            Schema.publish(connection);
        }
        return connection;
    }

    private Connection connect(Variant variant) throws SQLException {
        var properties = new Properties();
        if (variant != Variant.BARE) {
            properties.setProperty("waybill.agent", variant == Variant.WAYBILL ? "off" : "auto");
        }
        return DriverManager.getConnection(urls.get(variant), properties);
    }

    private void measure(Workload workload, int threads) throws Exception {
        Map<Variant, List<Double>> rates = new EnumMap<>(Variant.class);
        Map<Variant, List<Connection>> connections = new EnumMap<>(Variant.class);
        Map<Variant, List<Workload.Worker>> workers = new EnumMap<>(Variant.class);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        for (Variant variant : Variant.values()) {
            rates.put(variant, new ArrayList<>());
            connections.put(variant, new ArrayList<>());
            workers.put(variant, new ArrayList<>());
            for (int i = 0; i < threads; i++) {
                Connection connection = connect(variant);
                connections.get(variant).add(connection);
                workers.get(variant).add(workload.open(connection, ids, new SplittableRandom(options.seed() + i)));
            }
        }
        var order = new ArrayList<>(List.of(Variant.values()));
        var random = new Random(options.seed());
        for (int round = -options.rounds() / 4 - 2; round < options.rounds(); round++) {
            Collections.shuffle(order, random);
            for (Variant variant : order) {
                double rate = slice(executor, workers.get(variant));
                emptyOutbox(variant);
                if (round >= 0) {
                    rates.get(variant).add(rate);
                }
            }
        }
        executor.shutdown();
        for (List<Connection> some : connections.values()) {
            for (Connection connection : some) {
                connection.close();
            }
        }
        report(workload, threads, rates);
    }

    private double slice(ExecutorService executor, List<Workload.Worker> workers) throws Exception {
        long end = System.nanoTime() + options.sliceMillis() * 1_000_000L;
        List<Callable<double[]>> tasks = new ArrayList<>();
        for (Workload.Worker worker : workers) {
            tasks.add(() -> {
                long count = 0;
                long start = System.nanoTime();
                long spent = OWN.getCurrentThreadCpuTime();
                long now;
                do {
                    sink = worker.once();
                    count++;
                    now = System.nanoTime();
                } while (now < end);
                return new double[] {count * 1e9 / (options.ownTime() ? OWN.getCurrentThreadCpuTime() - spent : now - start)};
            });
        }
        double total = 0;
        for (Future<double[]> result : executor.invokeAll(tasks)) {
            total += result.get()[0];
        }
        return total;
    }

    /** Without an agent nobody takes the outbox away; its growth is not what is measured. */
    private void emptyOutbox(Variant variant) throws SQLException {
        if (variant == Variant.WAYBILL) {
            try (Connection raw = DriverManager.getConnection(urls.get(variant).replace("jdbc:waybill:", "jdbc:")); Statement statement = raw.createStatement()) {
                statement.executeUpdate("TRUNCATE TABLE waybill.outbox");
            }
        }
    }

    private static void report(Workload workload, int threads, Map<Variant, List<Double>> rates) {
        System.out.printf(Locale.ROOT, "%-22s %7d %,16.0f   %-24s %-24s%n", workload.title(), threads, median(rates.get(Variant.BARE)), ratio(rates, Variant.WAYBILL),
                ratio(rates, Variant.WAYBILL_AND_AGENT));
    }

    /** Median and quartiles of the ratio, round by round. */
    private static String ratio(Map<Variant, List<Double>> rates, Variant variant) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < rates.get(variant).size(); i++) {
            ratios.add(rates.get(variant).get(i) / rates.get(Variant.BARE).get(i));
        }
        return String.format(Locale.ROOT, "%.2f  (%.2f to %.2f)", median(ratios), quantile(ratios, 0.25), quantile(ratios, 0.75));
    }

    private static double median(List<Double> values) {
        return quantile(values, 0.5);
    }

    private static double quantile(List<Double> values, double share) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1)))];
    }

    private record Options(int rounds, int sliceMillis, long seed, boolean memory, boolean ownTime, String only) {

        static Options of(String[] arguments) {
            List<String> list = List.of(arguments);
            return new Options(Integer.parseInt(value(list, "--rounds", "25")), Integer.parseInt(value(list, "--slice-ms", "60")), Long.parseLong(value(list, "--seed", "1")),
                    list.contains("--memory"), list.contains("--own-time"), value(list, "--only", null));
        }

        private static String value(List<String> arguments, String name, String otherwise) {
            int index = arguments.indexOf(name);
            return index < 0 ? otherwise : arguments.get(index + 1);
        }
    }
}
