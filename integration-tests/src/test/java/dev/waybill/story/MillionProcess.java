// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * One large transaction as a program of its own, in a heap of its own; ordinary JDBC. Arguments: JDBC URL, what to do, how many rows, where they are captured (driver or triggers). With a URL of Waybill it stays until everything is confirmed, since the agent beside it sends; it
 * tells how long each took and how full its heap has been.
 */
final class MillionProcess {

    private static final int BATCH = 1_000;

    private MillionProcess() {}

    public static void main(String[] arguments) throws Exception {
        int rows = Integer.parseInt(arguments[2]);
        long start = System.nanoTime();
        try (Connection connection = DriverManager.getConnection(arguments[0])) {
            connection.setAutoCommit(false);
            work(connection, arguments[1], rows);
            tell(arguments[1] + " executed", start);
            connection.commit();
            tell(arguments[1] + " committed", start);
            connection.setAutoCommit(true);
            if (arguments[0].startsWith("jdbc:waybill:")) {
                awaitConfirmed(connection, arguments[3].equals("triggers"));
                tell(arguments[1] + " confirmed", start);
            }
        }
        tell(arguments[1] + " closed", start);
    }

    private static void work(Connection connection, String what, int rows) throws SQLException {
        switch (what) {
            case "statements" -> statements(connection, rows, 1);
            case "batches" -> statements(connection, rows, BATCH);
            case "batch" -> statements(connection, rows, rows);
            case "insert" -> expect(rows, update(connection, "INSERT INTO item SELECT x, 'item number ' || x, x / 100.0, 0 FROM SYSTEM_RANGE(1, " + rows + ")"));
            case "update" -> expect(rows, update(connection, "UPDATE item SET changed = changed + 1, name = name || '!'"));
            case "values" -> values(connection, rows);
            case "value" -> value(connection, rows);
            case "object" -> object(connection, rows);
            case "delete" -> expect(rows, update(connection, "DELETE FROM item"));
            default -> throw new IllegalArgumentException(what);
        }
    }

    private static void statements(Connection connection, int rows, int batch) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO item VALUES (?, ?, ?, ?)")) {
            for (int i = 1; i <= rows; i++) {
                insert.setLong(1, i);
                insert.setString(2, "item number " + i);
                insert.setBigDecimal(3, BigDecimal.valueOf(i, 2));
                insert.setInt(4, 0);
                if (batch == 1) {
                    expect(1, insert.executeUpdate());
                } else {
                    insert.addBatch();
                    if (i % batch == 0) {
                        expect(batch, insert.executeBatch().length);
                    }
                }
            }
        }
    }

    /** One row with a text and bytes of so many, neither of which this program ever holds. */
    private static void values(Connection connection, int length) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO score VALUES (1, ?, ?)")) {
            insert.setCharacterStream(1, new InputStreamReader(new Noise(length, 'a', 26), StandardCharsets.ISO_8859_1), length);
            insert.setBinaryStream(2, new Noise(length, 0, 256), length);
            expect(1, insert.executeUpdate());
        }
    }

    /** One row with so many bytes. */
    private static void value(Connection connection, int length) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO score VALUES (1, ?)")) {
            insert.setBinaryStream(1, new Noise(length, 0, 256), length);
            expect(1, insert.executeUpdate());
        }
    }

    /** One row with a large object of so many bytes. */
    private static void object(Connection connection, int length) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO score VALUES (1, ?)")) {
            insert.setBlob(1, new Noise(length, 0, 256), length);
            expect(1, insert.executeUpdate());
        }
    }

    /** So many bytes that hardly compress, the same every time. */
    private static final class Noise extends InputStream {
        private final SplittableRandom random = new SplittableRandom(1);
        private final int from;
        private final int kinds;
        private int left;

        Noise(int length, int from, int kinds) {
            this.left = length;
            this.from = from;
            this.kinds = kinds;
        }

        @Override
        public int read() {
            return left-- > 0 ? from + random.nextInt(kinds) : -1;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            int count = Math.min(left, length);
            for (int i = 0; i < count; i++) {
                buffer[offset + i] = (byte) (from + random.nextInt(kinds));
            }
            left -= count;
            return count == 0 && length > 0 ? -1 : count;
        }
    }

    private static long update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeLargeUpdate(sql);
        }
    }

    private static void expect(long expected, long count) {
        if (count != expected) {
            throw new IllegalStateException(count + " rows, not " + expected);
        }
    }

    /** The agent works in a thread beside this one: nothing else can tell from outside. */
    private static void awaitConfirmed(Connection connection, boolean triggers) throws Exception {
        while (triggers && HeadOfficeAndBranch.number(connection, "SELECT COUNT(*) FROM waybill.trigger_row WHERE place > 0") > 0 || HeadOfficeAndBranch.number(connection, "SELECT COUNT(*) FROM waybill.outbox") > 0
                || HeadOfficeAndBranch.number(connection, "SELECT (SELECT log_offset FROM waybill.journal_head) - MIN(log_scanned) + MAX(log_sent - confirm_sent) FROM waybill.remote_user") > 0) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static void tell(String what, long start) {
        long used = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null) {
                used += pool.getCollectionUsage().getUsed();
            }
        }
        System.out.printf("%s after %.1f s; %d MB of heap in use after the last collections, of %d%n", what, (System.nanoTime() - start) / 1e9, used >> 20, Runtime.getRuntime().maxMemory() >> 20);
    }
}
