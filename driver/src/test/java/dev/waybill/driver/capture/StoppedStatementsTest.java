// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.driver.setting.WaybillSettings;
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
