// SPDX-License-Identifier: Apache-2.0
package dev.waybill.databases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A MariaDB server of one test that may be killed and started again on the same data, on the same port. A commit is in its log when it returns. One thread. */
public final class MortalMariaDb implements AutoCloseable {

    private static final long DIES_WITHIN_SECONDS = 120;

    private final MariaDbFiles files;
    private final Path directory;
    private MariaDbServer server;

    private MortalMariaDb(MariaDbFiles files, Path directory, MariaDbServer server) {
        this.files = files;
        this.directory = directory;
        this.server = server;
    }

    /** A new server with its data below this directory. On a machine that cannot run it the test is skipped, and says so. */
    public static MortalMariaDb start(Path directory) {
        Assumptions.assumeTrue(MariaDbFiles.canRun(), "the MariaDB server of the tests is for Linux on amd64 and does not run here");
        try {
            MariaDbFiles files = new MariaDbFiles();
            Path own = directory.resolve("mariadb");
            files.install(own);
            return new MortalMariaDb(files, own, MariaDbServer.startOn(files, own, 0));
        } catch (IOException failed) {
            throw new UncheckedIOException("MariaDB did not start", failed);
        }
    }

    /** A new, empty database. */
    public MariaDbDatabase database() throws SQLException {
        return server.freshDatabase();
    }

    /** SIGKILL; returns when it is gone. */
    public void kill() {
        Process process = server.process();
        process.destroyForcibly();
        try {
            if (!process.waitFor(DIES_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("process " + process.pid() + " does not end");
            }
        } catch (InterruptedException nobodyInterrupts) {
            throw new IllegalStateException(nobodyInterrupts);
        }
    }

    /** The server ends one connection to this database, and rolls back what it has done. Returns whether there was one. */
    public boolean killConnection(MariaDbDatabase of) throws SQLException {
        String id = of.text("SELECT MIN(id) FROM information_schema.processlist WHERE db = '" + of.name() + "' AND id <> CONNECTION_ID()");
        if (id != null) {
            of.execute("KILL " + id);
        }
        return id != null;
    }

    /** Again after {@link #kill}: it recovers from its log. */
    public void restart() {
        try {
            server = MariaDbServer.startOn(files, directory, server.port());
        } catch (IOException failed) {
            throw new UncheckedIOException("MariaDB did not start again", failed);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
