// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import dev.waybill.driver.capture.CaptureSource;
import dev.waybill.driver.capture.ColumnViews;
import dev.waybill.driver.capture.ConnectionCapture;
import dev.waybill.driver.setting.WaybillSettings;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Puts our objects over raw ones. One for each driver; any thread. */
public final class Proxies implements ColumnViews {

    private static final System.Logger LOG = System.getLogger(Proxies.class.getName());

    private final ProxyFamily<Connection, ConnectionOrigin, ConnectionPolicy> connections =
            new ProxyFamily<>(Connection.class, ConnectionOrigin.class, ConnectionPolicy.class);
    private final ProxyFamily<Statement, StatementOrigin, StatementPolicy> statements =
            new ProxyFamily<>(Statement.class, StatementOrigin.class, StatementPolicy.class);
    private final ProxyFamily<PreparedStatement, PreparedOrigin, PreparedStatementPolicy> prepared =
            new ProxyFamily<>(PreparedStatement.class, PreparedOrigin.class, PreparedStatementPolicy.class);
    private final ProxyFamily<CallableStatement, PreparedOrigin, CallableStatementPolicy> callables =
            new ProxyFamily<>(CallableStatement.class, PreparedOrigin.class, CallableStatementPolicy.class);
    private final ProxyFamily<ResultSet, Policy, ResultSetPolicy> resultSets =
            new ProxyFamily<>(ResultSet.class, Policy.class, ResultSetPolicy.class);
    private final ProxyFamily<DatabaseMetaData, ConnectionPolicy, DatabaseMetaDataPolicy> metaData =
            new ProxyFamily<>(DatabaseMetaData.class, ConnectionPolicy.class, DatabaseMetaDataPolicy.class);
    private final ProxyFamily<Array, Policy, ArrayPolicy> arrays =
            new ProxyFamily<>(Array.class, Policy.class, ArrayPolicy.class);
    private final ProxyFamily<ResultSet, ShownColumns, ColumnView> views =
            new ProxyFamily<>(ResultSet.class, ShownColumns.class, ColumnView.class);
    private final ProxyFamily<ResultSetMetaData, ShownColumns, ColumnViewMetaData> viewMetaData =
            new ProxyFamily<>(ResultSetMetaData.class, ShownColumns.class, ColumnViewMetaData.class);
    private final ProxyFamily<ResultSet, int[], VisibleRows> visibleRows =
            new ProxyFamily<>(ResultSet.class, int[].class, VisibleRows.class);
    private final LongAdder handedOut = new LongAdder();

    /** As the other, telling nobody. */
    public Connection connect(Connection raw, String url, WaybillSettings settings, CaptureSource source, Facets facets) throws SQLException {
        return connect(raw, url, settings, source, facets, OpenHandler.NONE);
    }

    /** Our connection over this raw one, which it owns from now on; if that fails the raw one is closed. */
    public Connection connect(Connection raw, String url, WaybillSettings settings, CaptureSource source, Facets facets, OpenHandler handler) throws SQLException {
        ConnectionCapture capture = null;
        try {
            capture = source.open(raw, url, settings, this);
            return connections.make(raw, new ConnectionOrigin(this, capture, settings, facets, handler.opened(raw)));
        } catch (SQLException | RuntimeException | Error failed) {
            closeAfter(failed, capture);
            closeAfter(failed, raw);
            throw failed;
        }
    }

    private static void closeAfter(Throwable failed, AutoCloseable opened) {
        try {
            if (opened != null) {
                opened.close();
            }
        } catch (Exception alsoFailed) {
            failed.addSuppressed(alsoFailed);
        }
    }

    /** Rows without columns (H2's answer when no row was written) stay what they are. */
    @Override
    public ResultSet view(ResultSet raw, int... columns) throws SQLException {
        return raw.getMetaData().getColumnCount() == 0 ? raw : views.make(raw, new ShownColumns(columns.clone(), false, viewMetaData));
    }

    @Override
    public ResultSet forwardOnly(ResultSet raw) throws SQLException {
        return views.make(raw, new ShownColumns(IntStream.rangeClosed(1, raw.getMetaData().getColumnCount()).toArray(), true, viewMetaData));
    }

    /** How often an object of the real driver was handed out by {@code unwrap}. */
    public long handedOutCount() {
        return handedOut.sum();
    }

    /** Lets the generated classes go, so that no class loader is held. What is in use stays as it is. */
    public void forget() {
        for (ProxyFamily<?, ?, ?> family : new ProxyFamily<?, ?, ?>[] {
                connections, statements, prepared, callables, resultSets, metaData, arrays, views, viewMetaData, visibleRows}) {
            family.forget();
        }
    }

    StatementPolicy statement(Statement raw, StatementOrigin origin) {
        return statements.make(raw, origin);
    }

    PreparedStatementPolicy prepared(PreparedStatement raw, PreparedOrigin origin) {
        return prepared.make(raw, origin);
    }

    CallableStatementPolicy callable(CallableStatement raw, PreparedOrigin origin) {
        return callables.make(raw, origin);
    }

    ResultSetPolicy resultSet(ResultSet raw, Policy origin) {
        return resultSets.make(raw, origin);
    }

    DatabaseMetaDataPolicy metaData(DatabaseMetaData raw, ConnectionPolicy connection) {
        return metaData.make(raw, connection);
    }

    ArrayPolicy array(Array raw, Policy origin) {
        return arrays.make(raw, origin);
    }

    /** Rows of metadata without those of our schema: the same object when there is none to hide. */
    ResultSet withoutCatalogue(ResultSet raw) throws SQLException {
        if (!VisibleRows.isMovable(raw)) {
            return visibleRows.make(raw, null);
        }
        int[] shown = VisibleRows.find(raw);
        return shown == null ? raw : visibleRows.make(raw, shown);
    }

    void handedOut(Class<?> type) {
        if (handedOut.sum() == 0) {
            LOG.log(System.Logger.Level.WARNING, "unwrap handed out {0}, as waybill.unwrap=allow says; what is changed through it is not captured", type.getName());
        }
        handedOut.increment();
    }
}
