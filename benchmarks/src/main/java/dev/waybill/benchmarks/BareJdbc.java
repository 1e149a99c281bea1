// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What a JDBC program without Waybill takes for some part of the work of a drain, always by batches of a thousand with a commit each. One thread.
 *
 * <pre>
 *   batches   bound values ─► INSERT                                                                             the work of the last stage alone; waits for no disk
 *   copy      SELECT by key ─► INSERT ─► force                                                                   reads, too; forces its target once at the end
 *   queue     SELECT by number ─► INSERT, position in the same commit ─► force ─► DELETE from the queue ─► force   brings a queue to where the outbox of a drain is: rows once and only once at the target, none left
 * </pre>
 */
final class BareJdbc {

    private static final int BATCH = 1000;

    private final int rows;

    BareJdbc(int rows) {
        this.rows = rows;
    }

    /** Into a new table of a database. */
    Speed batches(Path file) throws SQLException {
        try (Connection connection = target(file)) {
            Watch watch = new Watch(rows);
            try (PreparedStatement insert = connection.prepareStatement(Sale.INSERT)) {
                for (int i = 1; i <= rows; i++) {
                    Sale.bind(insert, i);
                    insert.addBatch();
                    if (i % BATCH == 0) {
                        insert.executeBatch();
                        connection.commit();
                    }
                }
                insert.executeBatch();
            }
            connection.commit();
            return watch.stop();
        }
    }

    private static Connection target(Path file) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:h2:file:" + file);
        Pair.execute(connection, "CREATE TABLE sale (" + Sale.COLUMNS + ")", "CREATE TABLE position (moved BIGINT)", "INSERT INTO position VALUES (0)");
        connection.setAutoCommit(false);
        return connection;
    }

    /** The rows of a table to one in another database. */
    Speed copy(String url, Path file) throws SQLException {
        try (Connection from = DriverManager.getConnection(url); Connection to = target(file)) {
            Watch watch = new Watch(rows);
            try (PreparedStatement select = from.prepareStatement("SELECT id, sale.* FROM sale WHERE id > ? ORDER BY id FETCH FIRST 1000 ROWS ONLY"); PreparedStatement insert = to.prepareStatement(Sale.INSERT)) {
                for (long last = 0; last < rows;) {
                    last = next(select, last, insert);
                    to.commit();
                }
            }
            force(to);
            return watch.stop();
        }
    }

    /** A queue of rows, which each stood in a transaction of its own, to a table in another database. */
    Speed queue(Path queue, Path file) throws SQLException {
        try (Connection from = DriverManager.getConnection("jdbc:h2:file:" + queue); Connection to = target(file)) {
            fill(from);
            force(from);
            Watch watch = new Watch(rows);
            try (PreparedStatement select = from.prepareStatement("SELECT * FROM queue WHERE entry > ? ORDER BY entry FETCH FIRST 1000 ROWS ONLY");
                    PreparedStatement insert = to.prepareStatement(Sale.INSERT); PreparedStatement position = to.prepareStatement("UPDATE position SET moved = ?")) {
                for (long last = 0; last < rows;) {
                    last = next(select, last, insert);
                    position.setLong(1, last);
                    position.executeUpdate();
                    to.commit();
                }
            }
            force(to);
            empty(from);
            force(from);
            return watch.stop();
        }
    }

    private void fill(Connection from) throws SQLException {
        Pair.execute(from, "CREATE TABLE queue (entry BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, " + Sale.COLUMNS.replace(" PRIMARY KEY", "") + ")");
        from.setAutoCommit(false);
        try (PreparedStatement insert = from.prepareStatement("INSERT INTO queue (id, shop, customer, amount, at, paid, weight, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (int i = 1; i <= rows; i++) {
                Sale.bind(insert, i);
                insert.executeUpdate();
                from.commit();
            }
        }
    }

    private void empty(Connection from) throws SQLException {
        try (PreparedStatement delete = from.prepareStatement("DELETE FROM queue WHERE entry BETWEEN ? AND ?")) {
            for (int first = 1; first <= rows; first += BATCH) {
                delete.setInt(1, first);
                delete.setInt(2, first + BATCH - 1);
                delete.executeUpdate();
                from.commit();
            }
        }
    }

    /** The rows behind a number, which stands in the first column, in one batch; the last one's number. */
    private static long next(PreparedStatement select, long behind, PreparedStatement insert) throws SQLException {
        long last = behind;
        select.setLong(1, behind);
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                last = row.getLong(1);
                Sale.bind(insert, row, 1);
                insert.addBatch();
            }
        }
        insert.executeBatch();
        return last;
    }

    /** What was committed is on disk. */
    static void force(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT SYNC");
        }
    }
}
