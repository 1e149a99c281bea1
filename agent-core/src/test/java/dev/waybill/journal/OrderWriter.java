// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** One of many writers that get into each other's way on few rows, by row locks, foreign keys and unique keys, and say in the outbox what they did. One thread. */
final class OrderWriter implements AutoCloseable {

    private static final int ROWS = 10;
    /** Key taken, parent or child in the way, deadlock, lock time-out; HY000: H2 sometimes finds a transaction that it is rolling back after a deadlock "not OPEN"; 23000: MariaDB's keys. */
    private static final Set<String> EXPECTED = Set.of("23505", "23503", "23506", "40001", "40P01", "55P03", "HYT00", "HY000", "23000");

    /** What writers tell each other outside the database. */
    static final class Shared {
        final AtomicLong ids = new AtomicLong();
        /** A parent whose transaction is about to commit, or has. */
        final AtomicLong parent = new AtomicLong();
    }

    private final Connection raw;
    private final OutboxWriter outbox;
    private final Random random;
    private final Shared shared;
    private final Set<UUID> committed = new HashSet<>();
    private StringBuilder deeds;
    private int part;
    private long newParent;

    OrderWriter(TestDatabase database, long seed, Shared shared) throws SQLException {
        this.raw = database.open();
        try (Statement statement = raw.createStatement()) {
            statement.execute(database.dialect.name().equals("hsqldb") ? "COMMIT" : database.isMariaDb() ? "SET innodb_lock_wait_timeout = 1" : "SET LOCK_TIMEOUT = 10");
            if (database.isMariaDb() && seed % 2 == 0) {
                raw.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            }
        }
        this.outbox = new OutboxWriter(database.dialect, raw);
        this.random = new Random(seed);
        this.shared = shared;
    }

    static void createTables(TestDatabase database) throws SQLException {
        database.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, version BIGINT NOT NULL)");
        database.execute("INSERT INTO account VALUES (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0)");
        database.execute("CREATE TABLE parent (id BIGINT PRIMARY KEY)");
        database.execute("CREATE TABLE child (id BIGINT PRIMARY KEY, parent BIGINT NOT NULL REFERENCES parent (id))");
        database.execute("CREATE TABLE slot (holder BIGINT PRIMARY KEY, k INTEGER NOT NULL UNIQUE)");
    }

    Set<UUID> committed() {
        return committed;
    }

    /** One transaction: one to three deeds, sometimes in several parts; then the last part, a pause, and COMMIT or, one time in fifty, ROLLBACK. Whoever loses a lock or a key rolls back. */
    void transact() throws SQLException {
        UUID id = UUID.randomUUID();
        deeds = new StringBuilder();
        part = 0;
        newParent = 0;
        try {
            int count = random.nextInt(3) > 0 ? 1 : 2 + random.nextInt(2);
            for (int i = 0; i < count; i++) {
                deed();
                if (random.nextInt(10) == 0 && !deeds.isEmpty()) {
                    flush(id, false);
                }
            }
            if (deeds.isEmpty()) {
                raw.rollback();
                return;
            }
            flush(id, true);
            if (newParent > 0) {
                shared.parent.set(newParent);
            }
            pause();
            if (random.nextInt(50) == 0) {
                raw.rollback();
            } else {
                raw.commit();
                committed.add(id);
            }
        } catch (SQLException e) {
            raw.rollback();
            if (!EXPECTED.contains(e.getSQLState())) {
                throw e;
            }
        }
    }

    private void flush(UUID id, boolean last) throws SQLException {
        byte[] bytes = deeds.toString().getBytes(StandardCharsets.UTF_8);
        outbox.write(id, part++, last, bytes, 0, bytes.length);
        if (!last) {
            deeds.setLength(0);
            deeds.append("IDLE;");
        }
    }

    private void pause() {
        if (random.nextInt(3) == 0) {
            LockSupport.parkNanos(random.nextInt(300_000));
        }
    }

    private void deed() throws SQLException {
        switch (random.nextInt(10)) {
            case 0 -> {
                newParent = shared.ids.incrementAndGet();
                update("INSERT INTO parent VALUES (?)", newParent);
                say("PARENT", newParent);
            }
            case 1 -> {
                long parent = shared.parent.get();
                if (parent > 0) {
                    update("INSERT INTO child VALUES (?, ?)", shared.ids.incrementAndGet(), parent);
                    say("CHILD", parent);
                }
            }
            case 2, 3 -> handOver(1 + random.nextInt(3));
            default -> {
                long row = 1 + random.nextInt(ROWS);
                update("UPDATE account SET version = version + 1 WHERE id = ?", row);
                say("VERSION", row, number("SELECT version FROM account WHERE id = ?", row));
            }
        }
    }

    /** Gives a unique value up, or takes it when nobody has it. */
    private void handOver(long slot) throws SQLException {
        long holder = number("SELECT MAX(holder) FROM slot WHERE k = ?", slot);
        if (holder > 0) {
            if (update("DELETE FROM slot WHERE holder = ?", holder) == 1) {
                say("GIVE", slot, holder);
            }
        } else {
            long own = shared.ids.incrementAndGet();
            update("INSERT INTO slot VALUES (?, ?)", own, slot);
            say("TAKE", slot, own);
        }
    }

    private void say(String deed, long... numbers) {
        deeds.append(deed);
        for (long number : numbers) {
            deeds.append(' ').append(number);
        }
        deeds.append(';');
    }

    private int update(String sql, long... values) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    private long number(String sql, long value) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            bind(statement, value);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    private static void bind(PreparedStatement statement, long... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setLong(i + 1, values[i]);
        }
    }

    @Override
    public void close() throws SQLException {
        raw.close();
    }
}
