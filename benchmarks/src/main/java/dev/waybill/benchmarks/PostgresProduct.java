// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import dev.waybill.databases.PostgresDatabase;
import dev.waybill.databases.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL server of its own, whose commits are durable; batches are rewritten by its driver in every variant. Any thread. */
final class PostgresProduct implements Product {

    private static final List<Variant> VARIANTS = List.of(Variant.BARE, Variant.OUTBOX, Variant.WAYBILL, Variant.TRIGGERS, Variant.P6SPY, Variant.DATASOURCE_PROXY);
    private static final int SYNCS = 301;
    private static final int BLOCK = 8192;
    private static final String REWRITE = "&reWriteBatchedInserts=true";

    private final PostgresServer server;
    private final Map<Variant, String> urls = new EnumMap<>(Variant.class);
    private final DataSource proxied;

    /** @param flushMicros by how much longer every flush at a commit takes than the disk does; 0: as the disk does */
    PostgresProduct(int flushMicros) throws IOException, SQLException {
        System.setProperty("p6spy.config.modulelist", "com.p6spy.engine.spy.P6SpyFactory"); // no module that logs
        System.setProperty("p6spy.config.appender", "com.p6spy.engine.spy.appender.StdoutLogger"); // nor its file
        server = PostgresServer.durable();
        delayFlushes(flushMicros);
        for (Variant variant : VARIANTS) {
            PostgresDatabase database = server.freshDatabase();
            urls.put(variant, database.url() + REWRITE);
            try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
                Schema.create(connection, "generate_series($1, $2) AS numbers(x)");
                statement.execute("CREATE TABLE trail (id BIGINT GENERATED ALWAYS AS IDENTITY, payload BYTEA NOT NULL)");
                statement.execute("ALTER TABLE trail ALTER COLUMN payload SET STORAGE EXTERNAL");
                if (variant == Variant.TRIGGERS) {
                    Schema.trigger(connection);
                }
            }
            if (variant.isWaybill()) {
                try (Connection connection = connect(variant)) {
                    Schema.publish(connection);
                }
            }
        }
        PGSimpleDataSource raw = new PGSimpleDataSource();
        raw.setUrl(urls.get(Variant.DATASOURCE_PROXY));
        proxied = ProxyDataSourceBuilder.create(raw).build();
    }

    private void delayFlushes(int micros) throws SQLException {
        try (Connection connection = server.freshDatabase().connect(); Statement statement = connection.createStatement()) {
            statement.execute("ALTER SYSTEM SET commit_delay = " + micros);
            statement.execute("ALTER SYSTEM SET commit_siblings = 0");
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    /** What the server says of its durability, and what the disk under its data takes for one block: without these no figure of time means anything. */
    @Override
    public String title() {
        try (Connection connection = connect(Variant.BARE)) {
            Path data = Path.of(show(connection, "data_directory"));
            return "PostgreSQL " + show(connection, "server_version") + ", fsync " + show(connection, "fsync") + ", synchronous_commit " + show(connection, "synchronous_commit") + " by "
                    + show(connection, "wal_sync_method") + ", " + Files.getFileStore(data).type() + " that syncs a block in " + syncMicros(data) + " us, commit_delay "
                    + show(connection, "commit_delay") + " us";
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SHOW " + setting)) {
            row.next();
            return row.getString(1);
        }
    }

    /** The median of many, of a block within a file that is there, as the server's log is. */
    private static long syncMicros(Path directory) throws IOException {
        Path file = Files.createTempFile(directory, "sync", ".probe");
        long[] nanos = new long[SYNCS];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(SYNCS * BLOCK));
            channel.force(true);
            for (int i = 0; i < SYNCS; i++) {
                channel.write(ByteBuffer.allocate(BLOCK).put((byte) i).rewind(), (long) i * BLOCK);
                long start = System.nanoTime();
                channel.force(false);
                nanos[i] = System.nanoTime() - start;
            }
        }
        Files.delete(file);
        Arrays.sort(nanos);
        return nanos[SYNCS / 2] / 1000;
    }

    @Override
    public List<Variant> variants() {
        return VARIANTS;
    }

    @Override
    public List<Workload> workloads() {
        return List.of(Workload.values());
    }

    @Override
    public String url(Variant variant) {
        return variant == Variant.P6SPY ? urls.get(variant).replaceFirst("jdbc:", "jdbc:p6spy:") : urls.get(variant);
    }

    @Override
    public Connection connect(Variant variant) throws SQLException {
        return variant == Variant.DATASOURCE_PROXY ? proxied.getConnection() : Product.super.connect(variant);
    }

    @Override
    public Ending ending(Variant variant, Workload workload, Connection connection) throws SQLException {
        return variant == Variant.OUTBOX ? Ending.piped(connection, trail(), workload.payloadBytes()) : Ending.bare(connection);
    }

    /** As Linux tells it of the process that serves a connection; nothing elsewhere. */
    @Override
    public LongSupplier serverTime(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            Path process = Path.of("/proc/" + row.getInt(1) + "/schedstat");
            return () -> nanos(process);
        }
    }

    private static long nanos(Path process) {
        try {
            return Files.exists(process) ? Long.parseLong(Files.readString(process).split(" ")[0]) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It grows like the application's own tables; emptying it would make the server plan anew. */
    @Override
    public void emptyOutbox(Variant variant) {
        // See above.
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
