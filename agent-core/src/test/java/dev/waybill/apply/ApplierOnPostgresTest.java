// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.error.WaybillError;
import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** What holds on H2 holds on PostgreSQL, where a failed statement takes the whole transaction with it unless a savepoint stands before it; changes come from H2, so names are folded too. */
class ApplierOnPostgresTest extends ApplierTest {

    @Override
    TestDatabase newReplica() throws SQLException {
        return TestDatabase.onPostgres();
    }

    @Override
    String varchar() {
        return "varchar";
    }

    /** It looks at a unique key with every row, so one of two that exchange values steps aside; a trigger would be shown that. */
    @Test
    void triggersAreNotShownValuesThatNeverWere() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, place INT NOT NULL UNIQUE)");
        replica.execute("CREATE TABLE seen (place INT)", "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (NEW.place); RETURN NULL; END $$",
                "CREATE TRIGGER see AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION see()");
        apply(hq.insert("T", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)").commit());
        ReceivedTransaction exchange = hq.update("T", "UPDATE t SET place = 3 - place WHERE id < 3").commit();
        assertThatThrownBy(() -> apply(exchange)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.APPLY_DUPLICATE.is(error)).isTrue());
        replica.execute("ALTER TABLE t DROP CONSTRAINT t_place_key", "ALTER TABLE t ADD UNIQUE (place) DEFERRABLE");
        apply(exchange);
        assertEqual("t");
        assertThat(Contents.of(replica.connection(), "SELECT place FROM seen")).containsExactlyInAnyOrder("PLACE=1 ", "PLACE=2 ");
    }

    /** Their references would follow to a value that never was, or be lost. */
    @Test
    void whatOtherRowsReferToDoesNotStepAside() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, place INT UNIQUE)");
        replica.execute("CREATE TABLE local (place INT REFERENCES t (place) ON UPDATE SET NULL)");
        apply(hq.insert("T", "INSERT INTO t VALUES (1, 1), (2, 2)").commit());
        replica.execute("INSERT INTO local VALUES (1)");
        replica.connection().commit();
        ReceivedTransaction exchange = hq.update("T", "UPDATE t SET place = 3 - place").commit();
        assertThatThrownBy(() -> apply(exchange)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.APPLY_DUPLICATE.is(error)).isTrue());
        assertThat(replica.number("SELECT place FROM local")).isEqualTo(1);
    }
}
