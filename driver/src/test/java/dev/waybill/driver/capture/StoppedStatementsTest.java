// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.driver.setting.WaybillSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A statement that waits for a lock and is ended by its time-out or by {@code cancel()}, or whose connection is lost, ends as on the bare driver, and what was captured is what the database has kept. */
class StoppedStatementsTest {

    private static final String[] TABLE = {"CREATE TABLE t (id INT PRIMARY KEY, n INT)"};
    private static final List<String> WRITES = List.of("UPDATE t SET n = n + 1 WHERE id = 1", "DELETE FROM t WHERE id = 1", "UPDATE t SET id = id + 100 WHERE id < 3");

    @Test
    @Tag("extended")
    void applicationSeesWhatTheBareDriverShowsAndNothingStoppedIsCapturedOnPostgres() throws Exception {
        try (Twins twins = Twins.onPostgres("t", TABLE)) {
            stop(twins, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
        }
    }

    @Test
    void applicationSeesWhatTheBareDriverShowsAndNothingStoppedIsCapturedOnMariaDb() throws Exception {
        try (Twins twins = Twins.onMariaDb("t", TABLE)) {
            stop(twins, "BEGIN NOT ATOMIC DECLARE other INT; SELECT MAX(ID) INTO other FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE '%t%' AND ID <> CONNECTION_ID() AND COMMAND <> 'Sleep';"
                    + " IF other IS NOT NULL THEN KILL other; END IF; END");
        }
    }

    /** In this process nothing is lost; a wait that the application gives up ends with the time for locks. */
    @Test
    @Tag("extended")
    void applicationSeesWhatTheBareDriverShowsAndNothingStoppedIsCapturedOnH2() throws Exception {
        try (Twins twins = Twins.of(";LOCK_TIMEOUT=1500", WaybillSettings.DEFAULTS, "t", TABLE)) {
            stop(twins, null);
        }
    }

    /** One statement of its own that takes for ever, since HSQLDB's time-out ends no wait for a row; the wait itself is given up by {@code cancel()}. */
    @Test
    @Tag("extended")
    void applicationSeesWhatTheBareDriverShowsAndNothingStoppedIsCapturedOnHsqldb() throws Exception {
        String rows = "INSERT INTO t SELECT 10 + a.x * 30 + b.x, 0 FROM UNNEST(SEQUENCE_ARRAY(0, 29, 1)) AS a (x), UNNEST(SEQUENCE_ARRAY(0, 29, 1)) AS b (x)";
        try (Twins twins = Twins.onHsqldb("t", TABLE)) {
            endless(twins, rows, "UPDATE t SET n = n + (SELECT COUNT(*) FROM t a, t b, t c, t d) WHERE id = 10", false, true);
        }
        try (Twins twins = Twins.onHsqldb("t", TABLE)) {
            AtomicBoolean bare = new AtomicBoolean(true);
            twins.same((connection, witness) -> {
                try (Connection holder = bare.getAndSet(false) ? twins.bare() : twins.raw(); Statement held = holder.createStatement(); Statement statement = connection.createStatement()) {
                    statement.execute("INSERT INTO t VALUES (1, 0), (2, 0)");
                    for (boolean autoCommit : new boolean[] {true, false}) {
                        connection.setAutoCommit(autoCommit);
                        for (String write : WRITES) {
                            lock(holder, held);
                            witness.see(write, () -> {
                                try (PreparedStatement prepared = connection.prepareStatement(write)) {
                                    return outcome(cancelled(prepared));
                                }
                            });
                            holder.rollback();
                            witness.see("commit", () -> connection.getAutoCommit() ? "" : committed(connection));
                        }
                    }
                    connection.setAutoCommit(true);
                    witness.query("SELECT * FROM t ORDER BY id");
                }
            });
        }
    }

    /** A statement that takes for ever, which SQLite's time-out does not end; and one that waits for the one writer of the file, as long as that allows. */
    @Test
    @Tag("extended")
    void applicationSeesWhatTheBareDriverShowsAndNothingStoppedIsCapturedOnSqlite(@TempDir Path folder) throws Exception {
        try (Twins twins = Twins.onSqlite(folder, "?busy_timeout=200", "t", TABLE)) {
            endless(twins, "INSERT INTO t VALUES (10, 0)", "UPDATE t SET n = (WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT COUNT(*) FROM c) WHERE id = 10", true);
        }
        try (Twins twins = Twins.onSqlite(Files.createDirectory(folder.resolve("waits")), "?busy_timeout=200", "t", TABLE)) {
            AtomicBoolean bare = new AtomicBoolean(true);
            twins.same((connection, witness) -> {
                try (Connection holder = bare.getAndSet(false) ? twins.bare() : twins.raw(); Statement held = holder.createStatement(); PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, 0)")) {
                    held.execute("CREATE TABLE IF NOT EXISTS u (id INT)");
                    int id = 0;
                    for (boolean autoCommit : new boolean[] {true, false}) {
                        connection.setAutoCommit(autoCommit);
                        holder.setAutoCommit(false);
                        held.execute("INSERT INTO u VALUES (1)");
                        insert.setInt(1, ++id);
                        insert.setQueryTimeout(1);
                        witness.see("waits", () -> outcome(executed(insert)));
                        holder.rollback();
                        if (!autoCommit) {
                            connection.rollback();
                        }
                        witness.see("again", insert::executeUpdate);
                        witness.see("commit", () -> connection.getAutoCommit() ? "" : committed(connection));
                    }
                    connection.setAutoCommit(true);
                    witness.query("SELECT * FROM t ORDER BY id");
                }
            });
        }
    }

