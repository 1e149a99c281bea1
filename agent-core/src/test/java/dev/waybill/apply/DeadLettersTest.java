// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.Operation;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.PoisonPolicy;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** R12: what cannot be applied is put aside, whole, and what belongs to it waits behind it. */
class DeadLettersTest {

    private TestDatabase source;
    private TestDatabase replica;
    private Source hq;
    private Applier applier;
    private DeadLetterOffice office;

    @BeforeEach
    void open() throws SQLException {
        source = new TestDatabase();
        replica = new TestDatabase();
        hq = new Source(source);
        applier = new Applier(replica.dialect());
        office = new DeadLetterOffice(replica.connection(), replica.dialect(), InstantSource.system());
        replica.execute("INSERT INTO waybill.remote_user (user_name, consolidate, type_name, address, frequency) VALUES ('hq', 'Y', 'FILE', 'hq', 'B')");
        both("CREATE TABLE p (id INT PRIMARY KEY, code VARCHAR(10) UNIQUE, v INT)", "CREATE TABLE c (id INT PRIMARY KEY, p INT REFERENCES p, v INT)");
    }

    @AfterEach
    void close() throws SQLException {
        source.close();
        replica.close();
    }

    private void both(String... statements) throws SQLException {
        source.execute(statements);
        replica.execute(statements);
    }

    private ApplyResult apply(PoisonPolicy policy, ReceivedTransaction... transactions) throws SQLException {
        Connection raw = replica.connection();
        raw.setAutoCommit(false);
        try {
            ApplyResult result = applier.apply(raw, "hq", List.of(transactions), policy);
            raw.commit();
            return result;
        } finally {
            raw.rollback();
            raw.setAutoCommit(true);
        }
    }

    private void assertEqual(String... tables) throws SQLException {
        for (String table : tables) {
            assertThat(Contents.of(replica.connection(), "SELECT * FROM " + table)).as(table).isEqualTo(Contents.of(source.connection(), "SELECT * FROM " + table));
        }
    }

    private List<String> letters() throws SQLException {
        return Contents.of(replica.connection(), "SELECT log_offset, state, CASE WHEN behind IS NULL THEN 'failed' ELSE 'waits' END w FROM waybill.dead_letter");
    }

    private static String parked(ReceivedTransaction transaction, String how) {
        return "LOG_OFFSET=" + transaction.offset().bytes() + " STATE=PARKED W=" + how + " ";
    }

    private void retryFirst() throws SQLException {
        office.retry(replica.number("SELECT MIN(letter_id) FROM waybill.dead_letter WHERE state = 'PARKED'"));
        while (office.release("hq") != null) {
            continue;
        }
    }

    @Test
    void aTransactionThatCannotBeAppliedIsParkedWholeAndTheRestGoesOn() throws SQLException, IOException {
        apply(PoisonPolicy.PARK, hq.insert("P", "INSERT INTO p VALUES (1, 'a', 1), (2, 'b', 2)").commit());
        replica.execute("DELETE FROM p WHERE id = 2");
        ReceivedTransaction bad = hq.update("P", "UPDATE p SET v = 10 WHERE id = 1").update("P", "UPDATE p SET v = 20 WHERE id = 2").commit();
        ReceivedTransaction other = hq.insert("P", "INSERT INTO p VALUES (3, 'c', 3)").commit();
        ApplyResult result = apply(PoisonPolicy.PARK, bad, other);
        assertThat(result.last()).isEqualTo(other);
        assertThat((Throwable) result.halt()).isNull();
        assertThat(result.diverged()).contains("1 parked");
        assertThat(letters()).containsExactly(parked(bad, "failed"));
        assertThat(replica.number("SELECT log_received FROM waybill.remote_user")).as("in the same commit").isEqualTo(other.offset().bytes());
        assertThat(Contents.of(replica.connection(), "SELECT id, v FROM p")).as("nothing of it, all of the other").containsExactly("ID=1 V=1 ", "ID=3 V=3 ");
        assertThat(replica.text("SELECT reason FROM waybill.dead_letter")).contains("PUBLIC.P").contains("ID=2");
        assertThat(replica.text("SELECT diverged_since FROM waybill.remote_user")).isNotNull();
        replica.execute("INSERT INTO p VALUES (2, 'b', 2)");
        retryFirst();
        assertEqual("p");
        assertThat(letters()).isEmpty();
        assertThat(replica.text("SELECT diverged_since FROM waybill.remote_user")).isNull();
        assertThat(replica.text("SELECT after FROM waybill.audit WHERE what = 'RETRY DEAD LETTER'")).isEqualTo("applied");
    }

