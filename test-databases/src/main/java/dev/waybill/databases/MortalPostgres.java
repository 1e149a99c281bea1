// SPDX-License-Identifier: Apache-2.0
package dev.waybill.databases;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A PostgreSQL server of one test that may be killed and started again on the same data, on the same port. A commit is in its log when it returns. One thread. */
public final class MortalPostgres implements AutoCloseable {

    private static final Duration STARTS_WITHIN = Duration.ofSeconds(90);
    private static final long DIES_WITHIN_SECONDS = 20;

    private final Path data;
    private EmbeddedPostgres server;

    private MortalPostgres(Path data) {
        this.data = data;
    }

    /** A new server with its data below this directory. */
    public static MortalPostgres start(Path directory) {
        MortalPostgres started = new MortalPostgres(directory.resolve("postgres"));
        started.start(0);
        return started;
    }

    private void start(int port) {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false).setRegisterShutdownHook(true).setPGStartupWait(STARTS_WITHIN)
                    .setServerConfig("synchronous_commit", "on").setServerConfig("max_connections", "40");
            if (port != 0) {
                builder.setPort(port);
            }
            server = builder.start();
        } catch (IOException failed) {
            throw new UncheckedIOException("PostgreSQL did not start", failed);
        }
    }

    /** A new, empty database. */
    public PostgresDatabase database(String name) throws SQLException {
        new PostgresDatabase(server.getJdbcUrl("postgres", "postgres")).execute("CREATE DATABASE " + name);
        return new PostgresDatabase(server.getJdbcUrl("postgres", name));
    }

    public int port() {
        return server.getPort();
    }

    /** SIGKILL for the postmaster and everything that it has started; returns when all are gone. */
    public void kill() {
        ProcessHandle postmaster = postmaster();
        List<ProcessHandle> children = postmaster.descendants().toList();
        postmaster.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        gone(postmaster);
        children.forEach(MortalPostgres::gone);
    }

    /** SIGKILL for one process that serves connections, whereupon PostgreSQL ends all of them and recovers by itself. Returns whether there was one. */
    public boolean killBackend(PostgresDatabase of) throws SQLException {
        String pid = of.text("SELECT MIN(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        return pid != null && postmaster().descendants().filter(child -> child.pid() == Long.parseLong(pid)).findFirst().map(ProcessHandle::destroyForcibly).orElse(false);
    }

    /** Again after {@link #kill}: it recovers from its log. */
    public void restart() {
        int port = server.getPort();
        try {
            server.close(); // of what is dead: lets go of its lock file
        } catch (IOException | RuntimeException dead) {
            throw new IllegalStateException("the killed server's files cannot be let go of", dead);
        }
        start(port);
    }

    /** Starts it again if it has ended by itself. Returns whether it had. */
    public boolean restartIfEnded() {
        if (Files.exists(data.resolve("postmaster.pid")) && postmaster().isAlive()) {
            return false;
        }
        restart();
        return true;
    }

    private ProcessHandle postmaster() {
        try {
            long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
            return ProcessHandle.of(pid).orElseThrow(() -> new IllegalStateException("no postmaster " + pid));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("no postmaster", unreadable);
        }
    }

    private static void gone(ProcessHandle process) {
        try {
            process.onExit().get(DIES_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException alive) {
            throw new IllegalStateException("process " + process.pid() + " does not end", alive);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
