// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;

/** JDBC objects in all the states that we could think of. */
final class Scenarios {

    /** What is said differently on each product. */
    record Words(List<String> sql, List<String> columns, List<String> names, String[] keys, String one, String call, String callOut, String large, String arrays, String updatable, List<Scenario> more) {}

    static final Words H2 = new Words(
            List.of(
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
            ""),
            List.of("ID", "name", "numbers", "picture", "nope", "VALUE"),
            List.of("T", "PUBLIC", "%", "INTEGER", "nope", "a'b"),
            new String[] {"ID", "NAME"}, "SELECT 1", "CALL negated(?)", "? = CALL negated(?)", "t", "t", "SELECT * FROM t ORDER BY id", List.of());

    static final Words POSTGRES = new Words(
            List.of(
                    "SELECT id, name FROM t ORDER BY id",
                    "INSERT INTO t (name) VALUES ('a'), ('b')",
                    "UPDATE t SET name = 'x' WHERE id < 3",
                    "DELETE FROM t WHERE id = 3",
                    "CREATE TABLE made (a INTEGER)",
                    "WITH w AS (INSERT INTO t (name) VALUES ('f') RETURNING id) SELECT id FROM w",
                    "INSERT INTO t (id, name) VALUES (1, 'm') ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                    "INSERT INTO t (id) VALUES (1)",
                    "SELECT broken FROM",
                    "INSERT INTO t (name) VALUES ('r') RETURNING name, id",
                    "UPDATE t SET name = 'two' WHERE id = 1; DELETE FROM t WHERE id = 3",
                    "SELECT negated(4)",
                    "CALL does_nothing(3)",
                    ""),
            List.of("ID", "name", "numbers", "picture", "nope"),
            List.of("t", "public", "%", "int4", "nope", "a'b", "negated"),
            new String[] {"id", "name"}, "SELECT 1", "{call negated(?)}", "{? = call negated(?)}", "large", "t", "SELECT * FROM t ORDER BY id",
            List.of(
                    new Scenario("rows through a cursor", ResultSet.class, List.of("ID", "name"), connection -> {
                        connection.setAutoCommit(false);
                        Statement statement = connection.createStatement();
                        statement.setFetchSize(2);
                        return onRow(statement.executeQuery("SELECT * FROM t ORDER BY id"));
                    }),
                    new Scenario("rows of a cursor that a function opened", ResultSet.class, List.of("ID", "name"), connection -> {
                        connection.setAutoCommit(false);
                        CallableStatement call = connection.prepareCall("{? = call opened()}");
                        call.registerOutParameter(1, Types.REF_CURSOR);
                        call.execute();
                        return onRow((ResultSet) call.getObject(1));
                    }),
                    new Scenario("connection in a failed transaction", Connection.class, List.of("SELECT 1", "INSERT INTO t (name) VALUES ('z')", "ROLLBACK", "COMMIT"), connection -> {
                        connection.setAutoCommit(false);
                        Statement statement = connection.createStatement();
                        statement.execute("INSERT INTO t (name) VALUES ('open')");
                        try {
                            statement.execute("INSERT INTO t (id) VALUES (1)");
                        } catch (SQLException violated) {
                            statement.close();
                        }
                        return connection;
                    }),
                    new Scenario("statement that returned rows", Statement.class, List.of("SELECT 1"), connection -> {
                        Statement statement = connection.createStatement();
                        statement.execute("INSERT INTO t (name) VALUES ('r') RETURNING name, id");
                        return statement;
                    })));

