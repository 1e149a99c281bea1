// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.dialect.Dialect.ErrorClass;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.Set;

/** MariaDB's error numbers, by what they mean for apply. Its SQLStates are too coarse: HY000 says nearly everything. */
final class MariaDbErrors {

    private static final int DEADLOCK = 1213;
    /** The row has changed since the snapshot (innodb_snapshot_isolation): the transaction is rolled back like the victim of a deadlock. */
    private static final int CHANGED_SINCE = 1020;
    private static final int LOCK_WAIT = 1205;
    private static final int OUT_OF_RANGE = 1690;
    private static final int ACCESS_DENIED = 1227;
    /** Lock time-out, deadlock, changed since, lock table full, query interrupted (KILL, max_statement_time), table definition changed. */
    private static final Set<Integer> CONTENTION = Set.of(DEADLOCK, CHANGED_SINCE, LOCK_WAIT, 1206, 1317, 1969, 3024, 1412);
    /** Too many connections, shutdown, connection killed, gone away, lost, out of memory, disk or table full, read-only server. */
    private static final Set<Integer> UNAVAILABLE = Set.of(1040, 1203, 1053, 1927, 2006, 2013, 1037, 1038, 1041, 1021, 1114, 1290, 1836);
    private static final Set<Integer> CLOSED = Set.of(1053, 1927, 2006, 2013);
    private static final Set<Integer> DUPLICATE = Set.of(1062, 1586, 1022);
    private static final Set<Integer> REFERENCE = Set.of(1451, 1452, 1216, 1217);
    /**
     * Table, column, database, field count, NULL not allowed, no default, CHECK, value out of range, truncated, too long, incorrect, generated column, ENUM, JSON, row too large, packet too large (of the server, of its driver).
     */
    private static final Set<Integer> MISFIT = Set.of(1146, 1054, 1049, 1136, 1048, 1364, 4025, 1264, 1265, 1406, 1292, 1366, 1367, 1906, 1118, 1153, 3105, OUT_OF_RANGE, 1411, 1441, 4078);
    /** In the text of the driver's own error when a statement is longer than the server takes; the connection goes on. */
    private static final String PACKET = "max_allowed_packet";

    private MariaDbErrors() {}

    static boolean isOver(SQLException error) {
        return CLOSED.contains(error.getErrorCode()) || error.getSQLState() != null && error.getSQLState().startsWith("08") && !isTooLong(error);
    }

    static boolean isRolledBack(SQLException error) {
        for (SQLException e = error; e != null; e = e.getNextException()) {
            if (e.getErrorCode() == DEADLOCK || e.getErrorCode() == CHANGED_SINCE) {
                return true;
            }
        }
        return false;
    }

    /** The name of our sequence stands in the text: see {@code MariaDbDialect.fenceCheck}. */
    static boolean isFenceRaised(SQLException error) {
        for (SQLException e = error; e != null; e = e.getNextException()) {
            if (e.getErrorCode() == OUT_OF_RANGE && e.getMessage() != null && e.getMessage().contains(MariaDbDialect.FENCE)) {
                return true;
            }
        }
        return false;
    }

    static boolean isDenied(SQLException error) {
        return error.getErrorCode() == ACCESS_DENIED || error.getErrorCode() == 1142 || error.getErrorCode() == 1044;
    }

    static ErrorClass classify(SQLException error) {
        if (error instanceof BatchUpdateException && error.getErrorCode() == 0 && error.getNextException() != null) {
            return classify(error.getNextException());
        }
        int code = error.getErrorCode();
        if (isTooLong(error)) {
            return ErrorClass.SCHEMA;
        }
        if (DUPLICATE.contains(code)) {
            return ErrorClass.DUPLICATE;
        }
        if (REFERENCE.contains(code)) {
            return ErrorClass.REFERENCE;
        }
        if (MISFIT.contains(code)) {
            return ErrorClass.SCHEMA;
        }
        boolean passing = CONTENTION.contains(code) || UNAVAILABLE.contains(code) || isOver(error) || error instanceof SQLTransientException || error instanceof SQLRecoverableException;
        return passing ? ErrorClass.TRANSIENT : ErrorClass.OTHER;
    }

    private static boolean isTooLong(SQLException error) {
        return error.getMessage() != null && error.getMessage().contains(PACKET);
    }
}
