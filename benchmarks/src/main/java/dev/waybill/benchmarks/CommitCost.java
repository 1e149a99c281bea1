// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * What the driver costs on the way of a transaction: every workload at 1 and 8 threads on the bare driver, through Waybill, and through what else there is to compare with ({@link Variant}).
 *
 * <p>Options: {@code --product h2|postgres|mariadb|sqlite|hsqldb}, {@code --rounds N} (default 25), {@code --slice-ms N} (default 60), {@code --seed N}, {@code --memory} (H2 in memory instead of a file), {@code --only WORKLOAD,…}, {@code --own-time}
 * (operations for each second of processor time that the application's threads have spent themselves and, on Linux, the server's processes for them, on a machine that is busy with other things; what a database and the agent do in other
 * threads and processes is not in it, nor is waiting for the disk), {@code --typical} (operations for each second as the median of their times in a slice has it, instead of their number: on a machine that is busy with other things most
 * operations are not interrupted, and the mean is made by those that are), {@code --quietest 0.3} (of all rounds only those three tenths in which others took least of the machine; how much they took is told in any case), {@code --flush-us 250}
 * (PostgreSQL: every flush at a commit takes so much longer than the disk does, by the server's own {@code commit_delay}: what a time added by capture is in proportion to depends on the disk), {@code --warm-ms 4000}
 * (every variant works so long before it is measured: a transaction that waits for the disk is done so rarely that its code is not compiled yet after a second, which whoever runs it all day does not meet).
 */
public final class CommitCost {

    private static final int WARMING_TURNS = 4;
    private static final ThreadMXBean OWN = ManagementFactory.getThreadMXBean();

    private final Options options;
    private final Product product;
    private final AtomicLong ids = new AtomicLong();
    private volatile long sink;

    private CommitCost(Options options, Product product) {
        this.options = options;
        this.product = product;
    }

    public static void main(String[] arguments) throws Exception {
        Options options = Options.of(arguments);
        Product product = switch (options.product()) {
            case "postgres", "postgresql" -> new PostgresProduct(options.flushMicros());
            case "mariadb" -> new MariaDbProduct();
            case "sqlite" -> new SqliteProduct();
            case "hsqldb" -> new HsqldbProduct();
            default -> new H2Product(options.memory());
        };
        new CommitCost(options, product).run();
        product.close();
        System.exit(0);
    }

    private void run() throws Exception {
        System.out.printf(Locale.ROOT, "%s, %d processors, load %.1f, Java %s, %d rounds of %d ms, seed %d, %s%s%n%n", System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(), System.getProperty("java.version"), options.rounds(), options.sliceMillis(), options.seed(), product.title(),
                options.ownTime() ? ", by processor time" : options.typical() ? ", by the median of times" : "");
        System.out.printf(Locale.ROOT, "%-34s %7s %16s", "ratio to bare", "threads", "bare, per second");
        product.variants().stream().filter(variant -> variant != Variant.BARE).forEach(variant -> System.out.printf("   %-20s", variant.title()));
        System.out.println("   others had");
        for (Workload workload : product.workloads()) {
            for (int threads : product.threads()) {
                if (options.wants(workload)) {
                    measure(workload, threads);
                }
            }
        }
        System.out.printf(Locale.ROOT, "%nload %.1f at the end%n", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private void measure(Workload workload, int threads) throws Exception {
        Map<Variant, List<Double>> rates = new EnumMap<>(Variant.class);
        Map<Variant, List<Seat>> workers = new EnumMap<>(Variant.class);
        List<Double> disturbance = new ArrayList<>();
        List<Connection> connections = new ArrayList<>();
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        for (Variant variant : product.variants()) {
            rates.put(variant, new ArrayList<>());
            workers.put(variant, new ArrayList<>());
            for (int i = 0; i < threads; i++) {
                Connection connection = product.connect(variant);
                connections.add(connection);
                LongSupplier server = product.serverTime(connection);
                workers.get(variant).add(new Seat(workload.open(connection, product.ending(variant, workload, connection), ids, new SplittableRandom(options.seed() + i)), server));
            }
        }
        var others = new Others(() -> workers.values().stream().flatMap(List::stream).mapToLong(seat -> seat.server().getAsLong()).sum());
        var order = new ArrayList<>(product.variants());
        var random = new Random(options.seed());
        for (int turn = 0; turn < WARMING_TURNS && options.warmMillis() > 0; turn++) {
            for (Variant variant : order) {
                slice(executor, workers.get(variant), options.warmMillis() / WARMING_TURNS);
                product.emptyOutbox(variant);
            }
        }
        for (int round = -options.rounds() / 4 - 2; round < options.rounds(); round++) {
            Collections.shuffle(order, random);
            others.lap();
            for (Variant variant : order) {
                double rate = slice(executor, workers.get(variant), options.sliceMillis());
                product.emptyOutbox(variant);
                if (round >= 0) {
                    rates.get(variant).add(rate);
                }
            }
            if (round >= 0) {
                disturbance.add(others.lap());
            }
        }
        executor.shutdown();
        for (Connection connection : connections) {
            connection.close();
        }
        report(workload, threads, rates, quietest(disturbance), disturbance);
    }

    /** Which rounds count. */
    private List<Integer> quietest(List<Double> disturbance) {
        return IntStream.range(0, disturbance.size()).boxed().sorted(Comparator.comparing(disturbance::get)).limit(Math.max(1, Math.round(options.quietest() * disturbance.size()))).toList();
    }

    /** A worker, and the processor time that the server spends for it. */
    private record Seat(Workload.Worker worker, LongSupplier server) {

        long spent() {
            return OWN.getCurrentThreadCpuTime() + server.getAsLong();
        }
    }

    /** How long operations took; the last ones, where there are many. One thread. */
    private static final class Times {
        private final long[] nanos = new long[1 << 12];
        private int count;

        void add(long time) {
            nanos[count++ & nanos.length - 1] = time;
        }

        long median() {
            long[] sorted = Arrays.copyOf(nanos, Math.min(count, nanos.length));
            Arrays.sort(sorted);
            return sorted[sorted.length / 2];
        }
    }

    private double slice(ExecutorService executor, List<Seat> workers, int millis) throws Exception {
        long end = System.nanoTime() + millis * 1_000_000L;
        List<Callable<double[]>> tasks = new ArrayList<>();
        for (Seat seat : workers) {
            tasks.add(() -> {
                long count = 0;
                Times times = new Times();
                long before = System.nanoTime();
                long start = System.nanoTime();
                long spent = options.ownTime() ? seat.spent() : 0;
                long now;
                do {
                    sink = seat.worker().once();
                    count++;
                    now = System.nanoTime();
                    times.add(now - before);
                    before = now;
                } while (now < end);
                return new double[] {options.typical() ? 1e9 / times.median() : count * 1e9 / (options.ownTime() ? seat.spent() - spent : now - start)};
            });
        }
        double total = 0;
        for (Future<double[]> result : executor.invokeAll(tasks)) {
            total += result.get()[0];
        }
        return total;
    }

    private void report(Workload workload, int threads, Map<Variant, List<Double>> rates, List<Integer> rounds, List<Double> disturbance) {
        System.out.printf(Locale.ROOT, "%-34s %7d %,16.0f", workload.title(), threads, quantile(rounds.stream().map(rates.get(Variant.BARE)::get).toList(), 0.5));
        product.variants().stream().filter(variant -> variant != Variant.BARE).forEach(variant -> System.out.printf("   %-20s", ratio(rates, variant, rounds)));
        System.out.printf(Locale.ROOT, "   %.0f %%%n", 100 * quantile(rounds.stream().map(disturbance::get).toList(), 0.5));
    }

    /** Median and quartiles of the ratio, round by round. */
    private static String ratio(Map<Variant, List<Double>> rates, Variant variant, List<Integer> rounds) {
        List<Double> ratios = rounds.stream().map(round -> rates.get(variant).get(round) / rates.get(Variant.BARE).get(round)).toList();
        return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", quantile(ratios, 0.5), quantile(ratios, 0.25), quantile(ratios, 0.75));
    }

    private static double quantile(List<Double> values, double share) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, Math.round(share * (sorted.length - 1)))];
    }
}
