// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;

/** What the database would leave half done when it fails: done whole, or not at all, by a savepoint before it. Stateless; used under the connection's lock. */
final class BehindSavepoint {

    private static final String NAME = "WAYBILL_STATEMENT";

    private BehindSavepoint() {}

    /** @param autoCommit whether each statement is a transaction by itself: then nothing is left of one that fails */
    static <T> T run(Connection raw, boolean autoCommit, CapturingConnection.Step<T> step) throws SQLException {
        Savepoint before = autoCommit ? null : raw.setSavepoint(NAME);
        try {
            return step.run();
        } catch (SQLException | RuntimeException failed) {
            if (before != null) {
                undo(raw, before, failed);
            }
            throw failed;
        }
    }

    private static void undo(Connection raw, Savepoint before, Exception failed) {
        try {
            raw.rollback(before);
        } catch (SQLException ended) {
            failed.addSuppressed(ended); // the database has undone the whole transaction
        }
    }
}
