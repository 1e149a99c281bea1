// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.error.WaybillError;
import dev.waybill.tentative.TentativeTransaction;
import dev.waybill.tentative.TransactionValidator;
import dev.waybill.tentative.Verdict;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SAVE at a branch, carried out at the head office, between two databases on H2. */
class TentativeTest {

    @TempDir
    private Path directory;
    private Couple couple;

    @BeforeEach
    void open() throws SQLException {
        couple = Couple.onH2(directory, "SEND EVERY '00:00:00'");
    }

    @AfterEach
    void close() throws SQLException {
        couple.close();
    }

    private void awaitStates(String... states) {
        Couple.awaitRows(() -> Couple.rows(couple.branch, "SELECT number || ' ' || state FROM waybill.tentative_transaction ORDER BY number"), states);
    }

    private List<String> log() throws SQLException {
        return Couple.rows(couple.hq, "SELECT entry FROM log");
    }

    @Test
    void whatCommittedTransactionsSavedIsCarriedOutInOrderAndWhatIsRolledBackIsNot() throws SQLException {
        Couple.say(couple.hq, "GRANT PROPAGATE TO branch");
        couple.branch.setAutoCommit(false);
        Couple.say(couple.branch, "SAVE INSERT INTO log VALUES ('rolled back')");
        couple.branch.rollback();
        Couple.say(couple.branch, "SAVE INSERT INTO log VALUES ('1a')");
        Savepoint savepoint = couple.branch.setSavepoint();
        Couple.say(couple.branch, "SAVE INSERT INTO log VALUES ('behind the savepoint')");
        couple.branch.rollback(savepoint);
        Couple.say(couple.branch, "SAVE INSERT INTO log SELECT entry || 'b' FROM log");
        couple.branch.commit();
        for (int i = 2; i < 6; i++) {
            Couple.say(couple.branch, "SAVE INSERT INTO log VALUES ('" + i + "')");
            couple.branch.commit();
        }
        couple.branch.setAutoCommit(true);
        awaitStates("1 ACCEPTED", "2 ACCEPTED", "3 ACCEPTED", "4 ACCEPTED", "5 ACCEPTED");
        assertThat(log()).containsExactly("1a", "1ab", "2", "3", "4", "5");
        assertThat(Couple.rows(couple.hq, "SELECT COUNT(*) FROM waybill.tentative_received")).containsExactly("5");
        Couple.say(couple.branch, "SAVE INSERT INTO news VALUES (1, 'published')");
        Couple.say(couple.hq, "CREATE SUBSCRIPTION TO p FOR branch", "SYNCHRONIZE SUBSCRIPTION TO p FOR branch");
        Couple.say(couple.branch, "REFRESH p TIMEOUT 100");
        assertThatThrownBy(() -> Couple.say(couple.branch, "SAVE COMMIT")).hasMessageContaining(WaybillError.SAVE_REFUSED.name());
        assertThatThrownBy(() -> Couple.say(couple.hq, "SAVE DELETE FROM log")).hasMessageContaining(WaybillError.CALL_NODE.name());
    }

    /** Knows which orders are good. */
    public static final class CheckOrders implements TransactionValidator {
        @Override
        public Verdict validate(Connection connection, TentativeTransaction transaction) throws SQLException {
            if (transaction.properties().getOrDefault("priority", "low").equals("none")) {
                return new Verdict.Reject("NO_STOCK", "there is none left for " + transaction.node());
            } else if (transaction.statements().get(0).contains("1000")) {
                return new Verdict.Amend(List.of("INSERT INTO log VALUES ('100')"), "a hundred at most");
            }
            return new Verdict.Accept();
        }
    }

    @Test
    void validatorAcceptsAmendsAndRejectsAndItsWordsComeBack() throws SQLException {
        Couple.say(couple.hq, "CREATE REMOTE PROCEDURE check_orders CLASS '" + CheckOrders.class.getName() + "'", "GRANT PROPAGATE TO branch VALIDATOR check_orders");
        Couple.say(couple.branch, "SAVE INSERT INTO log VALUES ('10')", "SAVE INSERT INTO log VALUES ('1000')");
        couple.branch.setAutoCommit(false);
        Couple.say(couple.branch, "SAVE INSERT INTO log VALUES ('20')", "SAVE PROPERTY priority VALUE 'high'", "SAVE PROPERTY priority VALUE NONE", "SAVE PROPERTY priority VALUE 'none'");
        couple.branch.commit();
        couple.branch.setAutoCommit(true);
        Couple.say(couple.branch, "SAVE INSERT INTO log VALUES ('30')");
        awaitStates("1 ACCEPTED", "2 AMENDED", "3 REJECTED", "4 ACCEPTED");
        assertThat(log()).containsExactly("10", "100", "30");
        assertThat(Couple.rows(couple.branch, "SELECT error_code, error_text FROM waybill.tentative_transaction WHERE number = 3")).containsExactly("NO_STOCK|there is none left for branch");
        assertThat(Couple.rows(couple.branch, "SELECT error_text FROM waybill.tentative_transaction WHERE number = 2")).containsExactly("a hundred at most");
    }

