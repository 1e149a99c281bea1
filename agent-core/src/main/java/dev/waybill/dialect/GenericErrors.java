// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.dialect.Dialect.ErrorClass;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;

/** What the standard's SQLStates mean for apply. Stateless. */
final class GenericErrors {

    private static final String DUPLICATE = "23505";
    /** No parent; children are there. */
    private static final Set<String> REFERENCE = Set.of("23503", "23504");
    /** NOT NULL, CHECK. */
    private static final Set<String> UNFIT = Set.of("23502", "23513");

    private GenericErrors() {}

    static boolean has(SQLException error, String state) {
        for (SQLException e = error; e != null; e = e.getNextException()) {
            if (state.equals(e.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    static boolean isOver(SQLException error) {
        return state(error).startsWith("08");
    }

    static ErrorClass classify(SQLException error) {
        if (error instanceof BatchUpdateException && error.getNextException() != null) {
            return classify(error.getNextException());
        }
        String state = state(error);
        if (state.equals(DUPLICATE)) {
            return ErrorClass.DUPLICATE;
        } else if (REFERENCE.contains(state)) {
            return ErrorClass.REFERENCE;
        } else if (UNFIT.contains(state) || state.startsWith("22") || state.startsWith("42")) {
            return ErrorClass.SCHEMA;
        }
        boolean passing = state.startsWith("40") || state.startsWith("08") || state.startsWith("53") || error instanceof SQLTransientException || error instanceof SQLRecoverableException;
        return passing ? ErrorClass.TRANSIENT : ErrorClass.OTHER;
    }

    private static String state(SQLException error) {
        return error.getSQLState() == null ? "" : error.getSQLState();
    }
}
