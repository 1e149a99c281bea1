// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.Operation;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.error.WaybillError;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What holds on H2 holds on MariaDB; changes come from H2, so names are folded too. */
class ApplierOnMariaDbTest extends ApplierTest {

    @Override
    TestDatabase newReplica() throws SQLException {
        return TestDatabase.onMariaDb();
    }

    @Override
    String varchar() {
        return "varchar";
    }

    /** MariaDB looks at a unique key with every row, and cannot be told otherwise. */
    @Override
    @Test
    void rowsOfOneStatementMayExchangeUniqueValues() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, place INT NOT NULL UNIQUE)");
        apply(hq.insert("T", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3), (4, 4)").commit());
        ReceivedTransaction exchange = hq.update("T", "UPDATE t SET place = 3 - place WHERE id < 3").commit();
        assertThatThrownBy(() -> apply(exchange)).isInstanceOfSatisfying(SQLException.class, error -> assertThat(WaybillError.APPLY_DUPLICATE.is(error)).isTrue());
        replica.execute("ALTER TABLE t DROP INDEX place");
        apply(exchange);
        assertEqual("t");
    }

    /** The same for the key itself. */
    @Override
    @Test
    void aChangedKeyIsChangedAndReferencesFollow() throws SQLException, IOException {
        both("CREATE TABLE t (id INT PRIMARY KEY, v INT)");
        apply(hq.insert("T", "INSERT INTO t VALUES (1, 1), (2, 2)").commit());
        source.execute("UPDATE t SET id = id + 10, v = v + 10");
        apply(hq.note(new Change(hq.shape("T"), Operation.UPDATE, hq.image("T", "ID", 1L), null, hq.image("T", "ID", 11L, "V", 11L), List.of()))
                .note(new Change(hq.shape("T"), Operation.UPDATE, hq.image("T", "ID", 2L), null, hq.image("T", "ID", 12L, "V", 12L), List.of())).commit());
        assertEqual("t");
    }
}
