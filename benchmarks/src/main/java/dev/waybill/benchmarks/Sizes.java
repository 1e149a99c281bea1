// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import dev.waybill.databases.PostgresServer;
import dev.waybill.link.Link;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Sizes at which replication systems go blind, each in a process with a heap of its own that holds both databases (where these are H2), the application and both agents: how long it takes, and the most heap that is in use after a collection.
 *
 * <p>Options: {@code --only NAME,…} of the cases; {@code --scale PERCENT} of their sizes (default 100). {@code --case NAME} is what the processes are told.
 */
public final class Sizes {

    private static final int BATCH = 1_000;
    private static final int HUNDRED_MEGABYTES = 100_000_000;

    private final Path directory;
    private final int scale;

    private Sizes(Path directory, int scale) {
        this.directory = directory;
        this.scale = scale;
    }

    /** A case and the heap that it has to fit into, in megabytes. */
    private enum Case {
        OFFSETS(256, "20,000 transactions from offset 2^32 - 1,000 on"),
        VALUE(256, "an H2 BLOB of 100 MB"),
        OBJECT(256, "a large object of PostgreSQL of 100 MB"),
        BYTES(1_024, "a bytea of 100 MB"),
        MILLION(256, "a transaction of 1,000,000 rows, in messages of 50,000 bytes"),
        SUBSCRIBERS(256, "40 transactions of a kilobyte for each of 10,000 subscribers"),
        THIRTY_DAYS(256, "30 days offline, 100 transactions an hour");

        private final int heapMegabytes;
        private final String text;

        Case(int heapMegabytes, String text) {
            this.heapMegabytes = heapMegabytes;
            this.text = text;
        }
    }

    public static void main(String[] arguments) throws Exception {
        List<String> list = List.of(arguments);
        String scale = value(list, "--scale", "100");
        String one = value(list, "--case", null);
        if (one != null) {
            new Sizes(Files.createTempDirectory("waybill-sizes"), Integer.parseInt(scale)).run(Case.valueOf(one));
            System.exit(0);
        }
        System.out.printf(Locale.ROOT, "%s, %d processors, Java %s, load %.1f%n", System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(), System.getProperty("java.version"), load());
        String only = value(list, "--only", null);
        for (Case each : Case.values()) {
            if (only == null || List.of(only.toUpperCase(Locale.ROOT).split(",")).contains(each.name())) {
                new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + each.heapMegabytes + "m", "-XX:+UseSerialGC", "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                        "-cp", System.getProperty("java.class.path"), Sizes.class.getName(), "--case", each.name(), "--scale", scale).redirectOutput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor();
            }
        }
    }

