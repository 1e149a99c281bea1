// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Dead outbox rows, old snapshots and restored dumps neither slow the sequencer nor hide anything from it. */
class SequencingOnPostgresTest {

    private static final int ROUNDS = 20;
    private static final int IN_EACH = 500;

    private TestDatabase database;
    private Sequencer sequencer;

    @BeforeEach
    void open() throws SQLException {
        database = TestDatabase.onPostgres();
        sequencer = new Sequencer(database.dialect, TestDatabase.CLOCK);
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    @Test
    void anOldSnapshotAndAnIdleWriterDoNotMakeLooksLonger() throws Exception {
        try (Connection old = database.open(); Connection idle = database.open(); OutboxWriter writer = new OutboxWriter(database.dialect, idle)) {
            old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            count(old, "SELECT count(*) FROM waybill.outbox");
            UUID late = UUID.randomUUID();
            writer.write(late, 0, true, bytes("late"), 0, 4);
            for (int round = 0; round < ROUNDS; round++) {
                writeMany();
                database.sequenceAll(sequencer);
            }
            try (Connection raw = database.open()) {
                long pages = count(raw, "SELECT pg_relation_size('waybill.outbox') / 8192");
                assertThat(pages).as("pages of rows, all dead but one").isGreaterThan(100);
                database.dialect.beginLook(raw);
                assertThat(pagesRead(raw, "SELECT 1 FROM " + database.dialect.waitingRows().get(0) + " FETCH FIRST 1 ROW ONLY")).isLessThan(60);
            }
            idle.commit();
            database.sequenceAll(sequencer);
            assertThat(database.texts("SELECT count(*) FROM waybill.journal WHERE transaction_id = '" + late + "'")).as("the idle writer comes when it commits").containsExactly("1");
            assertThat(database.texts("SELECT count(*) FROM waybill.journal")).containsExactly(String.valueOf(ROUNDS * IN_EACH + 1));
            assertThat(database.texts("SELECT count(*) FROM waybill.outbox")).containsExactly("0");
        }
    }

    @Test
    void inADatabaseRestoredFromADumpNothingIsOverlookedAndOldRowsComeFirst() throws Exception {
        UUID before = database.commit(bytes("before"));
        database.execute("UPDATE waybill.outbox SET entry_id = entry_id + 1000000000000, writer = '77777777'");
        database.execute("UPDATE waybill.outbox_seen SET seen = '88888888:99999999:'");
        UUID after = database.commit(bytes("after"));
        try (Connection agent = database.open()) {
            agent.setAutoCommit(true);
            database.dialect.beginAgentSession(agent);
        }
        database.sequenceAll(sequencer);
        assertThat(database.texts("SELECT transaction_id FROM waybill.journal ORDER BY part_end")).isEqualTo(List.of(before.toString(), after.toString()));
    }

    private void writeMany() throws SQLException {
        try (Connection raw = database.open(); PreparedStatement insert = raw.prepareStatement("INSERT INTO waybill.outbox (transaction_id, part, last, size, digest, payload) VALUES (gen_random_uuid(), 0, true, 1, 0, 'x')")) {
            for (int i = 0; i < IN_EACH; i++) {
                insert.executeUpdate();
                raw.commit();
            }
        }
    }

    private static long pagesRead(Connection raw, String query) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("EXPLAIN (ANALYZE, BUFFERS) " + query)) {
            while (row.next()) {
                plan.append(row.getString(1)).append('\n');
            }
        }
        Matcher hit = Pattern.compile("Buffers: shared hit=(\\d+)(?: read=(\\d+))?").matcher(plan);
        assertThat(hit.find()).as("%s", plan).isTrue();
        return Long.parseLong(hit.group(1)) + (hit.group(2) == null ? 0 : Long.parseLong(hit.group(2)));
    }

    private static long count(Connection raw, String sql) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
