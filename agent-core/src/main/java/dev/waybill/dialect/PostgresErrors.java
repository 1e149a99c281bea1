// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.dialect.Dialect.ErrorClass;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.List;
import java.util.Set;

/** PostgreSQL's SQLStates, by what they mean for apply. */
final class PostgresErrors {

    private static final String DUPLICATE_KEY = "23505";
    /** No number, no setting of this name: how {@code PostgresTriggers} and {@code PostgresDialect} fail on purpose. */
    private static final Set<String> ON_PURPOSE = Set.of("22P02", "42704");
    private static final String NOT_NULL = "23502";
    private static final String TABLE_MISSING = "42P01";
    /** Lock not available, object in use, query cancelled (by a time-out or an administrator), cached plan must not change its result type. */
    private static final Set<String> CONTENTION = Set.of("55P03", "55006", "57014", "0A000");
    /** Parent row missing or children there; RESTRICT. */
    private static final Set<String> REFERENCE = Set.of("23503", "23001");
    /** NULL not allowed, CHECK violated, table, column, type, schema not there, value of another type, too many columns, generated or identity column that takes no value. */
    private static final Set<String> MISFIT = Set.of(NOT_NULL, "23514", TABLE_MISSING, "42703", "42704", "3F000", "42804", "42601", "428C9", "42846", "42883");
    /** The session has ended: idle too long in a transaction, transaction too long, terminated, server stopped or crashed, database dropped. */
    private static final Set<String> SESSION_OVER = Set.of("25P03", "25P04", "57P01", "57P02", "57P03", "57P04", "57P05");

    private PostgresErrors() {}

    static boolean isOver(SQLException error) {
        return state(error).startsWith("08") || SESSION_OVER.contains(state(error));
    }

    static boolean isTableMissing(SQLException error) {
        return state(error).equals(TABLE_MISSING);
    }

    /** The text is ours: see {@code PostgresDialect.fenceCheck}; or what cannot be in our table: see {@code PostgresDialect.fencedPayload}. */
    static boolean isFenceRaised(SQLException error) {
        for (SQLException e = error; e != null; e = e.getNextException()) {
            if (ON_PURPOSE.contains(state(e)) && e.getMessage() != null && e.getMessage().contains(PostgresDialect.FENCE_RAISED) || NOT_NULL.equals(state(e)) && told(e).equals(List.of("waybill", "outbox", "payload"))) {
                return true;
            }
        }
        return false;
    }

    /** Schema, table and column that the server tells of an error, whatever language its text has: by reflection, since an application may have a table of this name, too, and no class of the driver is imported. */
    private static List<String> told(SQLException error) {
        try {
            Object server = error.getClass().getMethod("getServerErrorMessage").invoke(error);
            return server == null ? List.of() : List.of(told(server, "getSchema"), told(server, "getTable"), told(server, "getColumn"));
        } catch (ReflectiveOperationException other) {
            return List.of();
        }
    }

    private static String told(Object server, String what) throws ReflectiveOperationException {
        return String.valueOf(server.getClass().getMethod(what).invoke(server));
    }

    static ErrorClass classify(SQLException error) {
        if (error instanceof BatchUpdateException && error.getNextException() != null) {
            return classify(error.getNextException());
        }
        String state = state(error);
        String kind = state.length() < 2 ? "" : state.substring(0, 2);
        boolean lost = isOver(error) || error instanceof SQLTransientException || error instanceof SQLRecoverableException;
        if (lost || CONTENTION.contains(state) && !isUnsupported(error) || kind.equals("40") || kind.equals("53") || kind.equals("58")) {
            return ErrorClass.TRANSIENT;
        }
        if (state.equals(DUPLICATE_KEY)) {
            return ErrorClass.DUPLICATE;
        }
        if (REFERENCE.contains(state)) {
            return ErrorClass.REFERENCE;
        }
        return MISFIT.contains(state) || kind.equals("22") ? ErrorClass.SCHEMA : ErrorClass.OTHER;
    }

    /** 0A000 says almost always that something cannot be done; only a plan that a change of the table has made stale works the next time. */
    private static boolean isUnsupported(SQLException error) {
        return "0A000".equals(error.getSQLState()) && (error.getMessage() == null || !error.getMessage().contains("cached plan"));
    }

    private static String state(SQLException error) {
        return error.getSQLState() == null ? "" : error.getSQLState();
    }
}