    @Test
    void statementsAndProceduresMeetOnTheBulletinBoard() throws SQLException {
        Couple.say(couple.hq, "CREATE REMOTE PROCEDURE judge AS INSERT INTO log SELECT name || '=' || setting FROM waybill.sync_parameter WHERE name IN ('said', 'shop')", "GRANT PROPAGATE TO branch VALIDATOR judge");
        couple.branch.setAutoCommit(false);
        Couple.say(couple.branch, "SAVE PUT_PARAM('said', 'yes')", "SAVE PROPERTY shop VALUE 'north'");
        couple.branch.commit();
        Couple.say(couple.branch, "SAVE PUT_PARAM('SYS_ROLLBACK', 'YES')", "SAVE PUT_PARAM('SYS_ERROR_CODE', '4711')", "SAVE PUT_PARAM('SYS_ERROR_TEXT', 'not today')", "SAVE INSERT INTO log VALUES ('taken back')");
        couple.branch.commit();
        couple.branch.setAutoCommit(true);
        awaitStates("1 ACCEPTED", "2 REJECTED");
        assertThat(log()).containsExactlyInAnyOrder("said=yes", "shop=north");
        assertThat(Couple.rows(couple.branch, "SELECT error_code || ' ' || error_text FROM waybill.tentative_transaction WHERE number = 2")).containsExactly("4711 not today");
        assertThat(Couple.rows(couple.hq, "SELECT name FROM waybill.sync_parameter")).isEmpty();
        couple.hq.setAutoCommit(false);
        Couple.say(couple.hq, "PUT_PARAM('x', 'of this transaction')");
        assertThat(Couple.rows(couple.hq, "GET_PARAM('x')")).containsExactly("of this transaction");
        assertThat(Couple.rows(couple.hq, "GET_PARAM('y')")).containsExactly("null");
        couple.hq.rollback();
        assertThat(Couple.rows(couple.hq, "GET_PARAM('x')")).containsExactly("null");
    }

    @Test
    void errorStopsIsLoggedOrIgnoredAsItsTransactionSays() throws SQLException {
        Couple.say(couple.branch, "SAVE INSERT INTO log VALUES ('nobody may')");
        awaitStates("1 FAILED");
        assertThat(Couple.rows(couple.branch, "SELECT error_code FROM waybill.tentative_transaction")).containsExactly("42501");
        Couple.say(couple.branch, "SAVE IGNORE_ERRORS INSERT INTO missing VALUES (1)", "SAVE LOG_ERRORS INSERT INTO later VALUES (1)", "SAVE FAIL_ERRORS INSERT INTO later VALUES (2)", "SAVE INSERT INTO log VALUES ('last')");
        Couple.say(couple.hq, "GRANT PROPAGATE TO branch");
        assertThat(log()).as("the first one stops them").isEmpty();
        Couple.say(couple.branch, "DISCARD TENTATIVE TRANSACTION 1");
        awaitStates("1 DISCARDED", "2 IGNORED", "3 LOGGED", "4 FAILED", "5 SAVED");
        Couple.say(couple.hq, "CREATE TABLE later (id INT)");
        Couple.say(couple.branch, "RETRY TENTATIVE TRANSACTION 4");
        awaitStates("1 DISCARDED", "2 IGNORED", "3 LOGGED", "4 ACCEPTED", "5 ACCEPTED");
        Couple.say(couple.branch, "RETRY TENTATIVE TRANSACTION 3");
        awaitStates("1 DISCARDED", "2 IGNORED", "3 ACCEPTED", "4 ACCEPTED", "5 ACCEPTED");
        assertThat(Couple.rows(couple.hq, "SELECT id FROM later")).containsExactly("2", "1");
        assertThatThrownBy(() -> Couple.say(couple.branch, "DISCARD TENTATIVE TRANSACTION 5")).hasMessageContaining(WaybillError.SAVE_NOT_WAITING.name());
        assertThat(Couple.rows(couple.branch, "SELECT what FROM waybill.audit WHERE what LIKE '%TENTATIVE%' ORDER BY audit_id")).hasSize(3);
    }
}
