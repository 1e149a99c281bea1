// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Settings of notifiers in the hands of people, checked before they are written; and what there is to be seen. Each change is a transaction of its own. As thread-safe as the connection. */
public final class NotifierDesk {

    private static final int MOST_ROWS = 1_000;

    private final Connection raw;
    private final Dialect dialect;
    private final NotifierBook book;

    /** @param raw not in autocommit mode */
    public NotifierDesk(Connection raw, Dialect dialect) {
        this.raw = raw;
        this.dialect = dialect;
        this.book = new NotifierBook(dialect);
    }

    /** Rows of one of our tables, for people. */
    public record Listing(String title, List<String> columns, List<List<String>> rows, boolean isTrouble) {}

    /**
     * Sets one property.
     *
     * @param component Notifier, Gateway, Listener
     * @param setting   null: it is not set any more
     * @throws IllegalArgumentException there is no such property, or the setting cannot be understood; nothing was done
     */
    public void set(String component, String name, String property, String setting) throws SQLException {
        List<NotifySettings.Row> rows = new ArrayList<>(book.settings(raw));
        rows.removeIf(row -> row.component().equals(component) && row.name().equals(name) && row.property().equals(property));
        if (setting != null) {
            rows.add(new NotifySettings.Row(component, name, property, setting));
        }
        String wrong = NotifySettings.of(rows).wrong().get(name);
        if (wrong != null) {
            throw new IllegalArgumentException(wrong);
        }
        write(component, name, property, setting);
        raw.commit();
    }

    /**
     * Sets all properties that a file of MobiLink's form has: {@code Notifier(name).poll_every = 30s}, {@code UDP(name).secret = file:…}, {@code Listener.enable = yes}. All or nothing.
     *
     * @return how many
     * @throws IllegalArgumentException a line means nothing here, or a setting cannot be understood; nothing was done
     */
    public int load(Properties file) throws SQLException {
        List<NotifySettings.Row> read = NotifierFile.read(file);
        List<NotifySettings.Row> rows = new ArrayList<>(book.settings(raw));
        rows.removeIf(row -> read.stream().anyMatch(line -> line.isSameProperty(row)));
        rows.addAll(read);
        Map<String, String> wrong = NotifySettings.of(rows).wrong();
        for (NotifySettings.Row line : read) {
            if (wrong.containsKey(line.name())) {
                throw new IllegalArgumentException(wrong.get(line.name()));
            }
        }
        for (NotifySettings.Row line : read) {
            write(line.component(), line.name(), line.property(), line.setting());
        }
        raw.commit();
        return read.size();
    }

    private void write(String component, String name, String property, String setting) throws SQLException {
        String table = dialect.catalogueTable("notify_setting");
        run("DELETE FROM " + table + " WHERE component = ? AND name = ? AND property = ?", component, name, property);
        if (setting != null) {
            run("INSERT INTO " + table + " (component, name, property, setting) VALUES (?, ?, ?, ?)", component, name, property, setting);
        }
    }

    /** @throws IllegalArgumentException there is none of this name */
    public void drop(String notifier) throws SQLException {
        if (run("DELETE FROM " + dialect.catalogueTable("notify_setting") + " WHERE component = 'Notifier' AND name = ?", notifier) == 0) {
            throw new IllegalArgumentException("there is no notifier " + notifier);
        }
        raw.commit();
    }

    private int run(String sql, String... values) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    /** Notifiers, requests and listeners. */
    public List<Listing> list() throws SQLException {
        Listing notifiers = read("notifiers", List.of("name", "state", "polls", "polled_at", "trouble_event", "trouble_text"), "notifier", " ORDER BY name", 6);
        Listing requests = read("requests that were sent", List.of("notifier", "request_id", "address", "subject", "state", "sends", "sent_by", "last_sent"), "push_request_state", " ORDER BY notifier, request_id", 0);
        Listing listeners = read("listeners", List.of("listener", "medium", "address", "active", "last_modified"), "listener_address", " ORDER BY listener, medium", 0);
        Listing settings = read("settings", List.of("component", "name", "property", "setting"), "notify_setting", " ORDER BY component, name, property", 0);
        return List.of(settings, notifiers, requests, listeners);
    }

    /** @param trouble the column that says what is wrong; 0 for none */
    private Listing read(String title, List<String> columns, String table, String order, int trouble) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        boolean wrong = false;
        try (PreparedStatement statement = raw.prepareStatement("SELECT " + String.join(", ", columns) + " FROM " + dialect.catalogueTable(table) + order)) {
            statement.setMaxRows(MOST_ROWS);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    List<String> row = new ArrayList<>();
                    for (int i = 1; i <= columns.size(); i++) {
                        row.add(String.valueOf(result.getString(i)).replaceAll("^null$", ""));
                    }
                    wrong |= trouble > 0 && !row.get(trouble - 1).isEmpty();
                    rows.add(row);
                }
            }
        }
        return new Listing(title, columns, rows, wrong);
    }
}
