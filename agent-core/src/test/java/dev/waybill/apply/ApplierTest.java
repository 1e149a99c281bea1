// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.Operation;
import dev.waybill.change.TableName;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.error.WaybillError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApplierTest {

    TestDatabase source;
    TestDatabase replica;
    Source hq;
    private Applier applier;

    @BeforeEach
    void open() throws SQLException {
        source = new TestDatabase();
        replica = newReplica();
        hq = new Source(source);
        applier = new Applier(replica.dialect());
        replica.execute("INSERT INTO waybill.remote_user (user_name, consolidate, type_name, address, frequency) VALUES ('hq', 'Y', 'FILE', 'hq', 'B')");
        replica.connection().setAutoCommit(false);
    }

    TestDatabase newReplica() throws SQLException {
        return new TestDatabase();
    }

    @AfterEach
    void close() throws SQLException {
        source.close();
        replica.close();
    }

    String varchar() {
        return "CHARACTER VARYING";
    }

    void both(String... statements) throws SQLException {
        source.execute(statements);
        replica.execute(statements);
        replica.connection().commit();
    }

    ApplyResult apply(ReceivedTransaction... transactions) throws SQLException {
        try {
            ApplyResult result = applier.apply(replica.connection(), "hq", List.of(transactions));
            replica.connection().commit();
            return result;
        } catch (SQLException | RuntimeException failed) {
            replica.connection().rollback();
            throw failed;
        }
    }

    void assertEqual(String... tables) throws SQLException {
        for (String table : tables) {
            assertThat(Contents.of(replica.connection(), replica.local("SELECT * FROM " + table))).as(table).isEqualTo(Contents.of(source.connection(), "SELECT * FROM " + table));
        }
    }

    @Test
    void changesAndPositionAreAppliedTogether() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20))");
        ReceivedTransaction first = hq.insert("T", "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')").update("T", "UPDATE t SET v = 'z' WHERE id > 1").delete("T", "DELETE FROM t WHERE id = 3").commit();
        ApplyResult result = apply(first);
        assertEqual("t");
        assertThat(result).isEqualTo(new ApplyResult(first, 1, 6, 0, null, Set.of(new TableName(replica.dialect().fold("public"), replica.dialect().fold("t")))));
        assertThat(replica.number("SELECT log_received FROM waybill.remote_user")).isEqualTo(first.offset().bytes());
        assertThat(replica.text("SELECT digest_received FROM waybill.remote_user")).isEqualTo(replica.text("SELECT " + replica.dialect().literal(first.digest().bytes())));
    }

    @Test
    void whatWasAppliedIsNotAppliedTwice() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        ReceivedTransaction insert = hq.insert("T", "INSERT INTO t VALUES (1, 1)").commit();
        apply(insert);
        replica.execute("DELETE FROM t");
        replica.connection().commit();
        assertThatThrownBy(() -> apply(insert)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.APPLY_OUT_OF_TURN.is(error)).isTrue());
        assertThat(replica.number("SELECT COUNT(*) FROM t")).isZero();
    }

    @Test
    void aBacklogIsAppliedInFewBatchesAndEqualsTheSource() throws SQLException, IOException {
        both("CREATE TABLE customer (id INT PRIMARY KEY, email VARCHAR(40) UNIQUE, n INT)", "CREATE TABLE orders (id INT PRIMARY KEY, customer INT NOT NULL REFERENCES customer, total INT)");
        ArrayList<ReceivedTransaction> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            hq.insert("CUSTOMER", "INSERT INTO customer VALUES (" + i + ", 'c" + i + "', 0)");
            hq.insert("ORDERS", "INSERT INTO orders VALUES (" + i + ", " + i / 2 + ", " + i + ")");
            hq.update("CUSTOMER", "UPDATE customer SET n = n + 1 WHERE id = " + i / 2);
            if (i % 7 == 6) {
                hq.delete("ORDERS", "DELETE FROM orders WHERE id = " + (i - 3));
                hq.insert("ORDERS", "INSERT INTO orders VALUES (" + (i - 3) + ", " + i + ", -1)");
            }
            all.add(hq.commit());
        }
        ApplyResult result = apply(all.toArray(ReceivedTransaction[]::new));
        assertThat(result.transactions()).isEqualTo(500);
        assertEqual("customer", "orders");
    }

    @Test
    void rowsOfOneStatementMayExchangeUniqueValues() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, place INT NOT NULL UNIQUE)");
        apply(hq.insert("T", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3), (4, 4)").commit());
        apply(hq.update("T", "UPDATE t SET place = 3 - place WHERE id < 3").commit());
        assertEqual("t");
        apply(hq.update("T", "UPDATE t SET place = place + 1").commit());
        assertEqual("t");
        apply(hq.update("T", "UPDATE t SET place = place - 1").update("T", "UPDATE t SET place = CASE place WHEN 4 THEN 1 ELSE place + 1 END").commit());
        assertEqual("t");
    }

    @Test
    void exchangedValuesOfSeveralUniqueKeysAreAppliedAndNothingElseChanges() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, code CHAR(4) NOT NULL UNIQUE, mail VARCHAR(20) UNIQUE, shelf INT NOT NULL, place DECIMAL(3, 1) NOT NULL, note VARCHAR(20) NOT NULL, UNIQUE (shelf, place))");
        apply(hq.insert("T", "INSERT INTO t VALUES (1, 'aaaa', 'a@x', 1, 1.5, 'one'), (2, 'bbbb', 'b@x', 1, 2.5, 'two'), (3, 'cccc', NULL, 1, 99.5, 'three'), (4, 'dddd', 'd@x', 2, 1.5, 'four')").commit());
        apply(hq.update("T", "UPDATE t SET code = CASE id WHEN 1 THEN 'bbbb' WHEN 2 THEN 'cccc' ELSE 'aaaa' END, mail = CASE id WHEN 1 THEN 'b@x' WHEN 2 THEN 'a@x' END, place = CASE id WHEN 1 THEN 99.5 WHEN 2 THEN 1.5 ELSE 2.5 END WHERE id < 4").commit());
        assertEqual("t");
        apply(hq.update("T", "UPDATE t SET shelf = 3 - shelf WHERE place = 1.5").commit());
        assertEqual("t");
    }

    @Test
    void unrelatedRowsThatAreInTheWayOfAnExchangeHaltIt() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, place INT NOT NULL UNIQUE)");
        apply(hq.insert("T", "INSERT INTO t VALUES (1, 1), (2, 2)").commit());
        replica.execute("INSERT INTO t VALUES (9, 7)");
        replica.connection().commit();
        ReceivedTransaction exchange = hq.update("T", "UPDATE t SET place = CASE id WHEN 1 THEN 2 ELSE 7 END").commit();
        assertThatThrownBy(() -> apply(exchange)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.APPLY_DUPLICATE.is(error)).isTrue());
        assertThat(Contents.of(replica.connection(), replica.local("SELECT * FROM t"))).containsExactlyInAnyOrder("ID=1 PLACE=1 ", "ID=2 PLACE=2 ", "ID=9 PLACE=7 ");
        replica.execute("DELETE FROM t WHERE id = 9");
        apply(exchange);
        assertEqual("t");
    }

    @Test
    void aLongShiftOfUniqueValuesIsApplied() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, place INT NOT NULL UNIQUE)");
        apply(hq.insert("T", "INSERT INTO t SELECT x, x FROM SYSTEM_RANGE(1, 5000)").commit());
        apply(hq.update("T", "UPDATE t SET place = place + 1").commit());
        assertEqual("t");
        apply(hq.update("T", "UPDATE t SET place = place - 1").commit());
        assertEqual("t");
    }

    @Test
    void aUniqueValueMayMoveFromADeletedRowToANewOne() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20) UNIQUE)");
        apply(hq.insert("T", "INSERT INTO t VALUES (1, 'a'), (2, 'b')").commit());
        apply(hq.delete("T", "DELETE FROM t WHERE id = 1").insert("T", "INSERT INTO t VALUES (3, 'a')").update("T", "UPDATE t SET name = 'c' WHERE id = 2")
                .insert("T", "INSERT INTO t VALUES (4, 'b')").delete("T", "DELETE FROM t WHERE id = 4").insert("T", "INSERT INTO t VALUES (4, 'b')").commit());
        assertEqual("t");
    }

    @Test
    void aChangedKeyIsChangedAndReferencesFollow() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        apply(hq.insert("T", "INSERT INTO t VALUES (1, 1), (2, 2)").commit());
        source.execute("UPDATE t SET id = CASE id WHEN 1 THEN 2 ELSE 1 END, v = v + 10");
        apply(hq.note(new Change(hq.shape("T"), Operation.UPDATE, hq.image("T", "ID", 1L), null, hq.image("T", "ID", 2L, "V", 11L), List.of()))
                .note(new Change(hq.shape("T"), Operation.UPDATE, hq.image("T", "ID", 2L), null, hq.image("T", "ID", 1L, "V", 12L), List.of())).commit());
        assertEqual("t");
    }

    @Test
    void rowsOfOneTableThatReferToOneAnotherAreDeletedInAnyOrder() throws SQLException, IOException {
        both("CREATE TABLE employee (id INT PRIMARY KEY, reports_to INT REFERENCES employee)");
        apply(hq.insert("EMPLOYEE", "INSERT INTO employee VALUES (1, NULL), (2, 1), (3, 2), (4, 1)").update("EMPLOYEE", "UPDATE employee SET reports_to = 3 WHERE id = 1").commit());
        assertEqual("employee");
        apply(hq.delete("EMPLOYEE", "DELETE FROM employee").commit());
        assertThat(replica.number("SELECT COUNT(*) FROM employee")).isZero();
    }

    @Test
    void upsertInsertsOrUpdates() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, v INT, w INT)");
        apply(hq.insert("T", "INSERT INTO t VALUES (1, 1, 1)").commit());
        source.execute("MERGE INTO t VALUES (1, 2, 2), (2, 3, 3)", "MERGE INTO t VALUES (2, 4, 4)");
        apply(hq.note(new Change(hq.shape("T"), Operation.UPSERT, null, null, hq.image("T", "ID", 1L, "V", 2L, "W", 2L), List.of()))
                .note(new Change(hq.shape("T"), Operation.UPSERT, null, null, hq.image("T", "ID", 2L, "V", 3L, "W", 3L), List.of()))
                .note(new Change(hq.shape("T"), Operation.UPSERT, null, null, hq.image("T", "ID", 2L, "V", 4L, "W", 4L), List.of())).commit());
        assertEqual("t");
    }

    @Test
    void truncateDeletesEveryRow() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        ApplyResult result = apply(hq.insert("T", "INSERT INTO t VALUES (1, 1), (2, 1)").note(new Change(hq.shape("T"), Operation.TRUNCATE, null, null, null, List.of()))
                .note(new Change(hq.shape("T"), Operation.INSERT, null, null, hq.image("T", "ID", 3L, "V", 3L), List.of())).commit());
        assertThat(result.rows()).isEqualTo(4);
        assertThat(Contents.of(replica.connection(), "SELECT id FROM t")).containsExactly("ID=3 ");
    }

    @Test
    void generatedColumnsAreComputedAndIdentitiesTakeTheirValues() throws SQLException, IOException {
        source.execute("CREATE TABLE t (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v INT, w INT GENERATED ALWAYS AS (v + 1))");
        replica.execute("CREATE TABLE t (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, v INT, w INT " + replica.dialect().generatedAs("v + 1") + ")");
        apply(hq.insert("T", "INSERT INTO t (v) VALUES (1), (2)").insert("T", "INSERT INTO t (v) SELECT x FROM SYSTEM_RANGE(1, 300)").update("T", "UPDATE t SET v = 7 WHERE id = 1").commit());
        assertEqual("t");
        replica.execute("INSERT INTO t (v) VALUES (-99)");
        assertThat(replica.number("SELECT id FROM t WHERE v = -99")).as("drawn past the data").isEqualTo(303);
    }

    @Test
    void aReplicaWithIdentityAlwaysTakesTheValuesToo() throws SQLException, IOException {
        both("CREATE TABLE t (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v INT)");
        apply(hq.insert("T", "INSERT INTO t (v) VALUES (1), (2)").update("T", "UPDATE t SET v = 7 WHERE id = 1").commit());
        assertEqual("t");
    }

    @Test
    void aDeleteThatFindsNothingIsCounted() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        apply(hq.insert("T", "INSERT INTO t VALUES (1, 1), (2, 2)").commit());
        replica.execute("DELETE FROM t WHERE id = 1");
        ApplyResult result = apply(hq.delete("T", "DELETE FROM t").commit());
        assertThat(result.alreadyGone()).isEqualTo(1);
        assertThat(replica.number("SELECT total FROM waybill.counter WHERE name = 'already_gone' AND UPPER(subject) = 'PUBLIC.T'")).isEqualTo(1);
        assertEqual("t");
    }

    @Test
    void anUpdateThatFindsNothingHaltsAndAllBeforeItIsApplied() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        apply(hq.insert("T", "INSERT INTO t VALUES (1, 1), (2, 2)").commit());
        replica.execute("DELETE FROM t WHERE id = 2");
        replica.connection().commit();
        ReceivedTransaction good = hq.update("T", "UPDATE t SET v = 5 WHERE id = 1").commit();
        ReceivedTransaction bad = hq.insert("T", "INSERT INTO t VALUES (3, 3)").update("T", "UPDATE t SET v = 6 WHERE id = 2").commit();
        ReceivedTransaction after = hq.insert("T", "INSERT INTO t VALUES (4, 4)").commit();
        ApplyResult result = apply(good, bad, after);
        assertThat(result.last()).isEqualTo(good);
        assertThat((Throwable) result.halt()).message().containsIgnoringCase("PUBLIC.T").containsIgnoringCase("ID=2").contains(bad.offset().toString());
        assertThat(WaybillError.APPLY_ROW_MISSING.is(result.halt())).isTrue();
        assertThat(Contents.of(replica.connection(), "SELECT * FROM t")).containsExactly("ID=1 V=5 ");
        assertThatThrownBy(() -> apply(bad, after)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.APPLY_ROW_MISSING.is(error)).isTrue());
        replica.execute("INSERT INTO t VALUES (2, 0)");
        apply(bad, after);
        assertEqual("t");
    }

    @Test
    void aRowThatIsThereAlreadyHalts() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        replica.execute("INSERT INTO t VALUES (2, 0)");
        replica.connection().commit();
        ReceivedTransaction insert = hq.insert("T", "INSERT INTO t VALUES (1, 1), (2, 2)").commit();
        assertThatThrownBy(() -> apply(insert)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.APPLY_DUPLICATE.is(error)).isTrue()).message().containsIgnoringCase("ID=2");
        replica.execute("DELETE FROM t");
        apply(insert);
        assertEqual("t");
    }

    @Test
    void aMissingTableOrColumnHaltsUntilItIsThere() throws SQLException, IOException {
        source.execute("CREATE TABLE t (id INT PRIMARY KEY, v INT, w VARCHAR(20))");
        ReceivedTransaction insert = hq.insert("T", "INSERT INTO t VALUES (1, 1, 'long enough')").commit();
        assertThatThrownBy(() -> apply(insert)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.APPLY_TABLE_MISSING.is(error)).isTrue()).message().containsIgnoringCase("PUBLIC.T");
        replica.execute("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        replica.connection().commit();
        assertThatThrownBy(() -> apply(insert)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.APPLY_COLUMN_MISSING.is(error)).isTrue()).message().containsIgnoringCase("column W");
        replica.execute("ALTER TABLE t ADD COLUMN w VARCHAR(5)");
        replica.connection().commit();
        assertThatThrownBy(() -> apply(insert)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.APPLY_UNFIT.is(error)).isTrue()).message().containsIgnoringCase("W is " + varchar() + "(5)")
                .doesNotContain("long enough");
        replica.execute("ALTER TABLE t ALTER COLUMN w SET DATA TYPE VARCHAR(30)");
        apply(insert);
        assertEqual("t");
    }

    @Test
    void aChangedTableIsNoticed() throws SQLException, IOException {
        both("CREATE TABLE p (id INT PRIMARY KEY)", "CREATE TABLE t (id INT PRIMARY KEY, p INT)");
        apply(hq.insert("P", "INSERT INTO p VALUES (1)").insert("T", "INSERT INTO t VALUES (1, 1)").commit());
        both("ALTER TABLE t ADD FOREIGN KEY (p) REFERENCES p", "ALTER TABLE t DROP COLUMN IF EXISTS nothing");
        apply(hq.insert("T", "INSERT INTO t VALUES (2, 1)").insert("P", "INSERT INTO p VALUES (2)").insert("T", "INSERT INTO t VALUES (3, 2)").commit());
        assertEqual("p", "t");
    }

    @Test
    void aLockedRowIsNoHalt() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        apply(hq.insert("T", "INSERT INTO t VALUES (1, 1)").commit());
        ReceivedTransaction update = hq.update("T", "UPDATE t SET v = 2").commit();
        replica.execute("SET LOCK_TIMEOUT = 50");
        try (Connection other = replica.another(); Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("UPDATE t SET v = 9");
            assertThatThrownBy(() -> apply(update)).isInstanceOf(SQLTransientException.class).hasMessageContaining("APPLY_POSTPONED");
            other.rollback();
        }
        apply(update);
        assertEqual("t");
    }

    @Test
    void aTransactionThatCannotBeReadNowIsNoHaltButOneThatIsNoneIs() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        ReceivedTransaction whole = hq.insert("T", "INSERT INTO t VALUES (1, 1)").commit();
        ReceivedTransaction away = new ReceivedTransaction(whole.offset(), whole.digest(), raw -> {
            throw new IOException("the folder is away");
        });
        assertThatThrownBy(() -> apply(away)).isInstanceOf(SQLTransientException.class).hasMessageContaining("APPLY_POSTPONED");
        ReceivedTransaction cut = new ReceivedTransaction(whole.offset(), whole.digest(), raw -> new ByteArrayInputStream(whole.content().open(raw).readNBytes(20)));
        assertThatThrownBy(() -> apply(cut)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.APPLY_UNREADABLE.is(error)).isTrue());
        apply(whole);
        assertEqual("t");
    }

    @Test
    void strangeNamesAreOnlyNames() throws SQLException, IOException {
        both("CREATE TABLE \"a\"\"b; DROP TABLE x--\" (\"sel_ect\" INT PRIMARY KEY, \"v%\" INT)");
        String table = "a\"b; DROP TABLE x--";
        apply(hq.insert(table, "INSERT INTO \"a\"\"b; DROP TABLE x--\" VALUES (1, 2)").update(table, "UPDATE \"a\"\"b; DROP TABLE x--\" SET \"v%\" = 3").commit());
        assertEqual("\"a\"\"b; DROP TABLE x--\"");
    }
}
