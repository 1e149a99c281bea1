// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.ConnectionCapture.Call;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** What the application called, called on the raw object: the same method with the same arguments. Stateless; any thread. */
final class RawExecution {

    private RawExecution() {}

    /** The prepared statement that the application asked for. */
    static PreparedStatement prepare(Connection raw, String sql, StatementOptions options) throws SQLException {
        KeyRequest keys = options.keys();
        if (keys instanceof KeyRequest.Generated) {
            return raw.prepareStatement(sql, Statement.RETURN_GENERATED_KEYS);
        } else if (keys instanceof KeyRequest.Indexes indexes) {
            return raw.prepareStatement(sql, indexes.columns());
        } else if (keys instanceof KeyRequest.Names names) {
            return raw.prepareStatement(sql, names.columns());
        } else if (options.resultSetHoldability() != 0) {
            return raw.prepareStatement(sql, options.resultSetType(), options.resultSetConcurrency(), options.resultSetHoldability());
        } else if (options.resultSetType() != 0) {
            return raw.prepareStatement(sql, options.resultSetType(), options.resultSetConcurrency());
        }
        return raw.prepareStatement(sql);
    }

    /** The callable statement that the application asked for. */
    static CallableStatement prepareCall(Connection raw, String sql, StatementOptions options) throws SQLException {
        if (options.resultSetHoldability() != 0) {
            return raw.prepareCall(sql, options.resultSetType(), options.resultSetConcurrency(), options.resultSetHoldability());
        } else if (options.resultSetType() != 0) {
            return raw.prepareCall(sql, options.resultSetType(), options.resultSetConcurrency());
        }
        return raw.prepareCall(sql);
    }

    /** One execution of a prepared statement. */
    static Outcome execute(PreparedStatement raw, Call call) throws SQLException {
        return switch (call) {
            case EXECUTE -> Outcome.raw(raw.execute());
            case UPDATE -> Outcome.rawCount(raw.executeUpdate());
            case LARGE_UPDATE -> Outcome.rawCount(raw.executeLargeUpdate());
            case QUERY -> Outcome.rawRows(raw.executeQuery());
        };
    }

    /** One execution of a plain statement. */
    static Outcome execute(Statement raw, Call call, String sql, KeyRequest keys) throws SQLException {
        if (keys instanceof KeyRequest.None) {
            return switch (call) {
                case EXECUTE -> Outcome.raw(raw.execute(sql));
                case UPDATE -> Outcome.rawCount(raw.executeUpdate(sql));
                case LARGE_UPDATE -> Outcome.rawCount(raw.executeLargeUpdate(sql));
                case QUERY -> Outcome.rawRows(raw.executeQuery(sql));
            };
        } else if (keys instanceof KeyRequest.Indexes indexes) {
            return switch (call) {
                case EXECUTE, QUERY -> Outcome.raw(raw.execute(sql, indexes.columns()));
                case UPDATE -> Outcome.rawCount(raw.executeUpdate(sql, indexes.columns()));
                case LARGE_UPDATE -> Outcome.rawCount(raw.executeLargeUpdate(sql, indexes.columns()));
            };
        } else if (keys instanceof KeyRequest.Names names) {
            return switch (call) {
                case EXECUTE, QUERY -> Outcome.raw(raw.execute(sql, names.columns()));
                case UPDATE -> Outcome.rawCount(raw.executeUpdate(sql, names.columns()));
                case LARGE_UPDATE -> Outcome.rawCount(raw.executeLargeUpdate(sql, names.columns()));
            };
        }
        return switch (call) {
            case EXECUTE, QUERY -> Outcome.raw(raw.execute(sql, Statement.RETURN_GENERATED_KEYS));
            case UPDATE -> Outcome.rawCount(raw.executeUpdate(sql, Statement.RETURN_GENERATED_KEYS));
            case LARGE_UPDATE -> Outcome.rawCount(raw.executeLargeUpdate(sql, Statement.RETURN_GENERATED_KEYS));
        };
    }

    /** The raw statement's batch. */
    static BatchOutcome executeBatch(Statement raw, boolean large) throws SQLException {
        if (large) {
            return new BatchOutcome(raw.executeLargeBatch(), null);
        }
        int[] counts = raw.executeBatch();
        long[] wide = new long[counts.length];
        for (int i = 0; i < counts.length; i++) {
            wide[i] = counts[i];
        }
        return new BatchOutcome(wide, null);
    }
}
