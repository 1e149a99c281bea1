// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Sequencer;
import dev.waybill.refresh.SnapshotSpool;
import dev.waybill.refresh.SnapshotTaker;
import java.io.IOException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotTest {

    private TestDatabase source;
    private TestDatabase replica;
    private HeadOffice hq;
    private Applier applier;

    @BeforeEach
    void open() throws SQLException {
        source = new TestDatabase();
        replica = new TestDatabase();
        hq = new HeadOffice(source);
        applier = new Applier(replica.dialect());
        replica.execute("INSERT INTO waybill.remote_user (user_name, consolidate, type_name, address, frequency) VALUES ('hq', 'Y', 'FILE', 'hq', 'B')");
    }

    @AfterEach
    void close() throws SQLException {
        source.close();
        replica.close();
    }

    private List<SnapshotTaker.Taken> synchronize(String publication) throws SQLException {
        hq.synchronize(publication);
        List<SnapshotTaker.Taken> taken = hq.takeSnapshots();
        receive();
        return taken;
    }

    private void receive() throws SQLException {
        PlainAgentDatabase agent = new PlainAgentDatabase(replica);
        List<ReceivedTransaction> transactions = hq.journal(new LogOffset(replica.number("SELECT log_received FROM waybill.remote_user")));
        applier.prepare(agent, transactions);
        agent.transact(DurableStep.APPLY, raw -> applier.apply(raw, "hq", transactions));
    }

    private void assertEqual(String... tables) throws SQLException {
        for (String table : tables) {
            assertThat(Contents.of(replica.connection(), "SELECT * FROM " + table)).as(table).isNotEmpty().isEqualTo(Contents.of(source.connection(), "SELECT * FROM " + table));
        }
    }

    private static String constraints(TestDatabase database) throws SQLException {
        return database.text("SELECT LISTAGG(table_name || ' ' || constraint_type, ', ') WITHIN GROUP (ORDER BY table_name, constraint_type) FROM information_schema.table_constraints WHERE table_schema = 'PUBLIC'");
    }

    @Test
    void tablesKeysAndRowsComeOver() throws SQLException {
        source.execute("CREATE TABLE artist (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE)",
                "CREATE TABLE album (id BIGINT PRIMARY KEY, artist INT NOT NULL REFERENCES artist ON DELETE CASCADE, price NUMERIC(8, 2), tax NUMERIC(8, 2) GENERATED ALWAYS AS (price * 0.19))",
                "INSERT INTO artist (name) VALUES ('a'), ('b'), ('c')", "INSERT INTO album (id, artist, price) SELECT x, MOD(x, 3) + 1, x FROM SYSTEM_RANGE(1, 2500)");
        hq.publish("music", "album", "artist");
        List<SnapshotTaker.Taken> taken = synchronize("music");
        assertThat(taken).hasSize(1);
        assertThat(taken.get(0).rows()).isEqualTo(2503);
        assertEqual("artist", "album");
        assertThat(constraints(replica)).isEqualTo(constraints(source)).contains("FOREIGN KEY", "UNIQUE");
        assertThat(source.text("SELECT state FROM waybill.subscription")).isEqualTo("SYNCHRONIZING");
        assertThat(source.number("SELECT started FROM waybill.subscription")).isEqualTo(taken.get(0).offset().bytes()).isEqualTo(source.number("SELECT log_offset FROM waybill.journal_head"));
        replica.execute("INSERT INTO artist (name) VALUES ('d')");
        assertThat(replica.number("SELECT id FROM artist WHERE name = 'd'")).as("drawn past the data").isEqualTo(4);
        assertThat(replica.number("SELECT tax FROM album WHERE id = 100")).as("computed").isEqualTo(19);
    }

    @Test
    void aTableThatRefersToItselfComesOver() throws SQLException {
        source.execute("CREATE TABLE employee (id INT PRIMARY KEY, reports_to INT REFERENCES employee)", "CREATE TABLE node (id INT PRIMARY KEY, parent INT NOT NULL REFERENCES node)",
                "INSERT INTO employee SELECT x, NULL FROM SYSTEM_RANGE(1, 50)", "UPDATE employee SET reports_to = MOD(id * 7, 50) + 1 WHERE id > 1",
                "INSERT INTO node VALUES (9, 9), (3, 9), (4, 3), (1, 4)");
        hq.publish("staff", "employee", "node");
        synchronize("staff");
        assertEqual("employee", "node");
        assertThat(constraints(replica)).isEqualTo(constraints(source));
        synchronize("staff");
        assertEqual("employee", "node");
    }

    @Test
    void tablesThatReferToOneAnotherComeOver() throws SQLException {
        source.execute("CREATE TABLE a (id INT PRIMARY KEY, b INT)", "CREATE TABLE b (id INT PRIMARY KEY, a INT NOT NULL REFERENCES a)", "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b",
                "INSERT INTO a VALUES (1, NULL), (2, NULL)", "INSERT INTO b VALUES (1, 2), (2, 1)", "UPDATE a SET b = id");
        hq.publish("pairs", "a", "b");
        synchronize("pairs");
        assertEqual("a", "b");
        assertThat(constraints(replica)).isEqualTo(constraints(source));
        source.execute("INSERT INTO b VALUES (3, 1)");
        synchronize("pairs");
        assertEqual("a", "b");
    }

    @Test
    void rowsThatWereThereAreReplaced() throws SQLException {
        source.execute("CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2)");
        replica.execute("CREATE TABLE t (id INT PRIMARY KEY, v BIGINT, more INT DEFAULT 7)", "INSERT INTO t VALUES (2, 0, 0), (3, 0, 0)", "ALTER TABLE t DROP COLUMN more", "ALTER TABLE t ALTER COLUMN v INT");
        hq.publish("p", "t");
        synchronize("p");
        assertEqual("t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CASCADE", "SET NULL", "SET DEFAULT"})
    void rowsOfTheReplicasOwnTablesAreNeitherDeletedNorChangedAlong(String action) throws SQLException {
        source.execute("CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1), (2, 2)");
        hq.publish("p", "t");
        synchronize("p");
        replica.execute("CREATE TABLE mine (id INT PRIMARY KEY, t INT DEFAULT 2, CONSTRAINT holds FOREIGN KEY (t) REFERENCES t ON DELETE " + action + ")", "INSERT INTO mine VALUES (1, 1), (2, NULL)");
        source.execute("UPDATE t SET v = 3");
        assertThatThrownBy(() -> synchronize("p")).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.REFRESH_LOCAL_ROWS.is(error)).isTrue())
                .hasMessageContaining("PUBLIC.MINE").hasMessageContaining("PUBLIC.T").hasMessageContaining("HOLDS");
        assertThat(Contents.of(replica.connection(), "SELECT * FROM mine ORDER BY id")).containsExactly("ID=1 T=1 ", "ID=2 T=null ");
        assertThat(replica.number("SELECT SUM(v) FROM t")).as("nothing was replaced").isEqualTo(3);
        replica.execute("ALTER TABLE mine DROP CONSTRAINT holds");
        receive();
        assertEqual("t");
        assertThat(replica.number("SELECT COUNT(*) FROM mine WHERE t = 1")).isEqualTo(1);
    }

    @Test
    void onlyTheColumnsOfTheArticleComeOver() throws SQLException {
        source.execute("CREATE TABLE p (id INT PRIMARY KEY)", "CREATE TABLE t (id INT PRIMARY KEY, secret INT UNIQUE, v INT, p INT REFERENCES p)", "INSERT INTO p VALUES (1)", "INSERT INTO t VALUES (1, 2, 3, 1)");
        hq.publish("some", "t(id,v,p)");
        synchronize("some");
        assertThat(Contents.of(replica.connection(), "SELECT * FROM t")).containsExactly("ID=1 V=3 P=1 ");
        assertThat(constraints(replica)).isEqualTo("T PRIMARY KEY");
    }

    @Test
    void anExpressionOutsideOfTheRestrictedFormMakesAnOrdinaryColumn() throws SQLException {
        source.execute("CREATE TABLE t (id INT PRIMARY KEY, v INT, w INT GENERATED ALWAYS AS (CASE WHEN v > 1 THEN 5 ELSE 6 END), x VARCHAR(20) GENERATED ALWAYS AS (UPPER('it''s ' || v)))",
                "INSERT INTO t (id, v) VALUES (1, 1), (2, 2)");
        hq.publish("p", "t");
        synchronize("p");
        assertEqual("t");
        assertThat(replica.text("SELECT LISTAGG(column_name) FROM information_schema.columns WHERE table_name = 'T' AND is_generated = 'ALWAYS'")).isEqualTo("X");
    }

    @Test
    void aTableThatIsThereWithOtherColumnsIsNamedAndInstalledWhenItFits() throws SQLException {
        source.execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20), w INT)", "INSERT INTO t VALUES (1, 'a', 1)");
        replica.execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(10))");
        hq.publish("p", "t");
        assertThatThrownBy(() -> synchronize("p")).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.REFRESH_TABLE_DIFFERS.is(error)).isTrue())
                .hasMessageContaining("PUBLIC.T").hasMessageContaining("column W is missing").hasMessageContaining("column V is CHARACTER VARYING(10)");
        replica.execute("ALTER TABLE t ADD COLUMN w INT", "ALTER TABLE t ALTER COLUMN v VARCHAR(25)");
        receive();
        assertEqual("t");
    }

    @Test
    void creatingTablesGoesOnAfterACrash() throws SQLException {
        source.execute("CREATE TABLE a (id INT PRIMARY KEY, b INT)", "CREATE TABLE b (id INT PRIMARY KEY, a INT REFERENCES a)", "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b", "INSERT INTO a VALUES (1, NULL)", "INSERT INTO b VALUES (1, 1)");
        replica.execute("CREATE TABLE a (id INT PRIMARY KEY, b INT)");
        hq.publish("pairs", "a", "b");
        synchronize("pairs");
        assertEqual("a", "b");
        assertThat(constraints(replica)).isEqualTo(constraints(source));
    }

    @Test
    void aSpoolWithoutAnEntryIsRemovedAndItsSnapshotIsTakenAgain() throws SQLException, IOException {
        source.execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(2000))", "INSERT INTO t SELECT x, REPEAT('x', 1000) FROM SYSTEM_RANGE(1, 3000)");
        hq.publish("p", "t");
        hq.synchronize("p");
        StepGuard crash = new StepGuard() {
            private int spooled;

            @Override
            public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
                if (step == DurableStep.SEQUENCE && spooled > 0) {
                    throw new IllegalStateException("crash");
                }
                spooled += step == DurableStep.SPOOL_SNAPSHOT ? 1 : 0;
                return effect.run();
            }
        };
        assertThatThrownBy(() -> new SnapshotTaker(source.dialect(), new Sequencer(source.dialect(), InstantSource.system()), UUID::randomUUID, InstantSource.system())
                .take(new PlainAgentDatabase(source, crash), HeadOffice.EVERYTHING)).hasMessage("crash");
        assertThat(source.number("SELECT COUNT(*) FROM waybill.snapshot_spool")).isGreaterThan(5);
        assertThat(source.text("SELECT state FROM waybill.subscription")).isEqualTo("SYNCHRONIZE_REQUESTED");
        hq.takeSnapshots();
        PlainAgentDatabase agent = new PlainAgentDatabase(source);
        while (agent.transact(DurableStep.TRIM, raw -> new SnapshotSpool(source.dialect()).removeUnused(raw))) {
            continue;
        }
        assertThat(source.number("SELECT COUNT(DISTINCT spool_id) FROM waybill.snapshot_spool")).isEqualTo(1);
        receive();
        assertEqual("t");
    }

    @Test
    void severalSnapshotsAreOfOneMoment() throws SQLException {
        source.execute("CREATE TABLE t (id INT PRIMARY KEY)", "CREATE TABLE u (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)", "INSERT INTO u VALUES (1)");
        hq.publish("p", "t");
        hq.publish("q", "u");
        hq.synchronize("p");
        List<SnapshotTaker.Taken> taken = synchronize("q");
        assertThat(taken).hasSize(2);
        assertThat(taken.get(0).offset()).isLessThan(taken.get(1).offset());
        assertEqual("t", "u");
        assertThat(hq.takeSnapshots()).isEmpty();
    }
}
