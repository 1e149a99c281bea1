// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** What a worker does over and over; one transaction (or one read) each time. Instances of {@link Worker} belong to one thread. */
enum Workload {

    /** A row by its key, five columns read; no transaction. */
    READ("pass-through read", 0) {
        @Override
        Worker open(Connection connection, Ending ending, AtomicLong ids, SplittableRandom random) throws SQLException {
            connection.setAutoCommit(true);
            PreparedStatement select = connection.prepareStatement("SELECT id, name, price, quantity, since FROM item WHERE id = ?");
            return () -> {
                select.setLong(1, 1 + random.nextInt(Schema.ROWS));
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    return row.getLong(1) + row.getString(2).length() + row.getBigDecimal(3).scale() + row.getInt(4) + row.getTimestamp(5).getNanos();
                }
            };
        }
    },

    /** One row into a table that is not published. */
    UNPUBLISHED("unpublished write", 0) {
        @Override
        Worker open(Connection connection, Ending ending, AtomicLong ids, SplittableRandom random) throws SQLException {
            return insert(connection, ending, "INSERT INTO private_sale VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ids);
        }
    },

    /** One row of eight columns into a published table. */
    SINGLE("published single row", 240) {
        @Override
        Worker open(Connection connection, Ending ending, AtomicLong ids, SplittableRandom random) throws SQLException {
            return insert(connection, ending, "INSERT INTO sale VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ids);
        }
    },

    /** The same in autocommit mode. */
    ALONE("published single row, autocommit", 240) {
        @Override
        Worker open(Connection connection, Ending ending, AtomicLong ids, SplittableRandom random) throws SQLException {
            PreparedStatement insert = connection.prepareStatement(ending.alone("INSERT INTO sale VALUES (?, ?, ?, ?, ?, ?, ?, ?)"));
            return () -> {
                bind(insert, ids.incrementAndGet());
                ending.bind(insert, 8);
                return insert.executeUpdate();
            };
        }
    },

    /** Three updates by key, a read, an insert. */
    TPCB("TPC-B-like", 520) {
        @Override
        Worker open(Connection connection, Ending ending, AtomicLong ids, SplittableRandom random) throws SQLException {
            connection.setAutoCommit(false);
            PreparedStatement account = connection.prepareStatement(ending.returning("UPDATE account SET balance = balance + ? WHERE id = ?"));
            PreparedStatement read = connection.prepareStatement("SELECT balance FROM account WHERE id = ?");
            PreparedStatement teller = connection.prepareStatement(ending.returning("UPDATE teller SET balance = balance + ? WHERE id = ?"));
            PreparedStatement branch = connection.prepareStatement(ending.returning("UPDATE branch SET balance = balance + ? WHERE id = ?"));
            PreparedStatement history = connection.prepareStatement("INSERT INTO history VALUES (?, ?, ?, ?, ?)");
            int own = (int) ids.incrementAndGet() % Schema.BRANCHES;
            return () -> {
                int amount = random.nextInt(1000) - 500;
                int accountId = own * 1000 + random.nextInt(1000);
                update(ending, account, amount, accountId);
                read.setInt(1, accountId);
                long balance;
                try (ResultSet row = read.executeQuery()) {
                    row.next();
                    balance = row.getLong(1);
                }
                update(ending, teller, amount, own * 10 + random.nextInt(10));
                update(ending, branch, amount, own);
                history.setLong(1, ids.incrementAndGet());
                history.setInt(2, own);
                history.setInt(3, accountId);
                history.setInt(4, amount);
                history.setString(5, "history");
                history.executeUpdate();
                ending.commit();
                return balance;
            };
        }
    },

    /** A thousand rows in one batch and one transaction. */
    BATCH("1,000-row batch", 60_000) {
        @Override
        Worker open(Connection connection, Ending ending, AtomicLong ids, SplittableRandom random) throws SQLException {
            connection.setAutoCommit(false);
            PreparedStatement insert = connection.prepareStatement("INSERT INTO sale VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
            return () -> {
                for (int i = 0; i < 1000; i++) {
                    bind(insert, ids.incrementAndGet());
                    insert.addBatch();
                }
                int[] counts = insert.executeBatch();
                ending.commit();
                return counts.length;
            };
        }
    };

    private final String title;
    private final int payloadBytes;

    Workload(String title, int payloadBytes) {
        this.title = title;
        this.payloadBytes = payloadBytes;
    }

    String title() {
        return title;
    }

    /** About as many bytes as Waybill writes for one transaction of it. */
    int payloadBytes() {
        return payloadBytes;
    }

    /** A worker on this connection; statements are prepared once. */
    abstract Worker open(Connection connection, Ending ending, AtomicLong ids, SplittableRandom random) throws SQLException;

    private static Worker insert(Connection connection, Ending ending, String sql, AtomicLong ids) throws SQLException {
        connection.setAutoCommit(false);
        PreparedStatement insert = connection.prepareStatement(sql);
        return () -> {
            bind(insert, ids.incrementAndGet());
            int count = insert.executeUpdate();
            ending.commit();
            return count;
        };
    }

    private static void bind(PreparedStatement insert, long id) throws SQLException {
        insert.setLong(1, id);
        insert.setInt(2, (int) (id % 997));
        insert.setString(3, "customer number " + id % 1000);
        insert.setBigDecimal(4, BigDecimal.valueOf(id % 100_000, 2));
        insert.setTimestamp(5, new Timestamp(1_700_000_000_000L + id));
        insert.setBoolean(6, id % 2 == 0);
        insert.setDouble(7, id / 3.0);
        insert.setString(8, null);
    }

    private static void update(Ending ending, PreparedStatement update, int amount, int id) throws SQLException {
        update.setInt(1, amount);
        update.setInt(2, id);
        ending.update(update);
    }

    /** One unit of work; the result only keeps the compiler from dropping it. */
    interface Worker {
        long once() throws SQLException;
    }
}