    @Test
    void whatTouchesAParkedRowWaitsBehindItAlsoAfterARestart() throws SQLException, IOException {
        apply(PoisonPolicy.PARK, hq.insert("P", "INSERT INTO p VALUES (1, 'a', 1), (2, 'b', 2)").commit());
        replica.execute("INSERT INTO p VALUES (5, 'local', 0)");
        ReceivedTransaction insert = hq.insert("P", "INSERT INTO p VALUES (5, 'e', 5)").commit();
        apply(PoisonPolicy.PARK, insert);
        applier = new Applier(replica.dialect());
        ReceivedTransaction delete = hq.delete("P", "DELETE FROM p WHERE id = 5").commit();
        ReceivedTransaction free = hq.update("P", "UPDATE p SET v = 7 WHERE id = 1").commit();
        ReceivedTransaction again = hq.insert("P", "INSERT INTO p VALUES (6, 'e', 6)").commit();
        apply(PoisonPolicy.PARK, delete, free, again);
        assertThat(letters()).containsExactlyInAnyOrder(parked(insert, "failed"), parked(delete, "waits"), parked(again, "waits"));
        assertThat(replica.number("SELECT v FROM p WHERE id = 5")).as("a DELETE that went before its INSERT would bring the row back for ever").isZero();
        replica.execute("DELETE FROM p WHERE id = 5");
        retryFirst();
        assertThat(letters()).isEmpty();
        assertEqual("p");
    }

    @Test
    void childrenOfAParkedRowWaitAndSoDoesTheDeletionOfAParentOfAParkedChild() throws SQLException, IOException {
        apply(PoisonPolicy.PARK, hq.insert("P", "INSERT INTO p VALUES (1, 'a', 1)").commit());
        replica.execute("INSERT INTO p VALUES (2, 'x', 0)");
        ReceivedTransaction parent = hq.insert("P", "INSERT INTO p VALUES (2, 'b', 2)").commit();
        ReceivedTransaction child = hq.insert("C", "INSERT INTO c VALUES (1, 2, 1)").commit();
        ReceivedTransaction sibling = hq.insert("C", "INSERT INTO c VALUES (2, 1, 1)").commit();
        apply(PoisonPolicy.PARK, parent, child, sibling);
        assertThat(letters()).containsExactlyInAnyOrder(parked(parent, "failed"), parked(child, "waits"));
        assertThat(replica.number("SELECT COUNT(*) FROM c")).isEqualTo(1);
        replica.execute("DELETE FROM p WHERE id = 2", "INSERT INTO c VALUES (9, 1, 0)");
        retryFirst();
        ReceivedTransaction clash = hq.insert("C", "INSERT INTO c VALUES (9, 1, 1)").commit();
        ReceivedTransaction gone = hq.delete("C", "DELETE FROM c WHERE p = 1").delete("P", "DELETE FROM p WHERE id = 1").commit();
        replica.execute("DELETE FROM c WHERE id = 2");
        apply(PoisonPolicy.PARK, clash, gone);
        assertThat(letters()).containsExactlyInAnyOrder(parked(clash, "failed"), parked(gone, "waits"));
        assertThat(replica.number("SELECT COUNT(*) FROM p WHERE id = 1")).isEqualTo(1);
        replica.execute("DELETE FROM c WHERE id = 9");
        retryFirst();
        assertThat(letters()).isEmpty();
        assertEqual("p", "c");
    }

    @Test
    void aDeletionThatOnlyNamesAKeyWaitsForWhatRefersToTheRowByAnotherKey() throws SQLException, IOException {
        both("CREATE TABLE q (id INT PRIMARY KEY, code VARCHAR(10) UNIQUE)", "CREATE TABLE d (id INT PRIMARY KEY, code VARCHAR(10) REFERENCES q(code))");
        apply(PoisonPolicy.PARK, hq.insert("Q", "INSERT INTO q VALUES (1, 'a')").commit());
        replica.execute("INSERT INTO d VALUES (1, NULL)");
        ReceivedTransaction clash = hq.insert("D", "INSERT INTO d VALUES (1, 'a')").commit();
        ReceivedTransaction unrelated = hq.insert("D", "INSERT INTO d VALUES (2, NULL)").commit();
        source.execute("DELETE FROM d", "DELETE FROM q");
        ReceivedTransaction gone = hq.note(new Change(hq.shape("Q"), Operation.DELETE, null, hq.image("Q", "ID", 1L), null, List.of())).commit();
        apply(PoisonPolicy.PARK, clash, unrelated, gone);
        assertThat(letters()).containsExactlyInAnyOrder(parked(clash, "failed"), parked(gone, "waits"));
        assertThat(replica.number("SELECT COUNT(*) FROM q")).isEqualTo(1);
    }

