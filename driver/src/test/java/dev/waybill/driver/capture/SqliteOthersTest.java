// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.dialect.Dialects;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Boards;
import dev.waybill.statement.WaybillStatement;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Others at the same file of SQLite: programs of other processes that publish tables or write meanwhile. */
class SqliteOthersTest {

    private static final String TABLE = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)";

    @TempDir
    Path folder;

    /** As another process does it, of which this one hears nothing. */
    private static void elsewhere(Twins twins, String sql) throws SQLException {
        try (Connection raw = twins.raw()) {
            WaybillStatement.parse(sql).execute(new Administration(raw, Dialects.of(raw), Boards.of("another process " + twins), InstantSource.system(), false, Duration.ofSeconds(5)));
        }
    }

    @Test
    void aWriterOfAnotherProcessMissesNoPublication() throws Exception {
        try (Twins twins = Twins.onSqlite(folder, "", "", TABLE); Connection connection = twins.captured(); Connection single = twins.captured(); Statement statement = connection.createStatement(); Statement alone = single.createStatement()) {
            alone.execute("INSERT INTO t VALUES (1, 'before')");
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (2, 'before')");
            connection.commit();
            twins.empty("t");
            elsewhere(twins, "CREATE PUBLICATION p (TABLE t)");
            statement.execute("INSERT INTO t VALUES (3, 'late')");
            assertThatThrownBy(connection::commit).isInstanceOfSatisfying(SQLException.class, late -> assertThat(WaybillError.WRITTEN_BEFORE_PUBLISHED.is(late)).as(late.toString()).isTrue());
            statement.execute("INSERT INTO t VALUES (3, 'captured')");
            connection.commit();
            alone.execute("INSERT INTO t VALUES (4, 'captured')");
            assertThat(twins.complete().transactions()).hasSize(2);
        }
    }

    @Test
    void whoHasReadAnOldStateIsToldSoAsByTheBareDriver() throws Exception {
        try (Twins twins = Twins.onSqlite(folder, "?journal_mode=WAL&busy_timeout=100", "t", TABLE)) {
            twins.same((connection, witness) -> {
                String url = connection.getMetaData().getURL();
                connection.setAutoCommit(false);
                witness.query("SELECT COUNT(*) FROM t");
                try (Connection other = DriverManager.getConnection(url); Statement statement = other.createStatement()) {
                    statement.execute("CREATE TABLE IF NOT EXISTS u (id INT)");
                    statement.execute("INSERT INTO u VALUES (1)");
                }
                witness.execute("INSERT INTO t VALUES (1, 'x')");
                connection.rollback();
                witness.execute("INSERT INTO t VALUES (1, 'x')");
                connection.commit();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"DELETE", "WAL"})
    void whatIsOursWaitsForWhoeverWrites(String journal) throws Exception {
        try (Twins twins = Twins.onSqlite(folder, "?busy_timeout=60000&journal_mode=" + journal, "t", TABLE); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            for (boolean autoCommit : new boolean[] {true, false}) {
                String region = "SET SYNC PROPERTY region = '" + autoCommit + "' FOR REPLICA berlin";
                statement.execute(autoCommit ? "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'" : "REVOKE REMOTE FROM berlin");
                whileAnotherWrites(twins, () -> statement.execute("GRANT REMOTE TO berlin TYPE FILE ADDRESS 'berlin'"));
                connection.setAutoCommit(autoCommit);
                whileAnotherWrites(twins, () -> statement.execute(region));
                connection.setAutoCommit(true);
                whileAnotherWrites(twins, () -> statement.execute("INSERT INTO t VALUES (" + (autoCommit ? 1 : 2) + ", 'x')"));
            }
            assertThat(twins.complete().transactions()).hasSize(2);
        }
    }

    /** Another connection, which writes already, goes on for a moment and commits. */
    private static void whileAnotherWrites(Twins twins, ThrowingCallable step) throws Exception {
        CountDownLatch writes = new CountDownLatch(1);
        CountDownLatch waits = new CountDownLatch(1);
        FutureTask<Void> other = new FutureTask<>(() -> {
            try (Connection raw = twins.raw(); Statement statement = raw.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                writes.countDown();
                waits.await(100, TimeUnit.MILLISECONDS);
                statement.execute("COMMIT");
            }
            return null;
        });
        new Thread(other).start();
        writes.await();
        assertThatCode(step).doesNotThrowAnyException();
        waits.countDown();
        other.get();
    }

    @Test
    void takingOurTriggersAwayIsNoticedBeforeAnythingIsCommitted() throws Exception {
        try (Twins twins = Twins.onSqlite(folder, "", "t", TABLE); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (1, 'x')");
            assertThatThrownBy(() -> statement.execute("DROP TRIGGER waybill_i0")).isInstanceOf(SQLException.class);
            connection.commit();
            assertThat(twins.complete().transactions()).hasSize(1);
        }
    }
}
