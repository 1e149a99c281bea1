// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.error.WaybillError;
import java.sql.SQLException;

/**
 * A statement whose rows are read and locked before it, so that they can be held against those after it. Under READ COMMITTED another session can commit a row between the two: then the statement is undone and repeated, a few times.
 * Stateless.
 */
final class Repeating {

    private static final int MAX_ATTEMPTS = 5;

    private Repeating() {}

    /**
     * Runs it; in a transaction already. Whatever it throws, its effects are undone.
     *
     * @param table   for people
     * @param attempt gives null when the rows are not those that were read before, and has recorded nothing then
     */
    static Outcome run(CapturingConnection connection, Object table, Step<Outcome> attempt) throws SQLException {
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            Outcome outcome = once(connection, attempt);
            if (outcome != null) {
                return outcome;
            }
        }
        throw WaybillError.ROWS_MOVED.with(table, MAX_ATTEMPTS);
    }

    private static Outcome once(CapturingConnection connection, Step<Outcome> attempt) throws SQLException {
        try {
            return connection.session().wholly(() -> {
                Outcome outcome = attempt.run();
                if (outcome == null) {
                    throw new RowsMovedException();
                }
                return outcome;
            });
        } catch (RowsMovedException undone) {
            return null;
        }
    }

    /** The rows are others; what was done to them is undone. */
    private static final class RowsMovedException extends SQLException {
        private static final long serialVersionUID = 1L;
    }
}
