// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import dev.waybill.link.FileLink;
import dev.waybill.link.http.Access;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A thousand remotes on one port: all of them wait at {@code ./waybill agent --http} in a process of its own, each posts now and then, and each gets a message now and then, as the head office's agent puts it into its mailbox.
 *
 * <p><b>What is timed.</b> <i>Down</i>: from the message being in the mailbox until the remote, who was waiting, has read it. <i>Up</i>: from posting until it is on the office's disk. <i>Later</i>: how often the office asked to come later; <i>failed</i>: requests
 * without an answer. Threads, memory and processor time are the office's, by {@code /proc}.
 *
 * <p>Options: {@code --waybill FILE} (the program, default {@code ./waybill}), {@code --remotes N} (default 1000), {@code --every SECONDS} (between two messages of a remote, each way; default 20), {@code --seconds N} (default 40).
 */
public final class Remotes {

    private static final Pattern PORT = Pattern.compile("offered on port (\\d+)");
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int MESSAGE_BYTES = 2_000;

    private final int count;
    private final int every;
    private final int seconds;
    private final Path directory;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(Executors.newFixedThreadPool(8, Way::daemon)).build();
    private final Map<String, String> tokens = new ConcurrentHashMap<>();
    private final Map<String, Long> put = new ConcurrentHashMap<>();
    private final Queue<Long> down = new ConcurrentLinkedQueue<>();
    private final Queue<Long> up = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger later = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private volatile boolean over;
    private String url;

