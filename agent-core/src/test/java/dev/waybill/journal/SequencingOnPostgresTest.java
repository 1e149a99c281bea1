// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.dialect.CatalogueInstaller;
import java.io.DataInputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
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

    /** Rows of format 5, with the columns of then, and what had been made for them by complete capture. */
    @Test
    void rowsOfAnOlderFormatAreSequencedAsTheyWouldHaveBeen() throws Exception {
        UUID first = database.commit(bytes("first"));
        UUID large = database.commit(bytes("L0"), new byte[5_000], bytes("L2"));
        UUID other = UUID.randomUUID();
        try (Connection raw = database.open(); OutboxWriter writer = new OutboxWriter(database.dialect, raw, "branch")) {
            writer.write(other, 0, true, bytes("other"), 0, 5);
            database.dialect.triggers().prepare(raw);
            database.dialect.triggers().turn(raw, true);
            raw.commit();
        }
        toFormat5();
        try (Connection raw = database.open()) {
            assertThat(new CatalogueInstaller(database.dialect, UUID::randomUUID, TestDatabase.CLOCK).install(raw)).isTrue();
        }
        UUID after = database.commit(bytes("after"));
        database.sequenceAll(sequencer);
        assertThat(entries()).containsExactly(first + " local first", large + " local L0" + "\0".repeat(5_000) + "L2", other + " branch other", after + " local after");
        assertThat(database.texts("SELECT tgenabled FROM pg_trigger WHERE tgname = 'trigger_twice'")).as("on as it was").containsExactly("A");
        database.execute("INSERT INTO waybill.trigger_end (writer, begun, user_name) VALUES (pg_current_xact_id(), now(), 'clerk')");
        assertThat(database.texts("SELECT octet_length(payload) FROM waybill.outbox")).as("the row that stands for what triggers wrote").containsExactly("27");
    }

    private void toFormat5() throws SQLException {
        database.execute("DROP TRIGGER trigger_twice ON waybill.outbox");
        database.execute("ALTER TABLE waybill.outbox ADD transaction_id UUID, ADD part INTEGER, ADD last BOOLEAN, ADD size INTEGER, ADD digest INTEGER");
        database.execute("UPDATE waybill.outbox SET transaction_id = encode(substring(payload FROM 7 FOR 16), 'hex')::uuid, part = get_byte(payload, 5), last = get_byte(payload, 1) = 1, size = octet_length(payload) - 26,"
                + " digest = ('x' || encode(substring(payload FROM 23 FOR 4), 'hex'))::bit(32)::integer, payload = substring(payload FROM 27)");
        for (String column : List.of("transaction_id", "part", "last", "size", "digest")) {
            database.execute("ALTER TABLE waybill.outbox ALTER " + column + " SET NOT NULL");
        }
        database.execute("CREATE TRIGGER trigger_twice BEFORE INSERT ON waybill.outbox FOR EACH ROW WHEN (NEW.size > 1) EXECUTE FUNCTION waybill.trigger_twice()");
        database.execute("ALTER TABLE waybill.outbox ENABLE ALWAYS TRIGGER trigger_twice");
        database.execute("CREATE OR REPLACE FUNCTION waybill.trigger_last() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''of then''; END'");
        database.execute("SELECT setval('waybill.fence', 0, false)");
        database.execute("UPDATE waybill.catalogue SET format = 5");
    }

    private List<String> entries() throws Exception {
        List<String> texts = new ArrayList<>();
        try (Connection raw = database.open(); JournalScan scan = new Journal(database.dialect).scan(raw, LogOffset.ZERO, null)) {
            for (JournalEntry entry = scan.next(); entry != null; entry = scan.next()) {
                try (DataInputStream in = new DataInputStream(entry.open())) {
                    texts.add(entry.transactionId() + " " + (entry.origin() == null ? "local" : entry.origin()) + " " + new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return texts;
    }

    private void writeMany() throws SQLException {
        try (Connection raw = database.open(); PreparedStatement insert = raw.prepareStatement("INSERT INTO waybill.outbox (payload) VALUES ('\\x010100000000'::bytea || uuid_send(gen_random_uuid()) || '\\x00000000' || repeat('x', 100)::bytea)")) {
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
