// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Opens each connection in a thread of its own and waits for it whatever happens: a pool interrupts its opening threads when it is closed, and an interrupt inside an embedded database closes the file under it.
 */
final class ShieldedDataSource implements DataSource {

    private static final String CLOSED = "08003";

    private final RawConnections connections;
    private final ThreadFactory threads;
    private volatile boolean sealed;
    private volatile int loginTimeoutSeconds = 30;

    ShieldedDataSource(RawConnections connections, ThreadFactory threads) {
        this.connections = connections;
        this.threads = threads;
    }

    /**
     * From now on no connection is opened: an embedded database that was closed under the agent must not be opened again by it.
     */
    void seal() {
        sealed = true;
    }

    boolean isSealed() {
        return sealed;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (sealed) {
            throw new SQLNonTransientConnectionException("the embedded database was closed", CLOSED);
        }
        FutureTask<Connection> opening = new FutureTask<>(connections::open);
        threads.newThread(opening).start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return opening.get();
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof SQLException sql ? sql : new SQLException(failed.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the application's own user is used");
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("logging is by System.Logger");
    }

    @Override
    public void setLoginTimeout(int seconds) {
        loginTimeoutSeconds = seconds;
    }

    /** How long a pool that is closed waits for connections that are being opened. */
    @Override
    public int getLoginTimeout() {
        return loginTimeoutSeconds;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("logging is by System.Logger");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLFeatureNotSupportedException("nothing inside");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
