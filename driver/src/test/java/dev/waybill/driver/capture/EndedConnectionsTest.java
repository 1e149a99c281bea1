// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ends with a connection, a statement or a result, by {@code close}, {@code abort} or completion, ends as with the bare driver, on every product; a transaction that ended so has left the database, and the outbox, what that leaves. */
class EndedConnectionsTest {

    private static final String TABLE = "CREATE TABLE t (id INT PRIMARY KEY, n INT)";

    @TempDir
    private Path folder;

    @Test
    void whatAConnectionLeavesOpenEndsWithItOnH2() throws Exception {
        tell(Twins.of("t", TABLE));
    }

    @Test
    void whatAConnectionLeavesOpenEndsWithItOnPostgres() throws Exception {
        tell(Twins.onPostgres("t", TABLE));
    }

    @Test
    void whatAConnectionLeavesOpenEndsWithItOnMariaDb() throws Exception {
        tell(Twins.onMariaDb("t", TABLE));
    }

    @Test
    void whatAConnectionLeavesOpenEndsWithItOnSqlite() throws Exception {
        tell(Twins.onSqlite(folder, "?busy_timeout=60000", "t", TABLE));
    }

    @Test
    void whatAConnectionLeavesOpenEndsWithItOnHsqldb() throws Exception {
        tell(Twins.onHsqldb("t", TABLE), "(?<=rows before a write are closed -> )\\w+"); // HSQLDB's stay open; with ours they close, as JDBC says
    }

    private static void tell(Twins opened) throws Exception {
        tell(opened, "nothing but this");
    }

    private static void tell(Twins opened, String differing) throws Exception {
        try (Twins twins = opened) {
            AtomicBoolean bare = new AtomicBoolean(true);
            twins.same((connection, witness) -> {
                boolean isBare = bare.getAndSet(false);
                int id = 0;
                for (boolean autoCommit : new boolean[] {true, false}) {
                    for (boolean abort : new boolean[] {true, false}) {
                        Connection ended = isBare ? twins.bare() : twins.captured();
                        ended.setAutoCommit(autoCommit);
                        end(ended, witness, abort, ++id);
                    }
                }
                witness.query("SELECT * FROM t ORDER BY id");
                statements(connection, witness);
            }, differing);
        }
    }

    private static void end(Connection ended, Twins.Witness witness, boolean abort, int id) throws Exception {
        Statement statement = ended.createStatement();
        PreparedStatement prepared = ended.prepareStatement("UPDATE t SET n = n + 1 WHERE id = ?");
        statement.executeUpdate("INSERT INTO t VALUES (" + id + ", 0)");
        ResultSet rows = statement.executeQuery("SELECT n FROM t WHERE id = " + id);
        rows.next();
        witness.see(abort ? "abort" : "close", () -> {
            if (abort) {
                ended.abort(Runnable::run);
            } else {
                ended.close();
            }
            return "done";
        });
        boolean closed = ended.isClosed();
        witness.see("isClosed", () -> closed);
        witness.see("isValid", () -> ended.isValid(10));
        if (closed) {
            witness.see("statement is closed", statement::isClosed);
            witness.see("rows are closed", rows::isClosed);
            fails(witness, "next", rows::next);
            fails(witness, "statement", () -> statement.executeUpdate("INSERT INTO t VALUES (100, 0)"));
            fails(witness, "prepared", () -> {
                prepared.setInt(1, id);
                return prepared.executeUpdate();
            });
            fails(witness, "createStatement", ended::createStatement);
            fails(witness, "prepareStatement", () -> ended.prepareStatement("SELECT 1"));
            fails(witness, "metaData", () -> ended.getMetaData().getTables(null, null, "t", null));
            fails(witness, "commit", () -> {
                ended.commit();
                return "done";
            });
            fails(witness, "abort again", () -> {
                ended.abort(Runnable::run);
                return "done";
            });
        } else if (!ended.getAutoCommit()) {
            ended.rollback();
        }
        ended.close();
        ended.close();
    }

    /** Whether it fails, and how, apart from the text. */
    private static void fails(Twins.Witness witness, String what, Twins.Deed deed) {
        witness.see(what, () -> {
            try {
                Object result = deed.run();
                return result instanceof AutoCloseable ? "something" : result;
            } catch (SQLException failed) {
                return failed.getClass().getName() + " " + failed.getSQLState();
            }
        });
    }

    private static void statements(Connection connection, Twins.Witness witness) throws Exception {
        Statement statement = connection.createStatement();
        ResultSet first = statement.executeQuery("SELECT n FROM t WHERE id = 1");
        ResultSet second = statement.executeQuery("SELECT n FROM t WHERE id = 2");
        witness.see("former rows are closed", first::isClosed);
        statement.executeUpdate("INSERT INTO t VALUES (50, 0)");
        witness.see("rows before a write are closed", second::isClosed);
        ResultSet third = statement.executeQuery("SELECT n FROM t WHERE id = 50");
        statement.close();
        witness.see("rows of a closed statement are closed", third::isClosed);
        fails(witness, "closed statement", () -> statement.executeUpdate("INSERT INTO t VALUES (51, 0)"));

        Statement completing = connection.createStatement();
        completing.closeOnCompletion();
        witness.see("closes on completion", completing::isCloseOnCompletion);
        ResultSet last = completing.executeQuery("SELECT n FROM t WHERE id = 1");
        last.close();
        witness.see("closed on completion", completing::isClosed);
        completing.close();
        witness.see("statement of rows", () -> {
            try (Statement again = connection.createStatement(); ResultSet rows = again.executeQuery("SELECT n FROM t WHERE id = 1")) {
                return rows.getStatement() == again && again.getConnection() == connection && connection.getMetaData().getConnection() == connection;
            }
        });
    }
}