    @Test
    void underHaltAgainWhatIsParkedIsStillWaitedFor() throws SQLException, IOException {
        replica.execute("INSERT INTO p VALUES (1, 'x', 0)");
        ReceivedTransaction insert = hq.insert("P", "INSERT INTO p VALUES (1, 'a', 1)").commit();
        apply(PoisonPolicy.PARK, insert);
        ReceivedTransaction update = hq.update("P", "UPDATE p SET v = 2 WHERE id = 1").commit();
        apply(PoisonPolicy.HALT, update);
        assertThat(letters()).containsExactlyInAnyOrder(parked(insert, "failed"), parked(update, "waits"));
        assertThat(replica.number("SELECT v FROM p")).isZero();
    }

    @Test
    void aFailureThatPassesIsNeverParkedNorSkipped() throws SQLException, IOException {
        apply(PoisonPolicy.PARK, hq.insert("P", "INSERT INTO p VALUES (1, 'a', 1)").commit());
        ReceivedTransaction update = hq.update("P", "UPDATE p SET v = 2").commit();
        replica.execute("SET LOCK_TIMEOUT 50");
        try (Connection other = replica.another(); Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("UPDATE p SET v = 9");
            for (PoisonPolicy policy : PoisonPolicy.values()) {
                assertThatThrownBy(() -> apply(policy, update)).isInstanceOf(SQLTransientException.class);
            }
            other.rollback();
        }
        assertThat(letters()).isEmpty();
        apply(PoisonPolicy.PARK, update);
        assertEqual("p");
    }

    @Test
    void aSkippedTransactionIsLeftOutWholeRecordedAndCounted() throws SQLException, IOException {
        replica.execute("INSERT INTO p VALUES (1, 'x', 0)");
        ReceivedTransaction bad = hq.insert("P", "INSERT INTO p VALUES (7, 'g', 7)").insert("P", "INSERT INTO p VALUES (1, 'a', 1)").commit();
        ReceivedTransaction good = hq.update("P", "UPDATE p SET v = 2 WHERE id = 1").commit();
        apply(PoisonPolicy.SKIP, bad, good);
        assertThat(Contents.of(replica.connection(), "SELECT id, v FROM p")).containsExactly("ID=1 V=2 ");
        assertThat(letters()).containsExactly("LOG_OFFSET=" + bad.offset().bytes() + " STATE=SKIPPED W=failed ");
        assertThat(replica.number("SELECT total FROM waybill.counter WHERE name = 'skipped' AND subject = 'hq'")).isEqualTo(1);
        assertThat(replica.text("SELECT diverged_reason FROM waybill.remote_user")).contains("1 skipped");
        assertThat(office.verified("hq")).isEqualTo(1);
        assertThat(replica.text("SELECT diverged_reason FROM waybill.remote_user")).isNull();
    }

