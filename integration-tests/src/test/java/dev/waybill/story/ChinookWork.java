// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/** Random work over the Chinook tables by concurrent threads. Ordinary JDBC. */
final class ChinookWork {

    private static final AtomicInteger NEXT_ID = new AtomicInteger(1_000_000);

    private ChinookWork() {}

    static void workConcurrently(Callable<Connection> connections, long seed, int threads, int transactionsEach) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            var random = new SplittableRandom(seed);
            List<Future<Void>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                SplittableRandom own = random.split();
                all.add(executor.submit(() -> alone(connections, own, transactionsEach)));
            }
            for (Future<Void> one : all) {
                one.get();
            }
        } finally {
            executor.shutdown();
        }
    }

    private static Void alone(Callable<Connection> connections, RandomGenerator random, int transactions) throws Exception {
        try (Connection connection = connections.call()) {
            for (int i = 0; i < transactions; i++) {
                connection.setAutoCommit(random.nextBoolean());
                try {
                    one(connection, random);
                    one(connection, random);
                    end(connection, random);
                } catch (SQLException e) {
                    if (!String.valueOf(e.getSQLState()).matches("40...|23...|HYT00")) {
                        throw e;
                    }
                    if (!connection.getAutoCommit()) {
                        connection.rollback();
                    }
                }
            }
        }
        return null;
    }

    private static void end(Connection connection, RandomGenerator random) throws SQLException {
        if (!connection.getAutoCommit()) {
            if (random.nextInt(10) == 0) {
                connection.rollback();
            } else {
                connection.commit();
            }
        }
    }

    private static void one(Connection connection, RandomGenerator random) throws SQLException {
        switch (random.nextInt(8)) {
            case 0 -> update(connection, "INSERT INTO artist (artist_id, name) VALUES (?, ?)", NEXT_ID.getAndIncrement(), "artist " + random.nextInt());
            case 1 -> update(connection, "INSERT INTO playlist_track SELECT playlist_id, ? FROM playlist WHERE playlist_id < 4 AND NOT EXISTS (SELECT 1 FROM playlist_track p WHERE p.track_id = ? AND p.playlist_id = playlist.playlist_id)",
                    1 + random.nextInt(3000), 1 + random.nextInt(3000));
            case 2 -> update(connection, "UPDATE track SET unit_price = unit_price + 0.01, composer = UPPER(composer) WHERE album_id = ?", 1 + random.nextInt(347));
            case 3 -> update(connection, "DELETE FROM playlist_track WHERE track_id = ?", 1 + random.nextInt(3500));
            case 4 -> update(connection, "UPDATE invoice SET total = (SELECT SUM(unit_price * quantity) FROM invoice_line l WHERE l.invoice_id = invoice.invoice_id) WHERE invoice_id = ?", 1 + random.nextInt(412));
            case 5 -> update(connection, "DELETE FROM invoice_line WHERE invoice_line_id = ?", 1 + random.nextInt(2240));
            case 6 -> update(connection, "UPDATE artist SET artist_id = artist_id + 5000000 WHERE artist_id = ? AND NOT EXISTS (SELECT 1 FROM album WHERE album.artist_id = artist.artist_id)", 1_000_000 + random.nextInt(500));
            default -> update(connection, "UPDATE customer SET email = ?, fax = NULL WHERE customer_id = ?", random.nextInt() + "@example.org", 1 + random.nextInt(59));
        }
    }

    private static void update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
