// SPDX-License-Identifier: Apache-2.0
package dev.waybill.error;

import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientException;
import java.util.Locale;

/**
 * One constant for each error that Waybill raises. Immutable; any thread.
 *
 * <p>The text is a {@link String#format} pattern of three sentences: fact with values, what was and was not done, what to do.
 * Constants stand in a section for each room; SQLStates follow the standard where it has one, otherwise class {@code WB}.
 */
public enum WaybillError {

    // ---- statement: the SQL that is ours ----

    /** Cause: a statement that begins like one of ours but is not one. */
    STATEMENT_SYNTAX("42601", Retry.NEVER,
            "The statement is not understood at position %s, near \"%s\": expected %s. Nothing was done. Correct the statement; its full form is: %s"),

    // ---- publication: the catalogue ----

    /** Cause: a catalogue statement inside a transaction that has already written. */
    CATALOGUE_IN_TRANSACTION("25001", Retry.NEVER,
            "%s changes the catalogue, but this transaction has already written. Nothing was done, the transaction is still open. Commit or roll back first, then say it again."),

    /** Cause: the catalogue was made by a newer version of the program. */
    CATALOGUE_TOO_NEW("WB101", Retry.NEVER,
            "The catalogue has format %s, this program knows up to format %s. The database was left untouched. Use the newer program.");

    private enum Retry { NEVER, LATER, TRANSACTION }

    private final String sqlState;
    private final Retry retry;
    private final String text;

    WaybillError(String sqlState, Retry retry, String text) {
        this.sqlState = sqlState;
        this.retry = retry;
        this.text = text;
    }

    /** The SQLState, five characters. */
    public String sqlState() {
        return sqlState;
    }

    /** The exception with these values in its text; never null, never thrown from here. */
    public SQLException with(Object... values) {
        String message = name() + ": " + String.format(Locale.ROOT, text, values);
        return switch (retry) {
            case LATER -> new SQLTransientException(message, sqlState);
            case TRANSACTION -> new SQLTransactionRollbackException(message, sqlState);
            case NEVER -> switch (sqlState.substring(0, 2)) {
                case "0A" -> new SQLFeatureNotSupportedException(message, sqlState);
                case "42" -> new SQLSyntaxErrorException(message, sqlState);
                default -> new SQLNonTransientException(message, sqlState);
            };
        };
    }

    /** As {@link #with}, with the cause attached. */
    public SQLException because(Throwable cause, Object... values) {
        SQLException exception = with(values);
        exception.initCause(cause);
        return exception;
    }

    /** Whether this exception is one of this kind. */
    public boolean is(SQLException exception) {
        String message = exception.getMessage();
        return message != null && message.startsWith(name() + ": ");
    }
}