    /**
     * Each on a connection of its own: with SQLite's driver one on which a statement was interrupted may go on being interrupted.
     *
     * @param ends whether each of them is ended by {@code cancel()}, or by its time-out
     */
    private static void endless(Twins twins, String rows, String write, boolean... ends) throws Exception {
        AtomicBoolean bare = new AtomicBoolean(true);
        twins.same((connection, witness) -> {
            boolean isBare = bare.getAndSet(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(rows);
            }
            int id = 0;
            for (boolean autoCommit : new boolean[] {true, false}) {
                for (boolean cancelled : ends) {
                    int row = ++id;
                    try (Connection own = isBare ? twins.bare() : twins.captured(); Statement before = own.createStatement(); PreparedStatement prepared = own.prepareStatement(write)) {
                        own.setAutoCommit(autoCommit);
                        before.execute("INSERT INTO t VALUES (" + row + ", 0)");
                        prepared.setQueryTimeout(cancelled ? 0 : 1);
                        witness.see(cancelled ? "cancelled" : "timed out", () -> outcome(cancelled ? cancelled(prepared) : executed(prepared)));
                    }
                }
            }
            witness.query("SELECT * FROM t WHERE id <= 10 ORDER BY id");
        });
    }

    private static String committed(Connection connection) throws SQLException {
        connection.commit();
        return "done";
    }

    /** @param lose takes the connection away that waits; null where that is in the process */
    private static void stop(Twins twins, String lose) throws Exception {
        AtomicBoolean bare = new AtomicBoolean(true);
        twins.same((connection, witness) -> {
            boolean isBare = bare.getAndSet(false);
            try (Connection holder = isBare ? twins.bare() : twins.raw(); Statement held = holder.createStatement(); Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO t VALUES (1, 0), (2, 0)");
                stopped(connection, witness, holder, held, WRITES.get(0));
                connection.setAutoCommit(false);
                for (String write : WRITES) {
                    stopped(connection, witness, holder, held, write);
                }
                if (lose == null) {
                    return;
                }
                lock(holder, held);
                Connection other = isBare ? twins.bare() : twins.captured();
                other.setAutoCommit(false);
                try (Statement before = other.createStatement()) {
                    before.execute("INSERT INTO t VALUES (500, 0)");
                    witness.see("lost", () -> lost(other, held, lose));
                }
                witness.see("valid", () -> other.isValid(10));
                other.close();
                holder.rollback();
            }
        });
    }

    private static void stopped(Connection connection, Twins.Witness witness, Connection holder, Statement held, String write) throws SQLException {
        lock(holder, held);
        for (boolean cancelled : new boolean[] {false, true}) {
            witness.see(write + (cancelled ? " cancelled" : " timed out"), () -> {
                try (PreparedStatement prepared = connection.prepareStatement(write); Statement before = connection.createStatement()) {
                    int id = write.length() + (cancelled ? 1000 : 2000) + (connection.getAutoCommit() ? 100 : 0);
                    before.execute("INSERT INTO t VALUES (" + id + ", 0)");
                    prepared.setQueryTimeout(cancelled ? 0 : 1);
                    return outcome(cancelled ? cancelled(prepared) : executed(prepared));
                }
            });
            if (!connection.getAutoCommit()) {
                witness.see("commit", () -> {
                    connection.commit();
                    return "done";
                });
            }
        }
        holder.rollback();
        witness.query("SELECT * FROM t ORDER BY id");
    }

    private static void lock(Connection holder, Statement held) throws SQLException {
        holder.setAutoCommit(false);
        held.execute("UPDATE t SET n = n + 1000 WHERE id = 1");
    }

    private static CompletableFuture<Integer> executed(PreparedStatement statement) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return statement.executeUpdate();
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        });
    }

    /** Until it has ended: what is cancelled before it waits goes on. */
    private static CompletableFuture<Integer> cancelled(PreparedStatement statement) throws Exception {
        CompletableFuture<Integer> running = executed(statement);
        for (int i = 0; i < 1_200 && !isDone(running); i++) {
            statement.cancel();
        }
        return running;
    }

    private static boolean isDone(CompletableFuture<Integer> running) throws InterruptedException {
        try {
            running.get(100, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException not) {
            return false;
        } catch (ExecutionException failed) {
            return true;
        }
    }

    private static String outcome(CompletableFuture<Integer> ended) throws Exception {
        try {
            return "count " + ended.get(120, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            SQLException error = (SQLException) failed.getCause().getCause();
            return error.getClass().getName() + " " + error.getSQLState() + " " + error.getErrorCode();
        }
    }

    private static String lost(Connection connection, Statement held, String lose) throws Exception {
        try (PreparedStatement waiting = connection.prepareStatement(WRITES.get(0))) {
            CompletableFuture<Integer> running = executed(waiting);
            for (int i = 0; i < 1_200 && !isDone(running); i++) {
                held.execute(lose);
            }
            return outcome(running);
        } catch (SQLException gone) {
            return gone.getClass().getName();
        }
    }
}
