// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The metadata: lead back, and do not show our schema unless it is asked for by name or {@code waybill.show-catalogue} is set. As thread-safe as the delegate.
 */
public abstract class DatabaseMetaDataPolicy extends WrapperPolicy implements DatabaseMetaData {

    protected final DatabaseMetaData delegate;
    private final ConnectionPolicy connection;

    public DatabaseMetaDataPolicy(DatabaseMetaData delegate, ConnectionPolicy connection) {
        this.delegate = delegate;
        this.connection = connection;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return lead(delegate.getConnection());
    }

    @Override
    public ResultSet getSchemas() throws SQLException {
        return shown(delegate.getSchemas(), null, null);
    }

    @Override
    public ResultSet getSchemas(String catalog, String schemaPattern) throws SQLException {
        return shown(delegate.getSchemas(catalog, schemaPattern), schemaPattern, null);
    }

    @Override
    public ResultSet getTables(String catalog, String schemaPattern, String tableNamePattern, String[] types) throws SQLException {
        return shown(delegate.getTables(catalog, schemaPattern, tableNamePattern, types), schemaPattern, tableNamePattern);
    }

    @Override
    public ResultSet getColumns(String catalog, String schemaPattern, String tableNamePattern, String columnNamePattern) throws SQLException {
        return shown(delegate.getColumns(catalog, schemaPattern, tableNamePattern, columnNamePattern), schemaPattern, tableNamePattern);
    }

    @Override
    public ResultSet getPseudoColumns(String catalog, String schemaPattern, String tableNamePattern, String columnNamePattern) throws SQLException {
        return shown(delegate.getPseudoColumns(catalog, schemaPattern, tableNamePattern, columnNamePattern), schemaPattern, tableNamePattern);
    }

    @Override
    public ResultSet getTablePrivileges(String catalog, String schemaPattern, String tableNamePattern) throws SQLException {
        return shown(delegate.getTablePrivileges(catalog, schemaPattern, tableNamePattern), schemaPattern, tableNamePattern);
    }

    @Override
    public ResultSet getColumnPrivileges(String catalog, String schema, String table, String columnNamePattern) throws SQLException {
        return shown(delegate.getColumnPrivileges(catalog, schema, table, columnNamePattern), schema, table);
    }

    @Override
    public ResultSet getPrimaryKeys(String catalog, String schema, String table) throws SQLException {
        return shown(delegate.getPrimaryKeys(catalog, schema, table), schema, table);
    }

    @Override
    public ResultSet getIndexInfo(String catalog, String schema, String table, boolean unique, boolean approximate) throws SQLException {
        return shown(delegate.getIndexInfo(catalog, schema, table, unique, approximate), schema, table);
    }

    private ResultSet shown(ResultSet rows, String schemaAsked, String tableAsked) throws SQLException {
        if (rows == null || connection.origin().settings().showCatalogue() || VisibleRows.CATALOGUE_SCHEMA.equalsIgnoreCase(schemaAsked) || isOurs(tableAsked)) {
            return lead(rows);
        }
        return lead(proxies().withoutCatalogue(rows));
    }

    /** Where our tables have a prefix, they are asked for by that: {@code waybill_outbox}, {@code waybill%}. */
    private static boolean isOurs(String tableAsked) {
        return tableAsked != null && tableAsked.regionMatches(true, 0, VisibleRows.CATALOGUE_SCHEMA, 0, VisibleRows.CATALOGUE_SCHEMA.length());
    }

    @Override
    final ConnectionPolicy connection() {
        return connection;
    }

    @Override
    final Object raw() {
        return delegate;
    }
}
