// SPDX-License-Identifier: Apache-2.0
package dev.waybill.databases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** The MariaDB server of this JVM's tests, with all rights and default settings: InnoDB, strict mode, no binary log. Any thread. */
public final class MariaDbServer {

    private static final int START_SECONDS = 60;
    private static final int PORTS_TRIED = 5;

    /** Started by the first look at this class, stopped when the JVM ends. */
    private static final class Running {
        static final MariaDbServer SERVER = begin();
    }

    private final Path directory;
    private final Process process;
    private final int port;
    private final AtomicInteger names = new AtomicInteger();

    private MariaDbServer(Path directory, Process process, int port) {
        this.directory = directory;
        this.process = process;
        this.port = port;
    }

    /** The one server of this JVM; waits while it starts. On a machine that cannot run it the test is skipped, and says so. */
    public static MariaDbServer running() {
        Assumptions.assumeTrue(MariaDbFiles.canRun(), "the MariaDB server of the tests is for Linux on amd64 and does not run here");
        return Running.SERVER;
    }

    private static MariaDbServer begin() {
        try {
            Path directory = Files.createTempDirectory("waybill-mariadb");
            MariaDbServer server = start(new MariaDbFiles(), directory);
            Runtime.getRuntime().addShutdownHook(new Thread(server::stop, "mariadb stops"));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("MariaDB did not start", e);
        }
    }

    /** A port that is free now may be somebody else's a moment later: then the next one. */
    private static MariaDbServer start(MariaDbFiles files, Path directory) throws IOException {
        files.install(directory);
        return startOn(files, directory, 0);
    }

    /** On data that are there already; on this port, or a free one for 0. */
    static MariaDbServer startOn(MariaDbFiles files, Path directory, int wanted) throws IOException {
        for (int i = 0; i < PORTS_TRIED; i++) {
            int port = wanted == 0 ? freePort() : wanted;
            MariaDbServer server = new MariaDbServer(directory, files.start(directory, arguments(directory, port)), port);
            if (server.isReady()) {
                return server;
            }
        }
        throw new IOException("MariaDB did not start: " + Files.readString(directory.resolve("log")));
    }

    /** Nothing is flushed to the disk, since nobody pulls the plug; commits are written to the log as in production. */
    private static List<String> arguments(Path directory, int port) {
        List<String> arguments = new ArrayList<>(List.of("--port=" + port, "--bind-address=127.0.0.1", "--skip-ssl", "--skip-log-bin", "--innodb-flush-method=nosync", "--innodb-buffer-pool-size=128M",
                "--innodb-log-file-size=64M", "--performance-schema=OFF", "--character-set-server=utf8mb4", "--max-connections=300"));
        arguments.add("--socket=" + directory.resolve("socket"));
        return arguments;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean isReady() {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (process.isAlive() && System.nanoTime() < until) {
            try {
                database("").execute("SELECT 1");
                return true;
            } catch (SQLException notYet) {
                Thread.onSpinWait();
            }
        }
        process.destroyForcibly();
        return false;
    }

    int port() {
        return port;
    }

    Process process() {
        return process;
    }

    private void stop() {
        process.destroyForcibly();
        try {
            process.waitFor(START_SECONDS, TimeUnit.SECONDS);
            MariaDbFiles.remove(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A new, empty database. */
    public MariaDbDatabase freshDatabase() throws SQLException {
        String name = freshName("d");
        database("").execute("CREATE DATABASE " + name);
        return database(name);
    }

    /** A name that this server has not seen: users belong to all databases of a server. */
    public String freshName(String start) {
        return start + "_" + names.incrementAndGet();
    }

    private MariaDbDatabase database(String name) {
        return new MariaDbDatabase("jdbc:mariadb://127.0.0.1:" + port + "/" + name + "?user=root");
    }
}
