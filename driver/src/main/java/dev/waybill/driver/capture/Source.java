// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.RowWriter;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.facts.RequestedColumns;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A statement that is to be executed now: a text, and for a prepared one its parameters. What a plan does with it is the same for both. */
interface Source {

    /** The text as the application gave it. */
    String sql();

    /** The raw statement that stands for the application's. */
    Statement statement();

    /** What waits for the sake of the application's statement waits as long as that may. */
    default void limit(Statement ours) throws SQLException {
        int seconds = statement().getQueryTimeout();
        if (ours.getQueryTimeout() != seconds) {
            ours.setQueryTimeout(seconds);
        }
    }

    /** Which keys the application asked for. */
    KeyRequest keys();

    /** The row that it is going to insert, all that stands there, when that is known from its parameters; otherwise null. Good until the next one is asked for on this connection. */
    default RowWriter known(PlainInsert insert) {
        return null;
    }

    /** Its INSERT together with the outbox part of the row that it inserts, in autocommit mode; only where that is {@link #known}. */
    default void along(String sql) throws SQLException {
        throw new IllegalStateException("a row that is not known from parameters");
    }

    /** The application's own call on the raw statement. */
    Outcome bare(Call call) throws SQLException;

    /**
     * The application's own call, asking for these columns by the generated-keys channel; {@link #keysResult} then has them.
     *
     * @return the update count
     */
    long withKeys(Call call, RequestedColumns columns) throws SQLException;

    /**
     * The application's own call, of this plan's text instead of its own, on its own statement where that is possible; {@link #keysResult} then has the rows that it returns.
     *
     * @return the update count
     */
    long returning(Plan.Returning plan) throws SQLException;

    /** The generated keys of the last execution. */
    ResultSet keysResult() throws SQLException;

    /**
     * A statement of ours, with the application's time-out and with its parameters bound to it. The caller gives it back by {@link #release}.
     *
     * @param parameters which of them, from 1, in the order in which our text has them; null for all
     */
    PreparedStatement derived(String sql, int[] parameters) throws SQLException;

    /** The rows of a statement of ours, with all of the application's parameters, which can be gone through again; closing them closes it. */
    ResultSet scrollable(String sql) throws SQLException;

    /** Whoever used a derived statement is done with it, and with its result set. */
    void release(PreparedStatement statement) throws SQLException;
}
