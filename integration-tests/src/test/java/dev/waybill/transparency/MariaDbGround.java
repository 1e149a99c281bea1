// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import dev.waybill.databases.MariaDbServer;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** The MariaDB server of the tests. It has no arrays. */
final class MariaDbGround implements Ground {

    private static final String ROWS = "INSERT INTO t VALUES (1, 'one', 1.50, '2026-01-02 03:04:05', x'0102', x'0304', 'once upon', TRUE), (2, 'two', NULL, NULL, NULL, NULL, NULL, NULL),"
            + " (3, '3', 3, '2026-01-02 03:04:05', '', '', '', FALSE)";
    private static final String RESTART = "ALTER TABLE t AUTO_INCREMENT = 10";

    @Override
    public String freshUrl(boolean isOurs) throws SQLException {
        return MariaDbServer.running().freshDatabase().url();
    }

    @Override
    public List<String> content() {
        return List.of(
                "CREATE TABLE t (id INTEGER AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) DEFAULT 'new', amount DECIMAL(10, 2), at DATETIME, bytes VARBINARY(100), picture LONGBLOB, story LONGTEXT, flag BOOLEAN)",
                ROWS,
                RESTART,
                "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES t (id))",
                "CREATE INDEX by_name ON t (name)",
                "CREATE TABLE plain (a INTEGER, b VARCHAR(5))",
                "CREATE FUNCTION negated(i INTEGER) RETURNS INTEGER DETERMINISTIC NO SQL RETURN -i",
                "CREATE PROCEDURE does_nothing(INOUT i INTEGER) NO SQL SET i = i + 1",
                "CREATE VIEW seen AS SELECT id, name FROM t");
    }

    @Override
    public List<String> bringBack() {
        return List.of("DROP TABLE IF EXISTS made", "DELETE FROM child", "DELETE FROM t", ROWS, RESTART);
    }

    @Override
    public boolean keepsConnections() {
        return true;
    }

    @Override
    public Set<String> lacks() {
        return Set.of("array", "rows of an array", "xml", "keys of nothing asked");
    }

    @Override
    public List<String> questions() {
        return List.of("SELECT * FROM t ORDER BY id", "SELECT * FROM child ORDER BY id", "SELECT * FROM plain ORDER BY a", "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT LIKE 'waybill~_%' ESCAPE '~' ORDER BY 1");
    }
}
