// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.durable.DurableStep;
import dev.waybill.journal.Sequenced;
import dev.waybill.journal.Sequencer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that stay in the outbox after they were sequenced are found by everybody whom it concerns, and are deleted only when the journal is on disk. */
class ClearingTest {

    @TempDir
    Path folder;
    private final List<DurableStep> steps = new ArrayList<>();
    private TwoDatabases two;
    private PooledAgentDatabase database;
    private Sequencer sequencer;
    private Clearing clearing;

    @BeforeEach
    void open() throws Exception {
        two = TwoDatabases.over(folder).started();
        Site hq = two.hq;
        hq.insert(1, "one");
        database = PooledAgentDatabase.open(new AgentHome(hq.url, hq.dialect, () -> DriverManager.getConnection(hq.url), hq.board, AgentSettings.DEFAULTS), "one", two.clock, new NotingSteps(steps), Site::daemon);
        database.takeLease();
        database.makeDurable();
        steps.clear();
        sequencer = new Sequencer(hq.dialect, two.clock);
        clearing = new Clearing(database, sequencer);
    }

    @AfterEach
    void close() throws Exception {
        database.close();
        two.close();
    }

    private long number(String sql) throws SQLException {
        return database.<Long>read(raw -> number(raw, sql));
    }

    private static long number(Connection raw, String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** So many transactions of so many bytes, all zeros behind a head like that of the one which is there. */
    private void backlog(int transactions, int bytes) throws SQLException {
        two.hq.say("INSERT INTO waybill.outbox (payload) SELECT SUBSTRING(payload FROM 1 FOR 6) || CAST(RANDOM_UUID() AS BINARY(16)) || CAST(" + crcOfZeros(bytes) + " AS BINARY(4)) || CAST(X'00' AS BINARY(" + bytes
                + ")) FROM waybill.outbox, SYSTEM_RANGE(1, " + transactions + ")");
    }

    private static int crcOfZeros(int bytes) {
        CRC32C crc = new CRC32C();
        crc.update(new byte[bytes]);
        return (int) crc.getValue();
    }

    /** Nothing is lost and nothing counts twice for somebody who knows only the database: what he finds brought back, what waits besides, and what stands in the journal are all there is. */
    private void demandThatAnotherAgentWouldKnow(long all) throws SQLException {
        database.<Void>read(raw -> {
            long again = sequencer.deleteBroughtBack(raw);
            assertThat(number(raw, "SELECT COUNT(*) FROM waybill.outbox") + number(raw, "SELECT SUM(transactions) FROM waybill.journal")).as("with %s brought back", again).isEqualTo(all);
            raw.rollback();
            return null;
        });
    }

    @Test
    void aBacklogLongerThanWhatMayBeLeftIsKnownToEverybodyAtEveryStep() throws Exception {
        long leftBytes = 12L << 20;
        clearing = new Clearing(database, sequencer, leftBytes);
        backlog(14_000, 2_000);
        long most = 0;
        for (Sequenced done = clearing.step(); done != null; done = clearing.step()) {
            demandThatAnotherAgentWouldKnow(14_001);
            most = Math.max(most, number("SELECT COUNT(*) FROM waybill.outbox") + number("SELECT SUM(transactions) FROM waybill.journal") - 14_001);
        }
        assertThat(most).as("rows left at one time").isBetween(5_000L, leftBytes / 2_000);
        clearing.clearAll();
        assertThat(number("SELECT COUNT(*) FROM waybill.outbox")).isZero();
        assertThat(number("SELECT SUM(transactions) FROM waybill.journal")).isEqualTo(14_001);
    }

    @Test
    void rowsAreDeletedOnlyAfterTheJournalWasMadeDurable() throws Exception {
        assertThat(clearing.step().transactions()).isEqualTo(1);
        assertThat(clearing.clearInCycle(false)).isFalse();
        assertThat(number("SELECT COUNT(*) FROM waybill.outbox")).isEqualTo(1);
        assertThat(clearing.clearInCycle(true)).isFalse();
        assertThat(number("SELECT COUNT(*) FROM waybill.outbox")).isZero();
        assertThat(steps).containsExactly(DurableStep.SEQUENCE, DurableStep.MAKE_DURABLE, DurableStep.CLEAR_OUTBOX);
    }

    @Test
    void aStatementThatSequencesMeanwhileTakesNothingAgain() throws Exception {
        backlog(300, 100);
        assertThat(clearing.step().transactions()).isEqualTo(301);
        two.hq.insert(2, "waits");
        two.hq.say("CREATE PUBLICATION more (TABLE item)", "CREATE SUBSCRIPTION TO more FOR branch", "START SUBSCRIPTION TO more FOR branch");
        assertThat(number("SELECT SUM(transactions) FROM waybill.journal")).isEqualTo(302);
        two.hq.insert(3, "comes later");
        assertThat(clearing.step().transactions()).isEqualTo(1);
        clearing.clearAll();
        assertThat(number("SELECT COUNT(*) FROM waybill.outbox")).isZero();
        assertThat(number("SELECT SUM(transactions) FROM waybill.journal")).isEqualTo(303);
    }

    @Test
    void whereManyRowsWereRolledBackWhatIsTakenIsDeletedAtOnce() throws Exception {
        backlog(300, 100);
        two.hq.say("DELETE FROM waybill.outbox WHERE MOD(_ROWID_, 2) = 0");
        long rows = number("SELECT COUNT(*) FROM waybill.outbox");
        assertThat(clearing.step().transactions()).isEqualTo(rows);
        assertThat(number("SELECT COUNT(*) FROM waybill.outbox")).isZero();
    }
}
