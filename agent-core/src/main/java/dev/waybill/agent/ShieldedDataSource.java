// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.durable.Uninterrupted;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Opens each connection in a thread of its own and waits for it whatever happens: a pool interrupts its opening threads when it is closed, and an interrupt inside an embedded database closes the file under it. To an embedded database all
 * are opened {@link #openAhead ahead}, and none afterwards: one that was closed under the agent must not be opened again by it.
 */
final class ShieldedDataSource implements DataSource, AutoCloseable {

    private static final String CLOSED = "08003";
    private static final int TAKING_OVER_MILLIS = 30_000;

    private final RawConnections connections;
    private final ThreadFactory threads;
    private final Queue<Connection> ahead = new ConcurrentLinkedQueue<>();
    private final AtomicInteger beingTakenOver = new AtomicInteger();
    private volatile boolean sealed;
    private volatile int loginTimeoutSeconds = 30;

    ShieldedDataSource(RawConnections connections, ThreadFactory threads) {
        this.connections = connections;
        this.threads = threads;
    }

    /** Whether a connection's database lives in this process. */
    interface Question {
        boolean isEmbedded(Connection raw) throws SQLException;
    }

    /**
     * Opens one, and where the answer is yes so many in all, which a pool is given without waiting, and no more from then on: a pool by itself opens them thirty milliseconds apart.
     *
     * @return the answer
     */
    boolean openAhead(int count, Question question) throws SQLException {
        try {
            Connection first = open();
            ahead.add(first);
            if (question.isEmbedded(first)) {
                while (ahead.size() < count) {
                    ahead.add(open());
                }
                sealed = true;
            }
            return sealed;
        } catch (SQLException | RuntimeException failed) {
            closeAfter(failed);
            throw failed;
        }
    }

    /** {@link #close}, after something else went wrong. */
    void closeAfter(Exception failure) {
        try {
            close();
        } catch (SQLException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        beingTakenOver.incrementAndGet();
        Connection opened = ahead.poll();
        if (opened != null) {
            return opened;
        }
        if (sealed) {
            throw new SQLNonTransientConnectionException("the embedded database was closed", CLOSED);
        }
        return open();
    }

    /** A pool has taken over, or failed to, what it asked for last. */
    void takenOver() {
        beingTakenOver.decrementAndGet();
    }

    /** Opens one that no pool gets. */
    Connection open() throws SQLException {
        FutureTask<Connection> opening = new FutureTask<>(connections::open);
        threads.newThread(opening).start();
        try {
            return Uninterrupted.outcome(opening);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof SQLException sql ? sql : new SQLException(failed.getCause());
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

    /** Closes those that nobody has asked for; and waits, bounded, while a pool is taking one over: it asks the database a thing or two in a thread that it interrupts when it is closed. */
    @Override
    public void close() throws SQLException {
        for (Connection opened = ahead.poll(); opened != null; opened = ahead.poll()) {
            opened.close();
        }
        for (int i = 0; i < TAKING_OVER_MILLIS && beingTakenOver.get() > 0; i++) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
