// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** An application with a pool and two threads that write until a file says stop, as a process of its own too. What the database wants done again is done again. */
final class Posters implements AutoCloseable {

    static final String TABLE = "CREATE TABLE post (writer INTEGER, n INTEGER, line VARCHAR(100), PRIMARY KEY (writer, n))";

    private final HikariDataSource pool;
    private final Path stop;
    private final Duration pause;
    private final List<CompletableFuture<Void>> threads = new ArrayList<>();

    Posters(String url, int number, Path stop) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(2);
        this.pool = new HikariDataSource(config);
        this.stop = stop;
        this.pause = url.contains(":sqlite:") ? Duration.ofMillis(25) : Duration.ZERO; // who waits for SQLite's one writer is not in a queue: nobody else would get in
        for (int i = 0; i < 2; i++) {
            int writer = 2 * number + i;
            threads.add(CompletableFuture.runAsync(() -> write(writer), task -> new Thread(task, "poster " + writer).start()));
        }
    }

    /** The process: URL, number, file. */
    public static void main(String[] arguments) {
        try (Posters posters = new Posters(arguments[0], Integer.parseInt(arguments[1]), Path.of(arguments[2]))) {
            posters.join();
        }
    }

    /** Until they have stopped; fails with what one of them met. */
    void join() {
        threads.forEach(CompletableFuture::join);
    }

    /** Fails when one of them has failed. */
    void check() {
        threads.stream().filter(CompletableFuture::isCompletedExceptionally).forEach(CompletableFuture::join);
    }

    private void write(int writer) {
        int n = 0;
        while (!Files.exists(stop)) {
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(writer % 2 == 0);
                post(connection, writer, n);
                n++;
            } catch (SQLException refused) {
                if (!"40001".equals(refused.getSQLState())) {
                    throw new IllegalStateException(refused);
                }
            }
            LockSupport.parkNanos(pause.toNanos());
        }
    }

    private static void post(Connection connection, int writer, int n) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO post VALUES (?, ?, ?)"); PreparedStatement update = connection.prepareStatement("UPDATE post SET line = CONCAT(line, '.') WHERE writer = ? AND n = ?")) {
            insert.setInt(1, writer);
            insert.setInt(2, n);
            insert.setString(3, "line " + n);
            insert.executeUpdate();
            if (!connection.getAutoCommit()) {
                update.setInt(1, writer);
                update.setInt(2, n / 2);
                update.executeUpdate();
                connection.commit();
            }
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
