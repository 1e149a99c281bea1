// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.dialect.Dialect.ErrorClass;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;

/** H2's error codes, by what they mean for apply. */
final class H2Errors {

    private static final int DEADLOCK = 40001;
    /** Lock time-out, deadlock, concurrent update, row gone while deleting, statement cancelled. */
    private static final Set<Integer> CONTENTION = Set.of(50200, DEADLOCK, 90131, 90112, 57014);
    /** Connection broken, object closed, database closed or closing, in use by another process, exclusive, I/O error, no disk space, out of memory, large object timed out. */
    private static final Set<Integer> UNAVAILABLE = Set.of(90067, 90007, 90098, 90121, 90020, 90135, 90028, 90031, 90100, 90108, 90039);
    /** Connection broken, object closed, database closed or closing. */
    private static final Set<Integer> CLOSED = Set.of(90067, 90007, 90098, 90121);
    /** Child rows are there; parent row is missing. */
    private static final Set<Integer> REFERENCE = Set.of(23503, 23506);
    /** Table, column, schema, type, sequence not found (each in all its variants); column count; NULL not allowed; CHECK violated. */
    private static final Set<Integer> MISFIT = Set.of(42102, 42103, 42104, 42122, 90079, 50004, 90036, 21002, 23502, 23513, 23514);
    private static final Set<Integer> TABLE_MISSING = Set.of(42102, 42103, 42104);
    private static final int DUPLICATE_KEY = 23505;

    private H2Errors() {}

    static boolean isDeadlock(SQLException error) {
        for (SQLException e = error; e != null; e = e.getNextException()) {
            if (e.getErrorCode() == DEADLOCK) {
                return true;
            }
        }
        return false;
    }

    static boolean isClosed(SQLException error) {
        return CLOSED.contains(error.getErrorCode()) || error.getSQLState() != null && error.getSQLState().startsWith("08");
    }

    static boolean isTableMissing(SQLException error) {
        return TABLE_MISSING.contains(error.getErrorCode());
    }

    static ErrorClass classify(SQLException error) {
        if (error instanceof BatchUpdateException && error.getErrorCode() == 0 && error.getNextException() != null) {
            return classify(error.getNextException());
        }
        int code = error.getErrorCode();
        if (CONTENTION.contains(code) || UNAVAILABLE.contains(code) || error instanceof SQLTransientException || error instanceof SQLRecoverableException) {
            return ErrorClass.TRANSIENT;
        }
        if (code == DUPLICATE_KEY) {
            return ErrorClass.DUPLICATE;
        }
        if (REFERENCE.contains(code)) {
            return ErrorClass.REFERENCE;
        }
        return MISFIT.contains(code) || code / 1000 == 22 ? ErrorClass.SCHEMA : ErrorClass.OTHER;
    }
}
