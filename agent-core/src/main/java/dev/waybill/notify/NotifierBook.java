// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Our tables of notifiers in SQL. As thread-safe as the connection that is handed in. */
final class NotifierBook {

    private static final int LONGEST_TROUBLE = 4_000;
    private static final int MOST_ROWS = 10_000;

    private final Dialect dialect;

    NotifierBook(Dialect dialect) {
        this.dialect = dialect;
    }

    private String table(String name) {
        return dialect.catalogueTable(name);
    }

    private interface Row {
        void read(ResultSet row) throws SQLException;
    }

    private static void each(Connection raw, Row each, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            bind(statement, values);
            statement.setMaxRows(MOST_ROWS);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    each.read(rows);
                }
            }
        }
    }

    private static int run(Connection raw, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }

    private Object moment(Instant at) {
        return at == null ? null : dialect.moment(at);
    }

    // ---- settings and addresses ----

    List<NotifySettings.Row> settings(Connection raw) throws SQLException {
        List<NotifySettings.Row> rows = new ArrayList<>();
        each(raw, row -> rows.add(new NotifySettings.Row(row.getString(1), row.getString(2), row.getString(3), row.getString(4))), "SELECT component, name, property, setting FROM " + table("notify_setting"));
        return rows;
    }

    AddressBook addresses(Connection raw) throws SQLException {
        Map<AddressBook.Key, String> addresses = new HashMap<>();
        each(raw, row -> {
            for (GatewaySettings.Kind kind : GatewaySettings.Kind.values()) {
                if (kind.name().equals(row.getString(2))) {
                    addresses.put(new AddressBook.Key(row.getString(1), kind), row.getString(3));
                }
            }
        }, "SELECT listener, medium, address FROM " + table("listener_address") + " WHERE active = TRUE");
        return new AddressBook(addresses);
    }

    void heard(Connection raw, NoticeBoard.Contact contact, Instant now) throws SQLException {
        if (run(raw, "UPDATE " + table("listener_address") + " SET address = ?, active = TRUE, last_modified = ? WHERE listener = ? AND medium = ?", contact.address(), moment(now), contact.listener(), contact.medium().name()) == 0) {
            run(raw, "INSERT INTO " + table("listener_address") + " (listener, medium, address, active, last_modified) VALUES (?, ?, ?, TRUE, ?)", contact.listener(), contact.medium().name(), contact.address(), moment(now));
        }
    }

    void unheard(Connection raw, String listener, Instant now) throws SQLException {
        run(raw, "UPDATE " + table("listener_address") + " SET active = FALSE, last_modified = ? WHERE listener = ? AND medium = 'UDP'", moment(now), listener);
    }

    // ---- notifiers ----

    void state(Connection raw, String notifier, String state, String trouble, Instant now) throws SQLException {
        String text = cut(trouble);
        Object at = text == null ? null : moment(now);
        if (run(raw, "UPDATE " + table("notifier") + " SET state = ?, trouble_event = NULL, trouble_text = ?, trouble_at = ? WHERE name = ?", state, text, at, notifier) == 0) {
            run(raw, "INSERT INTO " + table("notifier") + " (name, state, polls, trouble_text, trouble_at) VALUES (?, ?, 0, ?, ?)", notifier, state, text, at);
        }
    }

    void forget(Connection raw, String notifier) throws SQLException {
        run(raw, "DELETE FROM " + table("notifier") + " WHERE name = ?", notifier);
        run(raw, "DELETE FROM " + table("push_request_state") + " WHERE notifier = ?", notifier);
    }

    List<String> known(Connection raw) throws SQLException {
        List<String> names = new ArrayList<>();
        each(raw, row -> names.add(row.getString(1)), "SELECT name FROM " + table("notifier"));
        return names;
    }

    private static String cut(String text) {
        return text == null || text.length() <= LONGEST_TROUBLE ? text : text.substring(0, LONGEST_TROUBLE);
    }

    /** What is on record of requests that are not forgotten yet. */
    List<NoticeState> load(Connection raw, String notifier) throws SQLException {
        List<NoticeState> states = new ArrayList<>();
        each(raw, row -> {
            PushRequest request = new PushRequest(row.getLong(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5), time(row.getString(6)), time(row.getString(7)));
            String reason = row.getString(9);
            states.add(new NoticeState(request, dialect.moment(row, 10), dialect.moment(row, 11), row.getInt(12), row.getString(8), reason == null ? null : DeleteReason.valueOf(reason), row.getString(13)));
        }, "SELECT request_id, gateway, subject, content, address, resend_interval, time_to_live, state, reason, first_sent, last_sent, sends, sent_by FROM " + table("push_request_state") + " WHERE notifier = ? ORDER BY request_id", notifier);
        return states;
    }

    private static Duration time(String text) {
        return text == null ? null : Duration.parse(text);
    }

    private static String text(Duration time) {
        return time == null ? null : time.toString();
    }

    void save(Connection raw, NotifierRecord record, Instant now) throws SQLException {
        for (Map.Entry<Long, NoticeState> changed : record.changed().entrySet()) {
            save(raw, record.notifier(), changed.getKey(), changed.getValue());
        }
        if (record.pollBegun()) {
            run(raw, "UPDATE " + table("notifier") + " SET polls = polls + 1, polled_at = ? WHERE name = ?", moment(now), record.notifier());
        }
        if (record.trouble() != null) {
            run(raw, "UPDATE " + table("notifier") + " SET trouble_event = ?, trouble_text = ?, trouble_at = ? WHERE name = ?", record.trouble().event().property(), cut(record.trouble().text()), moment(now), record.notifier());
        } else if (record.well()) {
            run(raw, "UPDATE " + table("notifier") + " SET trouble_event = NULL, trouble_text = NULL, trouble_at = NULL WHERE name = ? AND trouble_event IS NOT NULL", record.notifier());
        }
        if (record.unheard() != null) {
            unheard(raw, record.unheard(), now);
        }
    }

    private void save(Connection raw, String notifier, long id, NoticeState state) throws SQLException {
        run(raw, "DELETE FROM " + table("push_request_state") + " WHERE notifier = ? AND request_id = ?", notifier, id);
        if (state != null) {
            PushRequest request = state.request();
            run(raw, "INSERT INTO " + table("push_request_state") + " (notifier, request_id, gateway, subject, content, address, resend_interval, time_to_live, state, reason, sent_by, sends, first_sent, last_sent)"
                    + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", notifier, id, request.gateway(), request.subject(), request.content(), request.address(), text(request.resendInterval()), text(request.timeToLive()), state.state(),
                    state.reason() == null ? null : state.reason().name(), state.gateway(), state.sends(), moment(state.firstSent()), moment(state.lastSent()));
        }
    }
}
