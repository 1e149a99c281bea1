// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;

/**
 * A JDBC object in a certain state, on which every method of its interface is called.
 *
 * @param texts what is tried for parameters of type String
 */
record Scenario(String name, Class<?> type, List<String> texts, Maker maker) {

    /** Brings a new connection into the state and gives the object. */
    interface Maker {
        Object make(Connection connection) throws SQLException;
    }

    private static final List<String> SQL = List.of(
            "SELECT id, name FROM t ORDER BY id",
            "INSERT INTO t (name) VALUES ('a'), ('b')",
            "UPDATE t SET name = 'x' WHERE id < 3",
            "DELETE FROM t WHERE id = 3",
            "CREATE TABLE made (a INTEGER)",
            "SELECT id FROM FINAL TABLE (INSERT INTO t (name) VALUES ('f'))",
            "MERGE INTO t (id, name) KEY (id) VALUES (1, 'm')",
            "INSERT INTO t (id) VALUES (1)",
            "SELECT broken FROM",
            "CALL negated(4)",
            "");
    private static final List<String> COLUMNS = List.of("ID", "name", "numbers", "picture", "nope");
    private static final List<String> NAMES = List.of("T", "PUBLIC", "%", "INTEGER", "nope", "a'b");

    static List<Scenario> all() {
        return List.of(
                new Scenario("connection", Connection.class, with(SQL, "INTEGER", "PUBLIC", "OTHER"), connection -> connection),
                new Scenario("connection in a transaction", Connection.class, with(SQL, "INTEGER", "s"), connection -> {
                    connection.setAutoCommit(false);
                    connection.createStatement().execute("INSERT INTO t (name) VALUES ('open')");
                    return connection;
                }),
                new Scenario("closed connection", Connection.class, List.of("SELECT 1"), connection -> {
                    connection.close();
                    return connection;
                }),
                new Scenario("plain statement", Statement.class, with(SQL, "simple", "not simple"), Connection::createStatement),
                new Scenario("scrollable updatable statement", Statement.class, SQL,
                        connection -> connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE)),
                new Scenario("statement with rows", Statement.class, SQL, connection -> after(connection, "SELECT * FROM t")),
                new Scenario("statement with keys", Statement.class, SQL, connection -> after(connection, "INSERT INTO t (name) VALUES ('k')")),
                new Scenario("statement with a batch", Statement.class, SQL, connection -> {
                    Statement statement = connection.createStatement();
                    statement.addBatch("INSERT INTO t (name) VALUES ('b1')");
                    statement.addBatch("UPDATE t SET name = 'b2'");
                    statement.addBatch("INSERT INTO t (id) VALUES (1)");
                    statement.addBatch("DELETE FROM t WHERE id = 2");
                    return statement;
                }),
                new Scenario("statement closed with its result", Statement.class, SQL, connection -> {
                    Statement statement = connection.createStatement();
                    statement.closeOnCompletion();
                    statement.executeQuery("SELECT 1").close();
                    return statement;
                }),
                new Scenario("closed statement", Statement.class, SQL, connection -> {
                    Statement statement = connection.createStatement();
                    statement.close();
                    return statement;
                }),
                prepared("prepared query", "SELECT * FROM t WHERE id >= ? ORDER BY id", "1"),
                prepared("prepared insert", "INSERT INTO t (name) VALUES (?)", "p"),
                prepared("prepared update", "UPDATE t SET name = ? WHERE id = 1", "u"),
                prepared("prepared delete", "DELETE FROM t WHERE name = ?", "one"),
                prepared("prepared, violating a key", "INSERT INTO t (id) VALUES (?)", "1"),
                new Scenario("prepared, nothing bound", PreparedStatement.class, SQL, connection -> connection.prepareStatement("UPDATE t SET name = ? WHERE id = ?")),
                new Scenario("prepared with keys", PreparedStatement.class, SQL, connection -> bound(connection.prepareStatement("INSERT INTO t (name) VALUES (?)", new String[] {"ID", "NAME"}), "k")),
                new Scenario("prepared with a batch", PreparedStatement.class, SQL, connection -> {
                    PreparedStatement statement = connection.prepareStatement("INSERT INTO t (id) VALUES (?)", Statement.RETURN_GENERATED_KEYS);
                    for (int id : new int[] {20, 1, 21}) {
                        statement.setInt(1, id);
                        statement.addBatch();
                    }
                    return statement;
                }),
                new Scenario("closed prepared", PreparedStatement.class, SQL, connection -> {
                    PreparedStatement statement = connection.prepareStatement("SELECT 1");
                    statement.close();
                    return statement;
                }),
                new Scenario("call", CallableStatement.class, with(SQL, "1", "name"), connection -> bound(connection.prepareCall("CALL negated(?)"), "21")),
                new Scenario("call with out parameter", CallableStatement.class, List.of("1", "name"), connection -> {
                    CallableStatement statement = connection.prepareCall("? = CALL negated(?)");
                    statement.registerOutParameter(1, Types.INTEGER);
                    statement.setInt(2, 21);
                    statement.execute();
                    return statement;
                }),
                new Scenario("rows, on the first", ResultSet.class, COLUMNS, connection -> onRow(connection.createStatement().executeQuery("SELECT * FROM t ORDER BY id"))),
                new Scenario("rows, before the first", ResultSet.class, COLUMNS, connection -> connection.createStatement().executeQuery("SELECT * FROM t ORDER BY id")),
                new Scenario("updatable rows", ResultSet.class, COLUMNS, connection -> {
                    ResultSet rows = updatable(connection);
                    rows.updateString("NAME", "changed");
                    return rows;
                }),
                new Scenario("updatable rows, inserting", ResultSet.class, COLUMNS, connection -> {
                    ResultSet rows = updatable(connection);
                    rows.moveToInsertRow();
                    rows.updateInt("ID", 77);
                    return rows;
                }),
                new Scenario("closed rows", ResultSet.class, COLUMNS, connection -> {
                    ResultSet rows = connection.createStatement().executeQuery("SELECT * FROM t");
                    rows.close();
                    return rows;
                }),
                new Scenario("rows of a closed statement", ResultSet.class, COLUMNS, connection -> {
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT * FROM t");
                    statement.close();
                    return rows;
                }),
                new Scenario("keys", ResultSet.class, COLUMNS, connection -> onRow(after(connection, "INSERT INTO t (name) VALUES ('k'), ('l')").getGeneratedKeys())),
                new Scenario("keys of nothing asked", ResultSet.class, COLUMNS, connection -> {
                    Statement statement = connection.createStatement();
                    statement.executeUpdate("INSERT INTO t (name) VALUES ('k')");
                    return statement.getGeneratedKeys();
                }),
                new Scenario("rows of metadata", ResultSet.class, List.of("TYPE_NAME", "nope"), connection -> onRow(connection.getMetaData().getTypeInfo())),
                new Scenario("rows of an array", ResultSet.class, List.of("VALUE"), connection -> onRow(numbers(connection).getResultSet())),
                new Scenario("metadata", DatabaseMetaData.class, NAMES, Connection::getMetaData),
                new Scenario("metadata of a closed connection", DatabaseMetaData.class, List.of("T"), connection -> {
                    DatabaseMetaData metaData = connection.getMetaData();
                    connection.close();
                    return metaData;
                }),
                new Scenario("array", Array.class, List.of(), Scenario::numbers),
                new Scenario("blob", Blob.class, List.of(), connection -> onRow(connection.createStatement().executeQuery("SELECT picture FROM t WHERE id = 1")).getBlob(1)),
                new Scenario("clob", Clob.class, List.of("up"), connection -> onRow(connection.createStatement().executeQuery("SELECT story FROM t WHERE id = 1")).getClob(1)));
    }

    private static Scenario prepared(String name, String sql, String value) {
        return new Scenario(name, PreparedStatement.class, SQL, connection -> bound(connection.prepareStatement(sql), value));
    }

    private static <S extends PreparedStatement> S bound(S statement, String value) throws SQLException {
        statement.setString(1, value);
        return statement;
    }

    private static Statement after(Connection connection, String sql) throws SQLException {
        Statement statement = connection.createStatement();
        statement.execute(sql, Statement.RETURN_GENERATED_KEYS);
        return statement;
    }

    private static ResultSet updatable(Connection connection) throws SQLException {
        return onRow(connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE).executeQuery("SELECT * FROM t ORDER BY id"));
    }

    private static Array numbers(Connection connection) throws SQLException {
        return onRow(connection.createStatement().executeQuery("SELECT numbers FROM t WHERE id = 1")).getArray(1);
    }

    private static ResultSet onRow(ResultSet rows) throws SQLException {
        rows.next();
        return rows;
    }

    private static List<String> with(List<String> texts, String... more) {
        List<String> all = new ArrayList<>(texts);
        all.addAll(List.of(more));
        return all;
    }

    @Override
    public String toString() {
        return name;
    }
}
