// SPDX-License-Identifier: Apache-2.0
package dev.waybill.call;

import dev.waybill.aftercommit.Errand;
import dev.waybill.aftercommit.JobConnections;
import dev.waybill.change.ColumnType;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** One run of a procedure for a neighbour, on a fresh connection. Used by one thread, but for {@link #cancel}. */
final class ProcedureRun {

    /** More rows do not travel with an answer. */
    private static final int MOST_ROWS = 1_000;

    private final JobConnections connections;
    private final Dialect dialect;
    private final String node;
    private final CallRequest.Procedure request;
    private final CallBook.Callable procedure;
    private Statement running;
    private boolean cancelled;

    ProcedureRun(JobConnections connections, Dialect dialect, String node, CallRequest.Procedure request, CallBook.Callable procedure) {
        this.connections = connections;
        this.dialect = dialect;
        this.node = node;
        this.request = request;
        this.procedure = procedure;
    }

    Answer run() throws SQLException {
        try (Connection connection = open()) {
            if (connection.isWrapperFor(Errand.Taker.class)) {
                connection.unwrap(Errand.Taker.class).on(new Errand(node, request.logOffset(), true));
            }
            return procedure.ofClass() ? ofClass(connection) : ofStatement(connection);
        }
    }

    private Connection open() throws SQLException {
        if (procedure.runAs().isEmpty()) {
            return connections.open();
        }
        if (procedure.user() == null) {
            throw WaybillError.SYNC_USER_UNKNOWN.with(procedure.runAs());
        }
        return procedure.user().connect(connections);
    }

    private Answer ofClass(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        boolean well = false;
        try {
            Object value = CallValue.normal(RemoteClasses.find(procedure.body(), RemoteProcedure.class).call(connection, request.arguments()));
            connection.commit();
            well = true;
            return value == null ? new Answer.Count(0) : new Answer.Rows(List.of("result"), List.of(List.of(value)));
        } finally {
            if (!well) {
                connection.rollback();
            }
        }
    }

    private Answer ofStatement(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        if (request.arguments().isEmpty()) {
            try (Statement statement = connection.createStatement()) {
                begin(statement);
                return answer(statement, statement.execute(procedure.body()));
            } finally {
                begin(null);
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(procedure.body())) {
            for (int i = 0; i < request.arguments().size(); i++) {
                Object value = request.arguments().get(i);
                ColumnType type = CallValue.columnType(value);
                dialect.bind(statement, i + 1, value, type);
            }
            begin(statement);
            return answer(statement, statement.execute());
        } finally {
            begin(null);
        }
    }

    /** The first rows that it gives, or how many it changed; all that it gives is taken, as it may go on while that is. */
    private static Answer answer(Statement statement, boolean isRows) throws SQLException {
        Answer first = null;
        boolean rows = isRows;
        long count = rows ? -1 : statement.getLargeUpdateCount();
        while (rows || count != -1) {
            if (rows && !(first instanceof Answer.Rows)) {
                try (ResultSet result = statement.getResultSet()) {
                    first = rows(result);
                }
            } else if (first == null) {
                first = new Answer.Count(count);
            }
            rows = statement.getMoreResults();
            count = rows ? -1 : statement.getLargeUpdateCount();
        }
        return first == null ? new Answer.Count(0) : first;
    }

    private static Answer rows(ResultSet result) throws SQLException {
        ResultSetMetaData shape = result.getMetaData();
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= shape.getColumnCount(); i++) {
            columns.add(shape.getColumnLabel(i));
        }
        List<List<Object>> rows = new ArrayList<>();
        while (result.next()) {
            if (rows.size() == MOST_ROWS) {
                throw WaybillError.CALL_TOO_LARGE.with("The result", "more than " + MOST_ROWS, MOST_ROWS);
            }
            List<Object> row = new ArrayList<>();
            for (int i = 1; i <= columns.size(); i++) {
                row.add(CallValue.read(result, i));
            }
            rows.add(row);
        }
        return new Answer.Rows(columns, rows);
    }

    /** @throws SQLException CALL_INTERRUPTED when it is to end before it has begun */
    private synchronized void begin(Statement statement) throws SQLException {
        running = statement;
        if (statement != null && cancelled) {
            throw WaybillError.CALL_INTERRUPTED.with(request.procedure());
        }
        if (statement != null) {
            statement.setQueryTimeout((int) Math.max(1, Math.min(Integer.MAX_VALUE, (request.timeout().toMillis() + 999) / 1_000)));
        }
    }

    /** What runs of a statement is ended by its database. */
    synchronized void cancel() {
        cancelled = true;
        if (running != null) {
            try {
                running.cancel();
            } catch (SQLException refused) {
                System.getLogger(ProcedureRun.class.getName()).log(System.Logger.Level.DEBUG, "a remote procedure goes on", refused);
            }
        }
    }
}
