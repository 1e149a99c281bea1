// SPDX-License-Identifier: Apache-2.0
package dev.waybill.tentative;

import dev.waybill.dialect.CatalogueSql;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Deed;
import java.sql.SQLException;

/** What people do with saved transactions that failed. Each is a transaction of its own, noted in {@code waybill.audit}. Used by the thread of the connection. */
public final class TentativeControl {

    private final Administration administration;

    public TentativeControl(Administration administration) {
        this.administration = administration;
    }

    /**
     * Lets it be tried again.
     *
     * @throws SQLException SAVE_NOT_WAITING for one that has not failed
     */
    public void retry(long number) throws SQLException {
        change("RETRY TENTATIVE TRANSACTION", "tried again", number, "UPDATE #tentative_transaction SET state = 'SAVED', attempts = attempts + 1 WHERE number = ? AND state IN ('FAILED', 'LOGGED', 'IGNORED')");
    }

    /**
     * Gives it up; what comes after it goes on.
     *
     * @throws SQLException SAVE_NOT_WAITING for one that has not failed
     */
    public void discard(long number) throws SQLException {
        change("DISCARD TENTATIVE TRANSACTION", "discarded", number, "UPDATE #tentative_transaction SET state = 'DISCARDED' WHERE number = ? AND state IN ('FAILED', 'LOGGED', 'IGNORED')");
    }

    private void change(String what, String done, long number, String update) throws SQLException {
        if (administration.wrote()) {
            throw WaybillError.CATALOGUE_IN_TRANSACTION.with(what);
        }
        if (!administration.dialect().hasCatalogue(administration.raw())) {
            throw WaybillError.PUBLISHER_MISSING.with();
        }
        Deed deed = new Deed(administration.raw(), administration.dialect(), administration.clock());
        deed.perform(raw -> {
            CatalogueSql sql = new CatalogueSql(raw, administration.dialect());
            if (sql.run(update, number) == 0) {
                String[] state = {"not known"};
                sql.each(row -> state[0] = row.getString(1), "SELECT state FROM #tentative_transaction WHERE number = ?", number);
                throw WaybillError.SAVE_NOT_WAITING.with(number, done, state[0]);
            }
            deed.note(what, Long.toString(number), null, null);
            return null;
        });
        administration.board().signalCommit();
    }
}
