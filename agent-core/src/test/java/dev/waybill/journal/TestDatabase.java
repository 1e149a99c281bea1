// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A database with our catalogue, for tests; lives until it is closed. */
final class TestDatabase implements AutoCloseable {

    static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    static final InstantSource CLOCK = InstantSource.fixed(NOON);

    final String url;
    final UUID incarnation = UUID.randomUUID();
    final Dialect dialect;
    private final Connection keeper;

    private TestDatabase(String url) throws SQLException {
        this.url = url;
        keeper = DriverManager.getConnection(url);
        dialect = Dialects.of(keeper);
        new CatalogueInstaller(dialect, () -> incarnation, CLOCK).install(keeper);
    }

    static TestDatabase inMemory() throws SQLException {
        return new TestDatabase("jdbc:h2:mem:" + UUID.randomUUID());
    }

    static TestDatabase inFile(Path directory) throws SQLException {
        return new TestDatabase("jdbc:h2:" + directory.resolve("db").toAbsolutePath());
    }

    static TestDatabase onPostgres() throws SQLException {
        return new TestDatabase(PostgresServer.running().freshDatabase().url());
    }

    static TestDatabase onMariaDb() throws SQLException {
        return new TestDatabase(MariaDbServer.running().freshDatabase().url());
    }

    static TestDatabase onHsqldb() throws SQLException {
        return new TestDatabase("jdbc:hsqldb:mem:" + UUID.randomUUID() + ";hsqldb.tx=mvcc;shutdown=true");
    }

    boolean isMariaDb() {
        return dialect.name().equals("mariadb");
    }

    /** A connection at READ COMMITTED with auto-commit off. */
    Connection open() throws SQLException {
        Connection raw = DriverManager.getConnection(url);
        raw.setAutoCommit(false);
        if (isMariaDb()) {
            raw.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        }
        return raw;
    }

    /** Commits one transaction of these parts and returns its id. */
    UUID commit(byte[]... parts) throws SQLException {
        UUID id = UUID.randomUUID();
        try (Connection raw = open(); OutboxWriter writer = new OutboxWriter(dialect, raw)) {
            for (int part = 0; part < parts.length; part++) {
                writer.write(id, part, part == parts.length - 1, parts[part], 0, parts[part].length);
            }
            raw.commit();
        }
        return id;
    }

    /** Sequences until nothing is left. */
    Position sequenceAll(Sequencer sequencer) throws SQLException {
        try (Connection raw = open()) {
            Sequenced done;
            do {
                done = sequencer.sequence(raw);
                raw.commit();
            } while (done.more());
            return done.head();
        }
    }

    void execute(String sql) throws SQLException {
        try (Connection raw = DriverManager.getConnection(url); Statement statement = raw.createStatement()) {
            statement.execute(sql);
        }
    }

    List<String> texts(String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection raw = DriverManager.getConnection(url); PreparedStatement statement = raw.prepareStatement(sql); ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    @Override
    public void close() throws SQLException {
        keeper.close();
    }
}
