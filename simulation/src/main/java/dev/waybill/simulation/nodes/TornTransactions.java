// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;

/**
 * Knows whether the open transaction of a connection has ever rolled back a part of itself (a savepoint, a statement that failed). H2 2.5.252 never gives up waiting for a row of such a transaction, whatever the lock time-out:
 * one thread would wait for itself for ever.
 */
final class TornTransactions {

    private TornTransactions() {}

    static boolean isTorn(Connection application) throws SQLException {
        SessionLocal session = (SessionLocal) application.unwrap(JdbcConnection.class).getSession();
        try {
            Object transaction = session.getTransaction();
            Field status = transaction.getClass().getDeclaredField("statusAndLogId");
            status.setAccessible(true);
            Method test = transaction.getClass().getDeclaredMethod("hasRollback", long.class);
            test.setAccessible(true);
            return (boolean) test.invoke(null, ((AtomicLong) status.get(transaction)).get());
        } catch (ReflectiveOperationException other) {
            throw new SQLException("another H2 than expected", other);
        }
    }
}