    @Test
    void aLetterMayBeEditedOrDiscardedAndTheStreamStaysDivergedUntilSomebodyVouches() throws SQLException, IOException {
        replica.execute("INSERT INTO p VALUES (1, 'x', 0)");
        apply(PoisonPolicy.PARK, hq.insert("P", "INSERT INTO p VALUES (1, 'a', 1), (2, 'b', 2)").commit(), hq.update("P", "UPDATE p SET v = 5 WHERE id = 1").commit());
        long first = replica.number("SELECT MIN(letter_id) FROM waybill.dead_letter");
        assertThatThrownBy(() -> office.retry(first + 1)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.DEAD_LETTER_BEHIND.is(error)).isTrue());
        assertThatThrownBy(() -> office.edit(first, Set.of(3L), List.of())).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.DEAD_LETTER_EDIT.is(error)).isTrue());
        assertThatThrownBy(() -> office.edit(first, Set.of(), List.of(new EditedValue(2, "v", "two")))).hasMessageContaining("is no INTEGER");
        office.edit(first, Set.of(1L), List.of(new EditedValue(2, "v", "22"), new EditedValue(2, "CODE", null)));
        assertThat(office.retry(first).failure()).isNull();
        while (office.release("hq") != null) {
            continue;
        }
        assertThat(Contents.of(replica.connection(), "SELECT * FROM p")).containsExactly("ID=1 CODE=a V=5 ", "ID=2 CODE=null V=22 ");
        assertThat(replica.text("SELECT diverged_reason FROM waybill.remote_user")).contains("1 edited");
        apply(PoisonPolicy.PARK, hq.insert("P", "INSERT INTO p VALUES (3, 'c', 3)").commit());
        replica.execute("DELETE FROM p WHERE id = 3");
        apply(PoisonPolicy.PARK, hq.update("P", "UPDATE p SET v = 4 WHERE id = 3").commit());
        office.discard(replica.number("SELECT letter_id FROM waybill.dead_letter WHERE state = 'PARKED'"));
        assertThat(replica.text("SELECT diverged_reason FROM waybill.remote_user")).contains("1 discarded");
        assertThat(office.verified("hq")).isEqualTo(2);
        assertThat(replica.text("SELECT diverged_reason FROM waybill.remote_user")).isNull();
        assertThat(replica.number("SELECT COUNT(*) FROM waybill.audit")).isGreaterThanOrEqualTo(4);
    }

    @Test
    void aSnapshotSettlesWhatWasParkedOfItsTablesAndLeavesTheRest() throws SQLException, IOException {
        both("CREATE TABLE o (id INT PRIMARY KEY, v INT)");
        replica.execute("INSERT INTO o VALUES (1, 0)", "INSERT INTO p VALUES (1, 'x', 0)");
        apply(PoisonPolicy.PARK, hq.insert("O", "INSERT INTO o VALUES (1, 1)").insert("P", "INSERT INTO p VALUES (1, 'a', 1)").commit(), hq.update("P", "UPDATE p SET v = 3").commit());
        assertThat(letters()).hasSize(2);
        hq.snapshot("P");
        apply(PoisonPolicy.PARK, hq.commit());
        assertEqual("p", "c");
        assertThat(letters()).hasSize(1);
        assertThat(replica.text("SELECT tables FROM waybill.dead_letter")).isEqualTo("PUBLIC.O");
        replica.execute("DELETE FROM o");
        retryFirst();
        assertEqual("o", "p");
        assertThat(letters()).isEmpty();
    }

    @Test
    void snapshotsOfAllItsTablesSettleWhatWasSkippedHoweverManyTheyAre() throws SQLException, IOException {
        both("CREATE TABLE o (id INT PRIMARY KEY, v INT)");
        replica.execute("INSERT INTO o VALUES (1, 0)");
        apply(PoisonPolicy.SKIP, hq.insert("O", "INSERT INTO o VALUES (1, 1)").insert("P", "INSERT INTO p VALUES (1, 'a', 1)").commit());
        assertThat(letters()).hasSize(1);
        hq.snapshot("P");
        apply(PoisonPolicy.SKIP, hq.commit());
        assertThat(replica.text("SELECT diverged_reason FROM waybill.remote_user")).as("rows of O are still missing").isNotNull();
        hq.snapshot("O");
        apply(PoisonPolicy.SKIP, hq.commit());
        assertEqual("o", "p");
        assertThat(letters()).isEmpty();
        assertThat(replica.text("SELECT diverged_reason FROM waybill.remote_user")).isNull();
    }

    /** A sender that was restored and renewed begins at lower offsets than it had. */
    @Test
    void aSnapshotSettlesWhatWasParkedOfAFormerHistoryWhateverItsOffset() throws SQLException, IOException {
        replica.execute("INSERT INTO p VALUES (1, 'x', 0)");
        apply(PoisonPolicy.PARK, hq.insert("P", "INSERT INTO p VALUES (1, 'a', 1)").commit());
        replica.execute("UPDATE waybill.dead_letter SET incarnation = RANDOM_UUID(), log_offset = 1000000000", "UPDATE waybill.remote_user SET incarnation = RANDOM_UUID()");
        hq.snapshot("P");
        apply(PoisonPolicy.PARK, hq.commit());
        assertEqual("p");
        assertThat(letters()).isEmpty();
    }

    @Test
    void aTransactionOfMoreRowsThanAreToldApartKeepsItsWholeTablesWaiting() throws SQLException, IOException {
        both("CREATE TABLE o (id INT PRIMARY KEY)");
        replica.execute("INSERT INTO p VALUES (1, 'x', 0)");
        ReceivedTransaction large = hq.insert("P", "INSERT INTO p SELECT x, NULL, 1 FROM SYSTEM_RANGE(1, " + (Surveyor.ROWS + 10) + ")").commit();
        ReceivedTransaction other = hq.insert("P", "INSERT INTO p VALUES (0, 'zero', 1)").commit();
        ReceivedTransaction free = hq.insert("O", "INSERT INTO o VALUES (1)").commit();
        apply(PoisonPolicy.PARK, large, other, free);
        assertThat(letters()).containsExactlyInAnyOrder(parked(large, "failed"), parked(other, "waits"));
        replica.execute("DELETE FROM p");
        retryFirst();
        assertEqual("p", "o");
    }
}