    static final Words MARIADB = new Words(
            List.of(
                    "SELECT id, name FROM t ORDER BY id",
                    "INSERT INTO t (name) VALUES ('a'), ('b')",
                    "UPDATE t SET name = 'x' WHERE id < 3",
                    "DELETE FROM t WHERE id = 3",
                    "CREATE TABLE made (a INTEGER)",
                    "INSERT INTO t (id, name) VALUES (1, 'm') ON DUPLICATE KEY UPDATE name = VALUES(name)",
                    "REPLACE INTO t (id, name) VALUES (2, 'r')",
                    "INSERT INTO t (id) VALUES (1)",
                    "SELECT broken FROM",
                    "INSERT INTO t (name) VALUES ('r') RETURNING name, id",
                    "UPDATE t SET name = 'two' WHERE id = 1; DELETE FROM t WHERE id = 3",
                    "SELECT negated(4)",
                    "CALL does_nothing(3)",
                    ""),
            List.of("ID", "name", "bytes", "picture", "nope"),
            List.of("t", "%", "INT", "nope", "a'b", "negated"),
            new String[] {"id", "name"}, "SELECT 1", "{call does_nothing(?)}", "{? = call negated(?)}", "t", "t", "SELECT * FROM t ORDER BY id",
            List.of(new Scenario("statement that returned rows", Statement.class, List.of("SELECT 1"), connection -> {
                Statement statement = connection.createStatement();
                statement.execute("INSERT INTO t (name) VALUES ('r') RETURNING name, id");
                return statement;
            })));

    static final Words SQLITE = new Words(
            List.of(
                    "SELECT id, name FROM t ORDER BY id",
                    "INSERT INTO t (name) VALUES ('a'), ('b')",
                    "UPDATE t SET name = 'x' WHERE id < 3",
                    "DELETE FROM t WHERE id = 3",
                    "CREATE TABLE made (a INTEGER)",
                    "INSERT INTO t (id, name) VALUES (1, 'm') ON CONFLICT (id) DO UPDATE SET name = excluded.name",
                    "REPLACE INTO t (id, name) VALUES (2, 'r')",
                    "INSERT INTO t (id) VALUES (1)",
                    "SELECT broken FROM",
                    "INSERT INTO t (name) VALUES ('r') RETURNING name, id",
                    "UPDATE t SET name = 'two' WHERE id = 1; DELETE FROM t WHERE id = 3",
                    "PRAGMA user_version = 3",
                    ""),
            List.of("ID", "name", "bytes", "picture", "nope"),
            List.of("t", "%", "INTEGER", "nope", "a'b"),
            new String[] {"id", "name"}, "SELECT 1", "{call nothing(?)}", "{? = call nothing(?)}", "t", "t", "SELECT * FROM t ORDER BY id",
            List.of(new Scenario("statement that returned rows", Statement.class, List.of("SELECT 1"), connection -> {
                Statement statement = connection.createStatement();
                statement.execute("INSERT INTO t (name) VALUES ('r') RETURNING name, id");
                return statement;
            })));

    static final Words HSQLDB = new Words(
            List.of(
                    "SELECT id, name FROM t ORDER BY id",
                    "INSERT INTO t (name) VALUES ('a'), ('b')",
                    "UPDATE t SET name = 'x' WHERE id < 3",
                    "DELETE FROM t WHERE id = 3",
                    "CREATE TABLE made (a INTEGER)",
                    "MERGE INTO t USING (VALUES (1, 'm')) AS given (id, name) ON t.id = given.id WHEN MATCHED THEN UPDATE SET name = given.name WHEN NOT MATCHED THEN INSERT (name) VALUES given.name",
                    "INSERT INTO t (id) VALUES (1)",
                    "SELECT broken FROM",
                    "UPDATE t SET name = 'two' WHERE id = 1; DELETE FROM t WHERE id = 3",
                    "CALL negated(4)",
                    ""),
            List.of("ID", "name", "numbers", "picture", "nope"),
            List.of("T", "PUBLIC", "%", "INTEGER", "nope", "a'b"),
            new String[] {"ID", "NAME"}, "VALUES (1)", "CALL negated(?)", "{? = call negated(?)}", "t", "arrays", "SELECT * FROM t", List.of());

    private final Words words;

    private Scenarios(Words words) {
        this.words = words;
    }

    /** In each of these states every method is called. */
    static List<Scenario> of(Words words) {
        List<Scenario> all = new ArrayList<>(words.more());
        all.addAll(new Scenarios(words).common());
        return all;
    }

