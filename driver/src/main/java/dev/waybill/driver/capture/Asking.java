// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.aftercommit.Errand;
import dev.waybill.call.Answer;
import dev.waybill.call.CallDesk;
import dev.waybill.call.CallValue;
import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.dialect.CatalogueSql;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.error.WaybillError;
import dev.waybill.statement.WaybillStatement;
import dev.waybill.statement.WaybillStatement.CallAt;
import dev.waybill.statement.WaybillStatement.GetParameter;
import dev.waybill.statement.WaybillStatement.Refresh;
import dev.waybill.statement.WaybillStatement.SetCallTimeout;
import dev.waybill.tentative.Board;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What one connection asks neighbours: CALL … AT, REFRESH. Arguments are expressions of its own database, which works them out; what comes back is shown by a statement of the database's own, so that it is in everything as its others are.
 * Under the connection's lock.
 */
final class Asking {

    /** Products that take the type of a parameter from what is bound to it. */
    private static final List<String> UNTYPED = List.of("mariadb", "sqlite");
    private static final int MOST_CELLS = 30_000;

    private final CapturingConnection connection;
    private CallDesk.Besides besides;
    private Errand errand = Errand.NONE;
    private Duration timeout;

    Asking(CapturingConnection connection) {
        this.connection = connection;
    }

    /** Further raw connections to the same database are opened so. */
    void besides(CallDesk.Besides more) {
        besides = more;
    }

    /** It works for this. */
    void on(Errand now) {
        errand = now;
    }

    /** What is prepared for it: a query that works its arguments out, and has its parameters. */
    static String preparable(CallAt call, Dialect dialect) {
        return "SELECT " + (call.arguments().isEmpty() ? "0" : call.arguments()) + dialect.fromNothing();
    }

    /** @param source null where there is none, and no arguments that would have to be bound */
    Outcome run(WaybillStatement.Asks asks, Source source, Call call) throws SQLException {
        if (asks instanceof SetCallTimeout set) {
            timeout = set.timeout();
            return Outcome.count(0, null);
        }
        if (asks instanceof GetParameter get) {
            String value = Board.get(new CatalogueSql(connection.raw(), connection.database().dialect()), get.parameter());
            return call == Call.QUERY || call == Call.EXECUTE ? Outcome.rows(shown(new Answer.Rows(List.of("setting"), List.of(Collections.singletonList(value))))) : Outcome.count(0, null);
        }
        if (besides == null) {
            throw WaybillError.CALL_NOT_HERE.with();
        } else if (connection.database().dialect().name().equals("sqlite") && connection.isWriting()) {
            throw WaybillError.CALL_IN_TRANSACTION.with();
        }
        DatabaseCapture database = connection.database();
        CallDesk desk = new CallDesk(besides, database.dialect(), database.board(), database.clock());
        if (asks instanceof Refresh refresh) {
            desk.refresh(refresh.publication(), refresh.value(), refresh.full(), errand, refresh.forever() ? null : bound(refresh.timeout(), source));
            return Outcome.count(0, null);
        }
        CallAt at = (CallAt) asks;
        Answer answer = desk.call(at.node().name(), at.procedure(), arguments(at, source), errand, bound(at.timeout(), source));
        if (answer instanceof Answer.Rows rows && (call == Call.QUERY || call == Call.EXECUTE)) {
            return Outcome.rows(shown(rows));
        }
        return Outcome.count(answer instanceof Answer.Count count ? count.rows() : 0, null);
    }

    private Duration bound(Duration said, Source source) throws SQLException {
        Duration usual = Objects.requireNonNullElse(said, Objects.requireNonNullElse(timeout, connection.settings().callTimeout()));
        int seconds = source == null ? 0 : source.statement().getQueryTimeout();
        return seconds > 0 && seconds < usual.toSeconds() ? Duration.ofSeconds(seconds) : usual;
    }

    /** Refused where working them out could write. */
    private List<Object> arguments(CallAt at, Source source) throws SQLException {
        if (at.arguments().isEmpty()) {
            return List.of();
        }
        String query = preparable(at, connection.database().dialect());
        if (!(connection.lookUp(query) instanceof Plan.Pass)) {
            connection.execution().uncaptured().refuse("arguments of a CALL must not write", query);
        }
        if (source != null && source.statement() instanceof PreparedStatement bound) {
            try (ResultSet row = bound.executeQuery()) {
                return values(row);
            }
        }
        try (Statement statement = connection.raw().createStatement(); ResultSet row = statement.executeQuery(query)) {
            return values(row);
        }
    }

    private static List<Object> values(ResultSet row) throws SQLException {
        List<Object> values = new ArrayList<>();
        row.next();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
            values.add(CallValue.read(row, i));
        }
        return values;
    }

    private ResultSet shown(Answer.Rows answer) throws SQLException {
        Dialect dialect = connection.database().dialect();
        int columns = answer.columns().size();
        if ((long) columns * answer.rows().size() > MOST_CELLS) {
            throw WaybillError.CALL_TOO_LARGE.with("The result", columns + " columns of " + answer.rows().size(), MOST_CELLS + " values");
        }
        List<ColumnType> types = IntStream.range(0, columns).mapToObj(i -> CallValue.columnType(answer.rows().stream().map(row -> row.get(i)).collect(Collectors.toCollection(ArrayList::new)))).toList();
        StringBuilder sql = new StringBuilder();
        int rows = Math.max(1, answer.rows().size());
        for (int row = 0; row < rows; row++) {
            sql.append(row == 0 ? "SELECT " : " UNION ALL SELECT ");
            for (int i = 0; i < columns; i++) {
                String value = UNTYPED.contains(dialect.name()) ? "?" : "CAST(? AS " + dialect.typeName(types.get(i)) + ")";
                sql.append(i == 0 ? "" : ", ").append(value).append(row == 0 ? " AS " + dialect.quote(answer.columns().get(i)) : "");
            }
            sql.append(dialect.fromNothing());
        }
        if (answer.rows().isEmpty()) {
            sql.append(" WHERE 1 = 0");
        }
        PreparedStatement statement = connection.raw().prepareStatement(sql.toString());
        statement.closeOnCompletion();
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < columns; i++) {
                Object value = answer.rows().isEmpty() ? null : answer.rows().get(row).get(i);
                boolean text = types.get(i).type() == SqlType.VARCHAR && value != null;
                dialect.bind(statement, row * columns + i + 1, text ? value.toString() : value, types.get(i));
            }
        }
        return statement.executeQuery();
    }
}
