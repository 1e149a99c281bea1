// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect.ErrorClass;
import dev.waybill.predicate.TextRule;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** What a product that keeps to the standard has for itself nevertheless. Immutable; any thread. */
interface GenericProduct {

    /** As in a JDBC URL. */
    String name();

    /** Its words for {@link CatalogueScript}. */
    Map<String, String> words();

    /** A statement of the catalogue as it says it. */
    String adapted(String statement);

    /**
     * Refuses a database that cannot keep what is promised, before anything is done.
     *
     * @throws SQLException PRODUCT_SETTING, PRODUCT_REMOTE
     */
    void expectUsable(Connection raw) throws SQLException;

    /** The same for what concerns the message agent alone, at the beginning of its sessions. */
    void beginAgentSession(Connection raw) throws SQLException;

    /** See {@link Dialect#waits}. */
    Waits waits();

    /** See {@link Dialect#databaseKey}. */
    String databaseKey(Connection raw) throws SQLException;

    // ---- types and values ----

    /** The type of a column by JDBC's metadata; null for one that cannot travel. */
    ColumnType type(ResultSet column) throws SQLException;

    /** The type that a column has here when it is made for this one: as {@link #type} gives it afterwards. */
    ColumnType landing(ColumnType wanted);

    /** As CREATE TABLE wants it; of a landing type. */
    String typeName(ColumnType landing);

    /** The expression of a generated column. */
    String generation(Connection raw, String schema, String table, String column) throws SQLException;

    /** See {@link Dialect#textRule}. */
    TextRule textRule(Connection raw, TableName table, ColumnShape column) throws SQLException;

    /** See {@link Dialect#read}; not of a NULL. */
    Object read(ResultSet row, int index, ColumnType type) throws SQLException;

    /** See {@link Dialect#bind}; not of a NULL, and no large value. */
    void bind(PreparedStatement statement, int index, Object value, ColumnType type) throws SQLException;

    /** Where nothing is to be bound. */
    void bindNull(PreparedStatement statement, int index, ColumnType type) throws SQLException;

    // ---- errors, sessions ----

    /** What kind of error this is. */
    ErrorClass classify(SQLException error);

    /** Whether the transaction was rolled back with it. */
    boolean endsTransaction(SQLException error);

    /** Whether the database was closed under its connections. */
    boolean isClosed(SQLException error);

    /** The statements that remove every trace, when these have made it. */
    List<String> removal(List<String> made);
}
