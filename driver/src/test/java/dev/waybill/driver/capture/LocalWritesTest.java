// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialects;
import dev.waybill.driver.recording.LocalWrites;
import dev.waybill.publication.Boards;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Tables that another database sends may be written to here: told once, counted. */
class LocalWritesTest {

    private static final String R = "CREATE TABLE r (id INT PRIMARY KEY, v INT)";

    @Test
    void localWritesToReceivedTablesAreDoneToldOnceAndCounted() throws Exception {
        for (String published : new String[] {"", "t", "t, r"}) {
            try (Twins twins = Twins.of(published, R, "CREATE TABLE t (id INT PRIMARY KEY)"); Told told = new Told()) {
                received(twins, "R");
                twins.same((connection, witness) -> {
                    witness.execute("INSERT INTO r VALUES (1, 1), (2, 2)");
                    witness.execute("UPDATE r SET v = 3");
                    witness.execute("INSERT INTO t VALUES (1)");
                    connection.setAutoCommit(false);
                    witness.execute("INSERT INTO r VALUES (3, 3)");
                    witness.execute("DELETE FROM r WHERE id = 1");
                    witness.execute("INSERT INTO t VALUES (2)");
                    connection.commit();
                    witness.execute("DELETE FROM r");
                    connection.rollback();
                    connection.setAutoCommit(true);
                    witness.query("SELECT * FROM r ORDER BY id");
                    witness.execute("TRUNCATE TABLE r");
                });
                assertThat(counters(twins)).as(published).containsExactly("local_write PUBLIC.R 4");
                assertThat(told.messages).as(published).hasSize(1).allMatch(message -> message.contains("PUBLIC.R"));
            }
        }
    }

    /** Whoever is above hears of these writes; whether anybody below does is nothing to him. */
    @Test
    void whatIsSentBackIsNoLocalWrite() throws Exception {
        try (Twins twins = Twins.of("r", R); Told told = new Told()) {
            received(twins, "R");
            try (Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
                statement.execute("CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'here'");
                statement.execute("GRANT REMOTE TO below TYPE FILE ADDRESS 'below'");
                statement.execute("CREATE SUBSCRIPTION TO everything FOR below");
                statement.execute("START SUBSCRIPTION TO everything FOR below");
                statement.execute("INSERT INTO r VALUES (1, 1)");
                assertThat(counters(twins)).isEmpty();
                statement.execute("GRANT CONSOLIDATE TO above TYPE FILE ADDRESS 'above'");
                statement.execute("INSERT INTO r VALUES (2, 2)");
                assertThat(counters(twins)).containsExactly("local_write PUBLIC.R 1");
                statement.execute("CREATE SUBSCRIPTION TO everything FOR above");
                statement.execute("START SUBSCRIPTION TO everything FOR above");
                statement.execute("INSERT INTO r VALUES (3, 3)");
                assertThat(counters(twins)).containsExactly("local_write PUBLIC.R 1");
            }
            assertThat(told.messages).hasSize(1);
        }
    }

    @Test
    void aTableIsKnownAsReceivedFromTheMomentItIsMet() throws Exception {
        try (Twins twins = Twins.of("t", R, "CREATE TABLE t (id INT PRIMARY KEY)"); Connection connection = twins.captured(); Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO r VALUES (1, 1)");
            Connection raw = twins.raw();
            Boards.of(Dialects.of(raw).databaseKey(raw)).receives(Set.of(new TableName("PUBLIC", "R")));
            raw.close();
            statement.execute("UPDATE r SET v = 2");
            assertThat(counters(twins)).containsExactly("local_write PUBLIC.R 1");
        }
    }

    private static void received(Twins twins, String table) throws Exception {
        try (Connection raw = twins.raw(); Statement statement = raw.createStatement()) {
            statement.execute("INSERT INTO waybill.received_table VALUES ('PUBLIC', '" + table + "', 'hq', CURRENT_TIMESTAMP)");
        }
    }

    private static List<String> counters(Twins twins) throws Exception {
        List<String> counters = new ArrayList<>();
        try (Connection raw = twins.raw(); Statement statement = raw.createStatement(); ResultSet rows = statement.executeQuery("SELECT name, subject, total FROM waybill.counter ORDER BY 1, 2")) {
            while (rows.next()) {
                counters.add(rows.getString(1) + " " + rows.getString(2) + " " + rows.getLong(3));
            }
        }
        return counters;
    }

    /** What is said about local writes. */
    private static final class Told extends Handler implements AutoCloseable {

        private final Logger logger = Logger.getLogger(LocalWrites.class.getName());
        private final List<String> messages = new ArrayList<>();

        Told() {
            logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord record) {
            messages.add(MessageFormat.format(record.getMessage(), record.getParameters()));
        }

        @Override
        public void flush() {
            // Nothing is kept back.
        }

        @Override
        public void close() {
            logger.removeHandler(this);
        }
    }
}
