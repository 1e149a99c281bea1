// SPDX-License-Identifier: Apache-2.0
package dev.waybill.extraction;

import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialect.ErrorClass;
import dev.waybill.dialect.Dialects;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Boards;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * A database that an extraction reads from, or fills, by raw connections. Immutable; any thread.
 *
 * @param connections each one new; whoever asks closes it
 */
public record Place(Connections connections, Dialect dialect) {

    private static final int TRIES = 100;
    private static final long BETWEEN_TRIES_MILLIS = 100;

    /** Opens raw connections to one database. Any thread. */
    @FunctionalInterface
    public interface Connections {
        Connection open() throws SQLException;
    }

    /** Connects once, to learn which product it is. */
    public static Place of(Connections connections) throws SQLException {
        try (Connection raw = connections.open()) {
            return new Place(connections, Dialects.of(raw));
        }
    }

    /** As an agent's: it captures nothing, and depends on no setting of the user's. Auto-commit is off. A database that is too busy to begin one (SQLite, while it becomes one of many readers) is asked again for a while. */
    Connection session() throws SQLException {
        for (int tries = 1; ; tries++) {
            try {
                return begun();
            } catch (SQLException failed) {
                if (tries == TRIES || dialect.classify(failed) != ErrorClass.TRANSIENT) {
                    throw failed;
                }
                pause(failed);
            }
        }
    }

    private static void pause(SQLException failed) throws SQLException {
        try {
            TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES_MILLIS);
        } catch (InterruptedException wanted) {
            Thread.currentThread().interrupt();
            throw failed;
        }
    }

    private Connection begun() throws SQLException {
        Connection raw = connections.open();
        try {
            dialect.beginAgentSession(raw);
            raw.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            raw.setAutoCommit(false);
            return raw;
        } catch (SQLException | RuntimeException failed) {
            raw.close();
            throw failed;
        }
    }

    /** For statements of ours on such a session. */
    Administration administration(Connection raw, InstantSource clock) throws SQLException {
        return new Administration(raw, dialect, Boards.of(dialect.databaseKey(raw)), clock, false, Administration.DEFAULT_PATIENCE);
    }
}
