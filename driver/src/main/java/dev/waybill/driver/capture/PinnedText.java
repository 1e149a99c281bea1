// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.RowImage;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.capture.PinnedWriting.Pinned;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.error.WaybillError;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** Runs an UPDATE or DELETE for rows that are named by their keys, on a statement of ours; many rows a part at a time where that makes no difference. One execution, in a transaction. */
final class PinnedText {

    private static final int AT_ONCE = 1_000;
    /** The server takes 65,535 of a statement that it prepares. */
    private static final int MOST_PARAMETERS = 60_000;

    private final CapturingConnection connection;
    private final Dialect dialect;
    private final Plan.PinnedWrite plan;
    private final Source source;

    PinnedText(CapturingConnection connection, Plan.PinnedWrite plan, Source source) {
        this.connection = connection;
        this.dialect = connection.database().dialect();
        this.plan = plan;
        this.source = source;
    }

    Outcome run(List<Pinned> pinned) throws SQLException {
        boolean together = plan.together() || pinned.size() > 1;
        int step = together ? Integer.MAX_VALUE : AT_ONCE;
        long count = 0;
        int from = 0;
        do {
            int first = from;
            List<Part> parts = pinned.stream().map(rows -> new Part(rows, first, (int) Math.min(rows.size(), (long) first + step))).toList();
            count += run(parts, together);
            from = parts.get(0).to;
        } while (from < pinned.get(0).size());
        if (!(source.statement() instanceof PreparedStatement)) {
            connection.session().answering(source.statement());
        }
        return Outcome.count(count, source.keys() instanceof KeyRequest.None ? null : connection.session().noKeys());
    }

    private long run(List<Part> parts, boolean together) throws SQLException {
        String condition = parts.stream().map(this::condition).collect(Collectors.joining(" AND "));
        int parameters = parts.stream().mapToInt(part -> (part.to - part.from) * part.width()).sum();
        if (together && parameters > MOST_PARAMETERS) {
            throw WaybillError.UNCAPTURED.with("it changes more rows than can be named at once");
        }
        PreparedStatement statement = source.derived(plan.head() + condition + plan.tail(), plan.parameters());
        try {
            int next = plan.parameters().length + 1;
            for (Part part : parts) {
                next = bind(statement, next, part);
            }
            return statement.executeLargeUpdate();
        } finally {
            source.release(statement);
        }
    }

    // ---- naming rows ----

    private String condition(Part part) {
        String rows = part.from == part.to ? "1 = 0" : part.rows.pin().table() == null ? alternatives(part, columns(part), " <=> ?") : keys(part);
        return part.rows.pin().outer() ? "(" + rows + " OR " + columns(part).get(0) + " IS NULL)" : "(" + rows + ")";
    }

    private String keys(Part part) {
        List<String> columns = columns(part);
        return columns.size() == 1 ? columns.get(0) + " IN (" + String.join(", ", Collections.nCopies(part.to - part.from, "?")) + ")" : alternatives(part, columns, " = ?");
    }

    private static String alternatives(Part part, List<String> columns, String equal) {
        String one = columns.stream().map(column -> column + equal).collect(Collectors.joining(" AND ", "(", ")"));
        return String.join(" OR ", Collections.nCopies(part.to - part.from, one));
    }

    private List<String> columns(Part part) {
        CapturedTable table = part.rows.pin().table();
        List<String> columns = table == null ? CascadeWalk.columns(connection.facts(), part.rows.pin().name()) : table.keyColumns();
        return columns.stream().map(column -> part.rows.pin().qualifier() + dialect.quote(column)).toList();
    }

    private int bind(PreparedStatement statement, int from, Part part) throws SQLException {
        int next = from;
        CapturedTable table = part.rows.pin().table();
        for (int i = part.from; i < part.to; i++) {
            if (table == null) {
                for (Object value : part.rows.values().get(i)) {
                    statement.setObject(next++, value);
                }
            } else {
                RowImage key = part.rows.keys().get(i);
                for (int index : table.key()) {
                    dialect.bind(statement, next++, key.value(index), table.type(index));
                }
            }
        }
        return next;
    }

    /** Some of the rows. */
    private record Part(Pinned rows, int from, int to) {

        int width() {
            return rows.pin().table() != null ? rows.pin().table().key().length : rows.values().isEmpty() ? 0 : rows.values().get(0).size();
        }
    }
}
