// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** A real database with our catalogue, H2 in memory unless said otherwise, and the connection of its user. */
final class TestDatabase implements AutoCloseable {

    private static final AtomicLong NUMBER = new AtomicLong();

    private final String url;
    private final Connection connection;

    TestDatabase() throws SQLException {
        this("jdbc:h2:mem:apply" + NUMBER.incrementAndGet() + ";DB_CLOSE_DELAY=-1");
    }

    TestDatabase(String url) throws SQLException {
        this.url = url;
        this.connection = DriverManager.getConnection(url);
        new CatalogueInstaller(dialect(), UUID::randomUUID, InstantSource.system()).install(connection);
    }

    static TestDatabase onMariaDb() throws SQLException {
        TestDatabase database = new TestDatabase(MariaDbServer.running().freshDatabase().url());
        database.dialect().beginAgentSession(database.connection);
        return database;
    }

    /** Where a database has no schemas our tables have a prefix. */
    String local(String sql) {
        return url.startsWith("jdbc:mariadb:") ? MariaDbWords.of(sql) : sql;
    }

    static TestDatabase onPostgres() throws SQLException {
        return new TestDatabase(PostgresServer.running().freshDatabase().url());
    }

    Connection connection() {
        return connection;
    }

    Connection another() throws SQLException {
        return DriverManager.getConnection(url);
    }

    Dialect dialect() throws SQLException {
        return Dialects.of(connection);
    }

    void execute(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(local(sql));
            }
        }
    }

    long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(local(sql))) {
            row.next();
            return row.getLong(1);
        }
    }

    String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(local(sql))) {
            return row.next() ? row.getString(1) : null;
        }
    }

    @Override
    public void close() throws SQLException {
        if (url.startsWith("jdbc:h2:")) {
            execute("SHUTDOWN");
        }
        connection.close();
    }
}