    private List<Scenario> common() {
        return List.of(
                new Scenario("connection", Connection.class, with(words.sql(), "INTEGER", "PUBLIC", "OTHER", "public"), connection -> connection),
                new Scenario("connection in a transaction", Connection.class, with(words.sql(), "INTEGER", "s"), connection -> {
                    connection.setAutoCommit(false);
                    connection.createStatement().execute("INSERT INTO t (name) VALUES ('open')");
                    return connection;
                }),
                new Scenario("closed connection", Connection.class, List.of("SELECT 1"), connection -> {
                    connection.close();
                    return connection;
                }),
                new Scenario("plain statement", Statement.class, with(words.sql(), "simple", "not simple"), Connection::createStatement),
                new Scenario("scrollable updatable statement", Statement.class, words.sql(),
                        connection -> connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE)),
                new Scenario("statement with rows", Statement.class, words.sql(), connection -> after(connection, "SELECT * FROM t")),
                new Scenario("statement with keys", Statement.class, words.sql(), connection -> after(connection, "INSERT INTO t (name) VALUES ('k')")),
                new Scenario("statement with a batch", Statement.class, words.sql(), connection -> {
                    Statement statement = connection.createStatement();
                    statement.addBatch("INSERT INTO t (name) VALUES ('b1')");
                    statement.addBatch("UPDATE t SET name = 'b2'");
                    statement.addBatch("INSERT INTO t (id) VALUES (1)");
                    statement.addBatch("DELETE FROM t WHERE id = 2");
                    return statement;
                }),
                new Scenario("statement closed with its result", Statement.class, words.sql(), connection -> {
                    Statement statement = connection.createStatement();
                    statement.closeOnCompletion();
                    statement.executeQuery(words.one()).close();
                    return statement;
                }),
                new Scenario("closed statement", Statement.class, words.sql(), connection -> {
                    Statement statement = connection.createStatement();
                    statement.close();
                    return statement;
                }),
                prepared("prepared query", "SELECT * FROM t WHERE id >= ? ORDER BY id", 1),
                prepared("prepared insert", "INSERT INTO t (name) VALUES (?)", "p"),
                prepared("prepared update", "UPDATE t SET name = ? WHERE id = 1", "u"),
                prepared("prepared delete", "DELETE FROM t WHERE name = ?", "one"),
                prepared("prepared, violating a key", "INSERT INTO t (id) VALUES (?)", 1),
                new Scenario("prepared, nothing bound", PreparedStatement.class, words.sql(), connection -> connection.prepareStatement("UPDATE t SET name = ? WHERE id = ?")),
                new Scenario("prepared with keys", PreparedStatement.class, words.sql(), connection -> bound(connection.prepareStatement("INSERT INTO t (name) VALUES (?)", words.keys()), "k")),
                new Scenario("prepared with a batch", PreparedStatement.class, words.sql(), connection -> {
                    PreparedStatement statement = connection.prepareStatement("INSERT INTO t (id) VALUES (?)", Statement.RETURN_GENERATED_KEYS);
                    for (int id : new int[] {20, 1, 21}) {
                        statement.setInt(1, id);
                        statement.addBatch();
                    }
                    return statement;
                }),
                new Scenario("closed prepared", PreparedStatement.class, words.sql(), connection -> {
                    PreparedStatement statement = connection.prepareStatement(words.one());
                    statement.close();
                    return statement;
                }),
                new Scenario("call", CallableStatement.class, with(words.sql(), "1", "name"), connection -> bound(connection.prepareCall(words.call()), 21)),
                new Scenario("call with out parameter", CallableStatement.class, List.of("1", "name"), connection -> {
                    CallableStatement statement = connection.prepareCall(words.callOut());
                    statement.registerOutParameter(1, Types.INTEGER);
                    statement.setInt(2, 21);
                    statement.execute();
                    return statement;
                }),
                new Scenario("rows, on the first", ResultSet.class, words.columns(), connection -> onRow(connection.createStatement().executeQuery("SELECT * FROM t ORDER BY id"))),
                new Scenario("rows, before the first", ResultSet.class, words.columns(), connection -> connection.createStatement().executeQuery("SELECT * FROM t ORDER BY id")),
                new Scenario("updatable rows", ResultSet.class, words.columns(), connection -> {
                    ResultSet rows = updatable(connection);
                    rows.updateString("NAME", "changed");
                    return rows;
                }),
                new Scenario("updatable rows, inserting", ResultSet.class, words.columns(), connection -> {
                    ResultSet rows = updatable(connection);
                    rows.moveToInsertRow();
                    rows.updateInt("ID", 77);
                    return rows;
                }),
                new Scenario("closed rows", ResultSet.class, words.columns(), connection -> {
                    ResultSet rows = connection.createStatement().executeQuery("SELECT * FROM t");
                    rows.close();
                    return rows;
                }),
                new Scenario("rows of a closed statement", ResultSet.class, words.columns(), connection -> {
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT * FROM t");
                    statement.close();
                    return rows;
                }),
                new Scenario("keys", ResultSet.class, words.columns(), connection -> onRow(after(connection, "INSERT INTO t (name) VALUES ('k'), ('l')").getGeneratedKeys())),
                new Scenario("keys of nothing asked", ResultSet.class, words.columns(), connection -> {
                    Statement statement = connection.createStatement();
                    statement.executeUpdate("INSERT INTO t (name) VALUES ('k')");
                    return statement.getGeneratedKeys();
                }),
                new Scenario("rows of metadata", ResultSet.class, List.of("TYPE_NAME", "nope"), connection -> onRow(connection.getMetaData().getTypeInfo())),
                new Scenario("rows of an array", ResultSet.class, words.columns(), connection -> onRow(numbers(connection).getResultSet())),
                new Scenario("metadata", DatabaseMetaData.class, words.names(), Connection::getMetaData),
                new Scenario("metadata of a closed connection", DatabaseMetaData.class, List.of("T"), connection -> {
                    DatabaseMetaData metaData = connection.getMetaData();
                    connection.close();
                    return metaData;
                }),
                new Scenario("array", Array.class, List.of(), this::numbers),
                new Scenario("blob", Blob.class, List.of(), connection -> {
                    connection.setAutoCommit(false);
                    return onRow(connection.createStatement().executeQuery("SELECT picture FROM " + words.large() + " WHERE id = 1")).getBlob(1);
                }),
                new Scenario("clob", Clob.class, List.of("up"), connection -> {
                    connection.setAutoCommit(false);
                    return onRow(connection.createStatement().executeQuery("SELECT story FROM " + words.large() + " WHERE id = 1")).getClob(1);
                }),
                new Scenario("xml", SQLXML.class, List.of("<x/>", "no xml"), connection -> {
                    SQLXML xml = connection.createSQLXML();
                    xml.setString("<a>b</a>");
                    return xml;
                }),
                new Scenario("savepoint", Savepoint.class, List.of(), connection -> {
                    connection.setAutoCommit(false);
                    return connection.setSavepoint();
                }),
                new Scenario("named savepoint", Savepoint.class, List.of(), connection -> {
                    connection.setAutoCommit(false);
                    return connection.setSavepoint("here");
                }),
                new Scenario("metadata of rows", ResultSetMetaData.class, List.of(), connection -> connection.createStatement().executeQuery("SELECT * FROM t").getMetaData()),
                new Scenario("metadata of keys", ResultSetMetaData.class, List.of(), connection -> after(connection, "INSERT INTO t (name) VALUES ('k')").getGeneratedKeys().getMetaData()),
                new Scenario("metadata of a prepared insert", ParameterMetaData.class, List.of(), connection -> connection.prepareStatement("INSERT INTO t (name, amount) VALUES (?, ?)").getParameterMetaData()));
    }

    private Scenario prepared(String name, String sql, Object value) {
        return new Scenario(name, PreparedStatement.class, words.sql(), connection -> bound(connection.prepareStatement(sql), value));
    }

    private static <S extends PreparedStatement> S bound(S statement, Object value) throws SQLException {
        if (value instanceof Integer number) {
            statement.setInt(1, number);
        } else {
            statement.setString(1, (String) value);
        }
        return statement;
    }

    private static Statement after(Connection connection, String sql) throws SQLException {
        Statement statement = connection.createStatement();
        statement.execute(sql, Statement.RETURN_GENERATED_KEYS);
        return statement;
    }

    private ResultSet updatable(Connection connection) throws SQLException {
        return onRow(connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE).executeQuery(words.updatable()));
    }

    private Array numbers(Connection connection) throws SQLException {
        return onRow(connection.createStatement().executeQuery("SELECT numbers FROM " + words.arrays() + " WHERE id = 1")).getArray(1);
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

}
