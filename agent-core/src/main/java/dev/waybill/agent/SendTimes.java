// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.SenderEvent;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;

/** When it is whose turn: SEND EVERY and SEND AT, kept in {@code next_send}, so that a time that passed while no agent ran is made up for. One thread. */
final class SendTimes {

    private final AgentDatabase database;
    private final Dialect dialect;
    private final String table;
    private final InstantSource clock;
    private final ZoneId place;
    private final boolean eachCycle;
    private final Map<String, Turn> turns = new HashMap<>();

    /**
     * @param eachCycle whether every cycle sends to everybody, whatever the catalogue says: batch mode
     */
    SendTimes(AgentDatabase database, Dialect dialect, InstantSource clock, ZoneId place, boolean eachCycle) {
        this.database = database;
        this.dialect = dialect;
        this.table = dialect.catalogueTable("remote_user");
        this.clock = clock;
        this.place = place;
        this.eachCycle = eachCycle;
    }

    /** Tells everybody whose turn it is. */
    void tellDue(Iterable<Neighbour> neighbours) throws SQLException {
        Instant now = clock.instant();
        for (Neighbour neighbour : neighbours) {
            if (neighbour.user().onRequest()) {
                turns.remove(neighbour.name());
                continue;
            }
            SendSchedule schedule = SendSchedule.of(neighbour.user(), place);
            if (eachCycle || schedule.isPrompt()) {
                turns.remove(neighbour.name());
                neighbour.tell(new SenderEvent.Due(), now);
            } else if (!now.isBefore(turn(neighbour.name(), schedule, now).at())) {
                neighbour.tell(new SenderEvent.Due(), now);
                keep(neighbour.name(), new Turn(schedule, schedule.after(now)));
            }
        }
    }

    /** When the next turn is; null when nobody has a time. */
    Instant next() {
        return turns.values().stream().map(Turn::at).min(Instant::compareTo).orElse(null);
    }

    private Turn turn(String name, SendSchedule schedule, Instant now) throws SQLException {
        Turn known = turns.get(name);
        if (known != null && known.schedule().equals(schedule)) {
            return known;
        }
        Instant kept = known == null ? database.<Instant>read(raw -> load(raw, name)) : null;
        Turn turn = new Turn(schedule, kept != null ? kept : schedule.every() != null ? now : schedule.after(now));
        keep(name, turn);
        return turn;
    }

    private void keep(String name, Turn turn) throws SQLException {
        turns.put(name, turn);
        database.<Void>transact(DurableStep.MARK_SENT, raw -> {
            try (PreparedStatement update = raw.prepareStatement("UPDATE " + table + " SET next_send = ? WHERE user_name = ?")) {
                update.setObject(1, dialect.moment(turn.at()));
                update.setString(2, name);
                update.executeUpdate();
            }
            return null;
        });
    }

    private Instant load(Connection raw, String name) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT next_send FROM " + table + " WHERE user_name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? dialect.moment(row, 1) : null;
            }
        }
    }

    private record Turn(SendSchedule schedule, Instant at) {}
}
