// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** SQLite in files, which are gone when the JVM ends; in WAL mode, which ours would have. It has neither arrays nor routines. */
final class SqliteGround implements Ground {

    private static final String ROWS = "INSERT INTO t VALUES (1, 'one', 1.50, '2026-01-02 03:04:05', x'0102', x'0304', 'once upon', TRUE), (2, 'two', NULL, NULL, NULL, NULL, NULL, NULL),"
            + " (3, '3', 3, '2026-01-02 03:04:05', x'', x'', '', FALSE)";

    private final AtomicInteger numbers = new AtomicInteger();
    private final Path directory;

    SqliteGround() {
        try {
            directory = Files.createTempDirectory("waybill-every-method");
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
        directory.toFile().deleteOnExit();
    }

    @Override
    public String freshUrl(boolean isOurs) {
        Path file = directory.resolve((isOurs ? "ours" : "bare") + numbers.incrementAndGet());
        for (String part : List.of("", "-wal", "-shm")) {
            Path.of(file + part).toFile().deleteOnExit();
        }
        return "jdbc:sqlite:" + file + "?journal_mode=WAL&synchronous=OFF&foreign_keys=on&busy_timeout=60000";
    }

    @Override
    public List<String> content() {
        return List.of(
                "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(20) DEFAULT 'new', amount DECIMAL(10, 2), at TIMESTAMP, bytes BLOB, picture BLOB, story CLOB, flag BOOLEAN)",
                ROWS,
                "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES t (id))",
                "CREATE INDEX by_name ON t (name)",
                "CREATE TABLE plain (a INTEGER, b VARCHAR(5))",
                "CREATE VIEW seen AS SELECT id, name FROM t");
    }

    @Override
    public List<String> bringBack() {
        return List.of("DROP TABLE IF EXISTS made", "DELETE FROM child", "DELETE FROM t", ROWS, "UPDATE sqlite_sequence SET seq = 3 WHERE name = 't'");
    }

    @Override
    public boolean keepsConnections() {
        return false;
    }

    @Override
    public Set<String> lacks() {
        return Set.of("array", "rows of an array", "xml", "blob", "call", "call with out parameter", "scrollable updatable statement", "updatable rows", "updatable rows, inserting");
    }

    @Override
    public List<String> questions() {
        return List.of("SELECT * FROM t ORDER BY id", "SELECT * FROM child ORDER BY id", "SELECT * FROM plain ORDER BY a", "SELECT seq FROM sqlite_sequence WHERE name = 't'",
                "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'waybill~_%' ESCAPE '~' AND tbl_name NOT LIKE 'waybill~_%' ESCAPE '~' ORDER BY 1, 2");
    }
}
