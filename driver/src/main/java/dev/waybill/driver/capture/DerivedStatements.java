// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Statements of ours that stand beside one of the application's, kept for its next executions; not more than a few. Used under the connection's lock. */
final class DerivedStatements implements AutoCloseable {

    private static final int MAX_STATEMENTS = 16;

    private final Map<String, PreparedStatement> statements = new HashMap<>();

    /** The one that is kept under this key, prepared when there is none. */
    PreparedStatement get(String key, Preparing preparing) throws SQLException {
        PreparedStatement known = statements.get(key);
        if (known != null) {
            return known;
        }
        PreparedStatement made = preparing.prepare();
        if (statements.size() >= MAX_STATEMENTS) {
            close();
        }
        statements.put(key, made);
        return made;
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement statement : statements.values()) {
            statement.close();
        }
        statements.clear();
    }

    /** Prepares it. */
    @FunctionalInterface
    interface Preparing {
        PreparedStatement prepare() throws SQLException;
    }
}