    private Remotes(List<String> arguments, Path directory) {
        this.count = number(arguments, "--remotes", 1_000);
        this.every = number(arguments, "--every", 20);
        this.seconds = number(arguments, "--seconds", 40);
        this.directory = directory;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> list = List.of(arguments);
        Path directory = Files.createTempDirectory("waybill-remotes");
        Remotes remotes = new Remotes(list, directory);
        remotes.prepare();
        Process office = new ProcessBuilder(list.contains("--waybill") ? list.get(list.indexOf("--waybill") + 1) : "./waybill", "agent", remotes.database(), "--http", "0", "--http-host", "127.0.0.1", "--keys", directory.resolve("keys").toString())
                .redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile()).start();
        try {
            remotes.url = "http://127.0.0.1:" + port(directory.resolve("log")) + "/mail/";
            remotes.run(office.pid());
        } finally {
            office.destroy();
            office.waitFor(60, TimeUnit.SECONDS);
            try (var files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
        System.exit(0);
    }

    private String database() {
        return "jdbc:h2:file:" + directory.resolve("hq");
    }

    private void prepare() throws SQLException, IOException {
        Properties properties = new Properties();
        properties.setProperty("waybill.agent", "off");
        Access access = new Access(directory.resolve("keys"), InstantSource.system());
        try (Connection hq = DriverManager.getConnection(database().replace("jdbc:", "jdbc:waybill:"), properties)) {
            Pair.execute(hq, "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE HTTP ADDRESS 'hq'", "SET REMOTE HTTP OPTION directory = '" + directory.resolve("mail") + "'", "SET REMOTE HTTP OPTION signature = 'off'");
            for (int i = 0; i < count; i++) {
                tokens.put(name(i), access.grant(name(i), new SecureRandom()));
                Pair.execute(hq, "GRANT REMOTE TO " + name(i) + " TYPE HTTP ADDRESS '" + name(i) + "' SEND EVERY '00:00:00'");
            }
        }
    }

    private static String name(int number) {
        return "shop" + number;
    }

    private static int port(Path log) throws IOException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < until) {
            Matcher said = PORT.matcher(Files.readString(log));
            if (said.find()) {
                return Integer.parseInt(said.group(1));
            }
            LockSupport.parkNanos(50_000_000);
        }
        throw new IOException("the office does not begin: " + Files.readString(log));
    }

    private void run(long pid) throws Exception {
        for (int i = 0; i < count; i++) {
            wait(name(i), "\"\"");
        }
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (waiting.get() < count && System.nanoTime() < until) {
            LockSupport.parkNanos(100_000_000);
        }
        System.out.printf(Locale.ROOT, "%d of %d remotes have been answered and wait again%n", waiting.get(), count);
        long used = processorMillis(pid);
        Random random = new Random(1);
        FileLink office = new FileLink(directory.resolve("mail"), null, 50_000, InstantSource.system(), new Random(2), Way::daemon);
        long messages = (long) count * seconds / every;
        long start = System.nanoTime();
        for (int i = 0; i < messages; i++) {
            long due = start + i * seconds * 1_000_000_000L / messages;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            post(name(random.nextInt(count)));
            String to = name(random.nextInt(count));
            put.putIfAbsent(to, System.nanoTime());
            office.send(to, Way.message("hq", to, MESSAGE_BYTES));
        }
        LockSupport.parkNanos(2_000_000_000L);
        over = true;
        report(pid, processorMillis(pid) - used, (System.nanoTime() - start) / 1e9);
        office.close();
    }

    private HttpRequest.Builder request(String name, String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).header("Authorization", "Bearer " + tokens.get(name)).timeout(PATIENCE);
    }

    /** Waits, takes what has come, waits again. */
    private void wait(String name, String tag) {
        client.sendAsync(request(name, name + "?wait=25").header("If-None-Match", tag).build(), BodyHandlers.ofString()).whenComplete((answer, cut) -> {
            if (over) {
                return;
            }
            if (cut != null || answer.statusCode() >= 400) {
                refused(cut == null ? answer.statusCode() : 0);
                wait(name, tag);
            } else if (answer.statusCode() == 200 && !answer.body().isBlank()) {
                take(name, answer);
            } else {
                waiting.incrementAndGet();
                wait(name, answer.headers().firstValue("ETag").orElse(tag));
            }
        });
    }

    private void take(String name, HttpResponse<String> listing) {
        String names = String.join("\n", listing.body().lines().limit(100).map(line -> line.substring(0, line.indexOf(' '))).toList());
        client.sendAsync(request(name, name + "?read=1").POST(BodyPublishers.ofString(names)).build(), BodyHandlers.ofByteArray()).thenCompose(read -> {
            Long since = put.remove(name);
            if (since != null && read.statusCode() == 200 && read.body().length > MESSAGE_BYTES) {
                down.add(System.nanoTime() - since);
            }
            return client.sendAsync(request(name, name + "?delete=1").POST(BodyPublishers.ofString(names)).build(), BodyHandlers.discarding());
        }).whenComplete((answer, cut) -> {
            if (cut != null || answer.statusCode() >= 400) {
                refused(cut == null ? answer.statusCode() : 0);
            }
            wait(name, "\"\"");
        });
    }

    private void post(String name) {
        long begun = System.nanoTime();
        client.sendAsync(request(name, "hq").POST(BodyPublishers.ofByteArray(Way.message(name, "hq", MESSAGE_BYTES))).build(), BodyHandlers.discarding()).whenComplete((answer, cut) -> {
            if (cut == null && answer.statusCode() == 201) {
                up.add(System.nanoTime() - begun);
            } else if (!over) {
                refused(cut == null ? answer.statusCode() : 0);
            }
        });
    }

    private void refused(int status) {
        (status == 429 || status == 503 ? later : failed).incrementAndGet();
    }

    private void report(long pid, long processorMillis, double elapsed) throws IOException {
        System.out.printf(Locale.ROOT, "%d remotes, %.0f s; down %s; up %s; later %d, failed %d%n", count, elapsed, spread(down), spread(up), later.get(), failed.get());
        System.out.printf(Locale.ROOT, "the office: %s threads, %s memory, %.0f %% of a processor%n", status(pid, "Threads"), status(pid, "VmRSS"), processorMillis / 10 / elapsed);
    }

    private static String spread(Queue<Long> nanos) {
        double[] sorted = nanos.stream().mapToDouble(each -> each / 1e6).sorted().toArray();
        return sorted.length == 0 ? "none" : String.format(Locale.ROOT, "%d messages, p50 %.1f ms, p99 %.1f ms, most %.1f ms", sorted.length, sorted[sorted.length / 2], sorted[sorted.length * 99 / 100], sorted[sorted.length - 1]);
    }

    private static String status(long pid, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream().filter(line -> line.startsWith(name + ":")).map(line -> line.substring(name.length() + 1).strip()).findFirst().orElse("?");
    }

    /** User and system time, in hundredths of a second there. */
    private static long processorMillis(long pid) throws IOException {
        String[] words = Files.readString(Path.of("/proc/" + pid + "/stat")).replaceFirst(".*\\) ", "").split(" ");
        return Arrays.stream(new int[] {11, 12}).mapToLong(i -> Long.parseLong(words[i])).sum() * 10;
    }

    private static int number(List<String> arguments, String name, int otherwise) {
        int index = arguments.indexOf(name);
        return index < 0 ? otherwise : Integer.parseInt(arguments.get(index + 1));
    }
}
