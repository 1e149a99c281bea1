// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.stream.Stream;

/**
 * A program that writes until as many messages as asked for have become visible in somebody's mailbox, and halts its virtual machine in that moment: nothing that H2 still holds in memory gets to the disk.
 * Arguments: JDBC URL, statement with one parameter, first value, mailbox, how many messages.
 */
final class HaltedWriter {

    private HaltedWriter() {}

    public static void main(String[] arguments) throws Exception {
        Path mailbox = Path.of(arguments[3]);
        int enough = Integer.parseInt(arguments[4]);
        long before = messages(mailbox);
        Thread watch = new Thread(() -> haltWhen(mailbox, before + enough), "watch");
        watch.setDaemon(true);
        watch.start();
        try (Connection connection = DriverManager.getConnection(arguments[0])) {
            write(connection, arguments[1], Integer.parseInt(arguments[2]));
        }
    }

    private static void write(Connection connection, String sql, int first) throws SQLException, InterruptedException {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            for (int i = first; i < first + 100_000; i++) {
                insert.setInt(1, i);
                insert.executeUpdate();
                Thread.sleep(1);
            }
        }
    }

    private static void haltWhen(Path mailbox, long enough) {
        while (messages(mailbox) < enough) {
            Thread.onSpinWait();
        }
        Runtime.getRuntime().halt(7);
    }

    /** Messages that are visible whole. */
    static long messages(Path mailbox) {
        try (Stream<Path> files = Files.list(mailbox)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".msg")).count();
        } catch (IOException missing) {
            return 0;
        }
    }
}
