// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.dialect.Dialect.ErrorClass;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.List;
import java.util.Set;

/** SQLite's result codes, by what they mean for apply. Its driver gives the primary code as the error's, and the extended one in brackets before the text. */
final class SqliteErrors {

    private static final int ERROR = 1;
    private static final int CONSTRAINT = 19;
    private static final int MISUSE = 21;
    /** Busy, locked, out of memory, interrupted, I/O error, full, cannot open, locking protocol, schema has changed. */
    private static final Set<Integer> PASSING = Set.of(5, 6, 7, 9, 10, 13, 14, 15, 17);
    /** Too big, datatype mismatch. */
    private static final Set<Integer> MISFIT = Set.of(18, 20);
    private static final List<String> DUPLICATE = List.of("SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_ROWID");
    private static final List<String> UNFIT = List.of("SQLITE_CONSTRAINT_NOTNULL", "SQLITE_CONSTRAINT_CHECK", "SQLITE_CONSTRAINT_DATATYPE");
    private static final List<String> UNKNOWN_NAME = List.of("no such table", "no such column", "has no column named", "generated column");

    private SqliteErrors() {}

    static boolean isClosed(SQLException error) {
        return error.getErrorCode() == MISUSE || has(error, "database connection closed") || has(error, "stmt pointer is closed");
    }

    static ErrorClass classify(SQLException error) {
        if (error instanceof BatchUpdateException && error.getErrorCode() == 0 && error.getNextException() != null) {
            return classify(error.getNextException());
        }
        int code = error.getErrorCode();
        if (PASSING.contains(code) || isClosed(error) || error instanceof SQLTransientException || error instanceof SQLRecoverableException) {
            return ErrorClass.TRANSIENT;
        }
        if (code == CONSTRAINT || error instanceof BatchUpdateException && has(error, "SQLITE_CONSTRAINT")) {
            return constraint(error);
        }
        return MISFIT.contains(code) || code == ERROR && UNKNOWN_NAME.stream().anyMatch(text -> has(error, text)) ? ErrorClass.SCHEMA : ErrorClass.OTHER;
    }

    private static ErrorClass constraint(SQLException error) {
        if (DUPLICATE.stream().anyMatch(name -> has(error, name))) {
            return ErrorClass.DUPLICATE;
        }
        if (has(error, "SQLITE_CONSTRAINT_FOREIGNKEY")) {
            return ErrorClass.REFERENCE;
        }
        return UNFIT.stream().anyMatch(name -> has(error, name)) ? ErrorClass.SCHEMA : ErrorClass.OTHER;
    }

    private static boolean has(SQLException error, String text) {
        return error.getMessage() != null && error.getMessage().contains(text);
    }
}
