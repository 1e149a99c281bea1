// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The table {@code waybill.link_position}: how far was read on links whose readers take nothing out. It is here, beside delivery state, so that a restored backup reads again what it has not seen, and nobody's server forgets it. Written after what
 * was read has been committed, and now and then only: what was read since is read again, and recognised. One thread.
 */
final class ReadingBook {

    private static final Duration BETWEEN_NOTES = Duration.ofSeconds(1);

    private final AgentDatabase database;
    private final InstantSource clock;
    private final String table;
    private Map<String, Map<String, String>> noted = Map.of();
    private Instant next = Instant.MIN;

    ReadingBook(AgentDatabase database, Dialect dialect, InstantSource clock) {
        this.database = database;
        this.clock = clock;
        this.table = dialect.catalogueTable("link_position");
    }

    /** What is on record, by message type. */
    Map<String, Map<String, String>> load() throws SQLException {
        noted = database.read(raw -> {
            Map<String, Map<String, String>> all = new HashMap<>();
            try (PreparedStatement select = raw.prepareStatement("SELECT link, place, reached FROM " + table); ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    all.computeIfAbsent(row.getString(1), link -> new HashMap<>()).put(row.getString(2), row.getString(3));
                }
            }
            return all;
        });
        return noted;
    }

    /** Notes what has changed, unless that was done just now. */
    void note(Supplier<Map<String, Map<String, String>>> reached) throws SQLException {
        Instant now = clock.instant();
        if (!now.isBefore(next)) {
            next = now.plus(BETWEEN_NOTES);
            noteNow(reached.get());
        }
    }

    /** Notes what has changed. A link that is not open now leaves its places as they are. */
    void noteNow(Map<String, Map<String, String>> reached) throws SQLException {
        boolean same = reached.entrySet().stream().allMatch(link -> link.getValue().isEmpty() || link.getValue().equals(noted.get(link.getKey())));
        if (!same) {
            Map<String, Map<String, String>> all = new HashMap<>(noted);
            database.<Void>transact(DurableStep.MARK_RECEIVED, raw -> {
                for (var link : reached.entrySet()) {
                    if (!link.getValue().isEmpty()) {
                        note(raw, link.getKey(), noted.getOrDefault(link.getKey(), Map.of()), link.getValue());
                        all.put(link.getKey(), link.getValue());
                    }
                }
                return null;
            });
            noted = all;
        }
    }

    private void note(Connection raw, String link, Map<String, String> before, Map<String, String> now) throws SQLException {
        Set<String> changed = new HashSet<>(before.keySet());
        changed.addAll(now.keySet());
        changed.removeIf(place -> now.containsKey(place) && now.get(place).equals(before.get(place)));
        try (PreparedStatement delete = raw.prepareStatement("DELETE FROM " + table + " WHERE link = ? AND place = ?");
                PreparedStatement insert = raw.prepareStatement("INSERT INTO " + table + " (link, place, reached) VALUES (?, ?, ?)")) {
            for (String place : changed) {
                delete.setString(1, link);
                delete.setString(2, place);
                delete.executeUpdate();
                if (now.containsKey(place)) {
                    insert.setString(1, link);
                    insert.setString(2, place);
                    insert.setString(3, now.get(place));
                    insert.executeUpdate();
                }
            }
        }
    }
}
