// SPDX-License-Identifier: Apache-2.0
package dev.waybill.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.frameworks.Exchange.Product;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;

/** What is done with every pool: threads that borrow connections, write in and out of transactions, roll back, and give them back as they are. */
final class PoolStory {

    private static final int THREADS = 4;
    private static final int TURNS = 15;

    private PoolStory() {}

    /** A pool as the application makes it, of its URL. */
    interface Pool {
        DataSource of(String url) throws Exception;
    }

    static void run(Path directory, Pool pool) throws Exception {
        run(Product.H2, directory, pool);
    }

    static void run(Product product, Path directory, Pool pool) throws Exception {
        try (Exchange exchange = Exchange.on(product, directory)
                .made("CREATE TABLE book (id #identity, title VARCHAR(100) NOT NULL, writer INTEGER)").publish("book")) {
            DataSource source = pool.of(exchange.url());
            try {
                List<CompletableFuture<Void>> threads = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    int writer = i;
                    threads.add(CompletableFuture.runAsync(() -> write(source, product, writer)));
                }
                threads.forEach(CompletableFuture::join);
            } finally {
                if (source instanceof AutoCloseable closeable) {
                    closeable.close();
                }
            }
            exchange.assertReplicated(THREADS * TURNS, "book");
        }
    }

    private static void write(DataSource source, Product product, int writer) {
        for (int turn = 0; turn < TURNS; turn++) {
            try (Connection connection = source.getConnection()) {
                assertThat(connection.getAutoCommit()).isTrue();
                assertThat(connection.getMetaData().getURL()).startsWith("jdbc:" + product.name().toLowerCase(Locale.ROOT) + ":");
                insert(connection, "alone " + turn, writer);
                connection.setAutoCommit(false);
                insert(connection, "first " + turn, writer);
                insert(connection, "second " + turn, writer);
                if (turn % 3 == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                }
                insert(connection, "given back uncommitted", writer);
                connection.rollback();
                connection.setAutoCommit(true);
            } catch (Exception failed) {
                throw new IllegalStateException(failed);
            }
        }
    }

    private static void insert(Connection connection, String title, int writer) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO book (title, writer) VALUES (?, ?)", Statement.RETURN_GENERATED_KEYS)) {
            statement.setString(1, title);
            statement.setInt(2, writer);
            assertThat(statement.executeUpdate()).isEqualTo(1);
            try (ResultSet keys = statement.getGeneratedKeys()) {
                assertThat(keys.next()).isTrue();
                assertThat(keys.getStatement()).isSameAs(statement);
            }
        }
    }
}