    private static String value(List<String> arguments, String name, String otherwise) {
        int index = arguments.indexOf(name);
        return index < 0 ? otherwise : arguments.get(index + 1);
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private int scaled(int size) {
        return (int) ((long) size * scale / 100);
    }

    private void run(Case what) throws Exception {
        long start = System.nanoTime();
        long heap = switch (what) {
            case OFFSETS -> offsets();
            case VALUE -> value(h2(), "CREATE TABLE score (id INT PRIMARY KEY, sound BLOB)");
            case OBJECT -> value(postgres(), "CREATE DOMAIN lo AS oid", "CREATE TABLE score (id INT PRIMARY KEY, sound lo)");
            case BYTES -> value(postgres(), "CREATE TABLE score (id INT PRIMARY KEY, sound BYTEA)");
            case MILLION -> million();
            case SUBSCRIBERS -> subscribers();
            case THIRTY_DAYS -> thirtyDays();
        };
        System.out.printf(Locale.ROOT, "%-12s %s%s: %.1f s; most heap in use after a collection %d MB, of %d; load %.1f%n", what, what.text, scale == 100 ? "" : " (" + scale + " % of it)", (System.nanoTime() - start) / 1e9, heap >> 20,
                Runtime.getRuntime().maxMemory() >> 20, load());
    }

    private String[] h2() {
        return new String[] {"jdbc:h2:file:" + directory.resolve("hq"), "jdbc:h2:file:" + directory.resolve("branch")};
    }

    private static String[] postgres() throws SQLException {
        return new String[] {PostgresServer.running().freshDatabase().url(), PostgresServer.running().freshDatabase().url()};
    }

    private Ends ends(String[] urls, String... tables) throws Exception {
        return new Ends(directory, urls[0], urls[1], tables);
    }

    private static String sale() {
        return "CREATE TABLE sale (" + Sale.COLUMNS + ")";
    }

    private long offsets() throws Exception {
        try (Ends ends = ends(h2(), sale()).start("sale")) {
            long start = (1L << 32) - 1_000;
            try (Connection raw = DriverManager.getConnection(h2()[0])) {
                Pair.execute(raw, "UPDATE waybill.journal_head SET log_offset = " + start + ", trimmed_to = " + start, "UPDATE waybill.remote_user SET log_scanned = " + start);
            }
            insert(ends.hq, 1, scaled(20_000), 1);
            ends.turnUntilConfirmed();
            expect(scaled(20_000), Ends.number(ends.branch, "SELECT COUNT(*) FROM sale"));
            return ends.mostHeapBytes();
        }
    }

    private long value(String[] urls, String... tables) throws Exception {
        try (Ends ends = ends(urls, tables).start("score")) {
            int length = scaled(HUNDRED_MEGABYTES);
            ends.hq.setAutoCommit(false);
            try (PreparedStatement insert = ends.hq.prepareStatement("INSERT INTO score VALUES (1, ?)")) {
                if (tables.length > 1) {
                    insert.setBlob(1, new Noise(length), length);
                } else {
                    insert.setBinaryStream(1, new Noise(length), length);
                }
                insert.executeUpdate();
            }
            ends.hq.commit();
            ends.hq.setAutoCommit(true);
            ends.turnUntilConfirmed();
            expect(length, Ends.number(ends.branch, tables.length > 1 ? "SELECT lo_lseek64(lo_open(sound, 262144), 0, 2) FROM score" : "SELECT OCTET_LENGTH(sound) FROM score"));
            return ends.mostHeapBytes();
        }
    }

    private long million() throws Exception {
        try (Ends ends = ends(h2(), sale()).start("sale")) {
            insert(ends.hq, 1, scaled(1_000_000), scaled(1_000_000));
            ends.turnUntilConfirmed();
            expect(scaled(1_000_000), Ends.number(ends.branch, "SELECT COUNT(*) FROM sale"));
            return ends.mostHeapBytes();
        }
    }

    /** Messages go nowhere: what is measured is the head office. */
    private long subscribers() throws Exception {
        try (Ends ends = ends(h2(), "CREATE TABLE note (id INT PRIMARY KEY, text VARCHAR(2000))").start("note")) {
            int more = scaled(10_000) - 1;
            try (Connection raw = DriverManager.getConnection(h2()[0])) {
                Pair.execute(raw, "INSERT INTO waybill.remote_user (user_name, consolidate, type_name, address, frequency, send_time, log_scanned, log_begun, state_since) SELECT 'r' || x, consolidate, type_name, 'r' || x, frequency,"
                                + " send_time, log_scanned, log_begun, state_since FROM waybill.remote_user, SYSTEM_RANGE(1, " + more + ")",
                        "INSERT INTO waybill.subscription SELECT s.publication_id, 'r' || x, s.subscribe_by, s.state, s.created, s.started, s.stopped, s.snapshot FROM waybill.subscription s, SYSTEM_RANGE(1, " + more + ")",
                        "UPDATE waybill.remote_user SET incarnation = RANDOM_UUID()", "UPDATE waybill.catalogue SET version = version + 1");
            }
            SplittableRandom random = new SplittableRandom(1);
            try (PreparedStatement insert = ends.hq.prepareStatement("INSERT INTO note VALUES (?, ?)")) {
                for (int i = 0; i < 40; i++) {
                    insert.setInt(1, i);
                    insert.setString(2, random.ints(1_000, ' ', '~').collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString());
                    insert.executeUpdate();
                }
            }
            while (ends.turnHq((type, bytes) -> new Nowhere(bytes)) || Ends.number(ends.hq, "SELECT COUNT(*) FROM waybill.remote_user WHERE log_sent < (SELECT log_offset FROM waybill.journal_head)") > 0) {
                ends.pass(Duration.ofMillis(20));
            }
            return ends.mostHeapBytes();
        }
    }

    private long thirtyDays() throws Exception {
        try (Ends ends = ends(h2(), sale()).start("sale")) {
            insert(ends.hq, 1, 1, 1);
            ends.turnUntilConfirmed();
            int anHour = scaled(100);
            for (int hour = 0; hour < 30 * 24; hour++) {
                insert(ends.hq, 2 + hour * anHour, anHour, 1);
                while (ends.turnHq()) {
                    ends.pass(Duration.ofMillis(1));
                }
                ends.pass(Duration.ofHours(1));
            }
            ends.turnUntilConfirmed();
            expect(1 + 30 * 24 * anHour, Ends.number(ends.branch, "SELECT COUNT(*) FROM sale"));
            return ends.mostHeapBytes();
        }
    }

    private static void insert(Connection connection, int from, int rows, int rowsOfATransaction) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement(Sale.INSERT)) {
            for (int i = 1; i <= rows; i++) {
                Sale.bind(insert, from + i - 1);
                insert.addBatch();
                if (i % Math.min(BATCH, rowsOfATransaction) == 0 || i == rows) {
                    insert.executeBatch();
                }
                if (i % rowsOfATransaction == 0) {
                    connection.commit();
                }
            }
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static void expect(long expected, long found) {
        if (expected != found) {
            throw new IllegalStateException(found + " instead of " + expected);
        }
    }

    /** So many bytes that do not compress. */
    private static final class Noise extends InputStream {
        private final SplittableRandom random = new SplittableRandom(1);
        private int left;

        Noise(int length) {
            left = length;
        }

        @Override
        public int read() {
            return left-- > 0 ? random.nextInt(256) : -1;
        }
    }

    /** Takes everything and brings nothing. */
    private record Nowhere(int maxMessageBytes) implements Link {
        @Override
        public void send(String address, byte[] message) {
            // It is gone.
        }

        @Override
        public List<Arrival> list(int atMost) {
            return List.of();
        }

        @Override
        public byte[] read(Arrival arrival) {
            return null;
        }

        @Override
        public void delete(Arrival arrival) {
            // There is none.
        }

        @Override
        public void quarantine(Arrival arrival, String reason) {
            // There is none.
        }

        @Override
        public void onArrival(Runnable wake) {
            // There is none.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
