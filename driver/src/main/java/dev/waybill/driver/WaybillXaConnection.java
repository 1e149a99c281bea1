// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import dev.waybill.error.WaybillError;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.ConnectionEvent;
import javax.sql.ConnectionEventListener;
import javax.sql.StatementEventListener;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;

/**
 * One connection of ours that transaction managers share out: as a resource, and as handles that applications close without ending a branch. One of ours lies below all handles, so what is captured belongs to the branch, whoever wrote it and whatever
 * handle is closed. One thread at a time, as XA wants it.
 */
final class WaybillXaConnection implements XAConnection {

    private static final Set<String> EDGES = Set.of("commit", "rollback", "setSavepoint", "releaseSavepoint");

    private final XAConnection raw;
    private final Connection ours;
    private final BranchResource resource;
    private final List<ConnectionEventListener> listeners = new CopyOnWriteArrayList<>();
    private Handle handle;

    /** @param closesAtEnd whether a branch takes no statement after its end */
    WaybillXaConnection(XAConnection raw, Connection ours, boolean closesAtEnd) throws SQLException {
        this.raw = raw;
        this.ours = ours;
        this.resource = new BranchResource(raw.getXAResource(), ours.unwrap(Branch.class), closesAtEnd);
    }

    @Override
    public XAResource getXAResource() {
        return resource;
    }

    /** A new handle; the one given before is closed, as JDBC has it. */
    @Override
    public synchronized Connection getConnection() throws SQLException {
        if (handle != null) {
            handle.close(false);
        }
        handle = new Handle();
        return (Connection) Proxy.newProxyInstance(WaybillXaConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, handle);
    }

    @Override
    public void close() throws SQLException {
        try {
            ours.close();
        } finally {
            raw.close();
        }
    }

    @Override
    public void addConnectionEventListener(ConnectionEventListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeConnectionEventListener(ConnectionEventListener listener) {
        listeners.remove(listener);
    }

    @Override
    public void addStatementEventListener(StatementEventListener listener) {
        raw.addStatementEventListener(listener);
    }

    @Override
    public void removeStatementEventListener(StatementEventListener listener) {
        raw.removeStatementEventListener(listener);
    }

    /** What the application holds until it closes it. */
    private final class Handle implements InvocationHandler {

        private boolean isClosed;

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            switch (method.getName()) {
                case "close" -> {
                    close(true);
                    return null;
                }
                case "isClosed" -> {
                    return isClosed || ours.isClosed();
                }
                case "isValid" -> {
                    return !isClosed && ours.isValid((Integer) arguments[0]);
                }
                case "equals" -> {
                    return proxy == arguments[0];
                }
                case "hashCode" -> {
                    return System.identityHashCode(proxy);
                }
                default -> {
                    return onOurs(method, arguments);
                }
            }
        }

        private Object onOurs(Method method, Object[] arguments) throws Throwable {
            if (isClosed && method.getDeclaringClass() != Object.class) {
                throw WaybillError.XA_HANDLE_CLOSED.with();
            }
            if (resource.isActive() && (EDGES.contains(method.getName()) || method.getName().equals("setAutoCommit") && (Boolean) arguments[0])) {
                throw WaybillError.XA_ACTIVE.with(method.getName());
            }
            try {
                return method.invoke(ours, arguments);
            } catch (InvocationTargetException failed) {
                throw failed.getCause();
            }
        }

        /** Outside a branch what is uncommitted goes with the handle; a branch is the transaction manager's to end. */
        private void close(boolean tell) throws SQLException {
            if (isClosed) {
                return;
            }
            isClosed = true;
            if (!resource.isActive() && !ours.isClosed() && !ours.getAutoCommit()) {
                ours.rollback();
                ours.setAutoCommit(true);
            }
            if (tell) {
                listeners.forEach(listener -> listener.connectionClosed(new ConnectionEvent(WaybillXaConnection.this)));
            }
        }
    }
}
