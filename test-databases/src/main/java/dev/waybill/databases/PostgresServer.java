// SPDX-License-Identifier: Apache-2.0
package dev.waybill.databases;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** The PostgreSQL server of this JVM's tests, or one for benchmarks, with all rights and default settings. Any thread. */
public final class PostgresServer implements AutoCloseable {

    /** Started by the first look at this class, stopped by the server's own shutdown hook. */
    private static final class Running {
        static final PostgresServer SERVER = new PostgresServer(start("off"));
    }

    private final EmbeddedPostgres server;
    private final AtomicInteger names = new AtomicInteger();

    private PostgresServer(EmbeddedPostgres server) {
        this.server = server;
    }

    /** The one server of this JVM; waits while it starts. */
    public static PostgresServer running() {
        return Running.SERVER;
    }

    /** A server of its own that writes its log to the disk with every commit; the caller closes it. */
    public static PostgresServer durable() {
        return new PostgresServer(start("on"));
    }

    private static EmbeddedPostgres start(String fsync) {
        try {
            return EmbeddedPostgres.builder()
                    .setServerConfig("fsync", fsync)
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_prepared_transactions", "20")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL did not start", e);
        }
    }

    /** A new, empty database. */
    public PostgresDatabase freshDatabase() throws SQLException {
        String name = freshName("d");
        database("postgres").execute("CREATE DATABASE " + name);
        return database(name);
    }

    /** A name that this server has not seen: roles belong to all databases of a server. */
    public String freshName(String start) {
        return start + "_" + names.incrementAndGet();
    }

    private PostgresDatabase database(String name) {
        return new PostgresDatabase(server.getJdbcUrl("postgres", name));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
