// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.dialect.Dialect;
import dev.waybill.journal.LogOffset;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one subscriber is owed at each log offset: the recorded history of his subscriptions. Statements only ever add to what it says of offsets that are still to come, so what was said of an offset stays true. Immutable.
 *
 * @param begun   nothing at or before this offset is owed to him, whatever else is recorded: he was granted, or begun anew, there
 * @param periods in no particular order; those of one publication and value do not overlap
 * @param present the subscriber's own history, as far as it is known here
 */
public record Owed(String subscriber, LogOffset begun, List<Period> periods, Exchange.Present present) {

    public Owed {
        periods = List.copyOf(periods);
    }

    /** Of one of whose own history nothing is known. */
    public Owed(String subscriber, LogOffset begun, List<Period> periods) {
        this(subscriber, begun, periods, Exchange.Present.UNKNOWN);
    }

    /**
     * From START or a snapshot to STOP.
     *
     * @param value   of the subscription; null for none
     * @param started exclusive
     * @param stopped inclusive; null while there is no end
     */
    public record Period(String publication, String value, LogOffset started, LogOffset stopped) {

        /** Of a subscription without a value. */
        public Period(String publication, LogOffset started, LogOffset stopped) {
            this(publication, null, started, stopped);
        }

        /** Whether the entry at this offset is owed. */
        public boolean contains(LogOffset entry) {
            return entry.isAfter(started) && (stopped == null || !entry.isAfter(stopped));
        }
    }

    /**
     * To a publication, or to the part of it that has a value.
     *
     * @param value empty for none
     */
    record Claim(String publication, String value) implements Comparable<Claim> {

        @Override
        public int compareTo(Claim other) {
            int order = publication.compareTo(other.publication);
            return order == 0 ? value.compareTo(other.value) : order;
        }

        @Override
        public String toString() {
            return value.isEmpty() ? publication : publication + "\0" + value;
        }
    }

    /** Of nobody. */
    public static Owed nothing(String subscriber) {
        return new Owed(subscriber, LogOffset.ZERO, List.of());
    }

    /** What is owed of the entry at this offset. */
    Set<Claim> claims(LogOffset entry) {
        Set<Claim> owed = new TreeSet<>();
        for (Period period : periods) {
            if (entry.isAfter(begun) && period.contains(entry)) {
                owed.add(new Claim(period.publication(), period.value() == null ? "" : period.value()));
            }
        }
        return owed;
    }

    /** Up to where, inclusive, exactly the same is owed as of the entry at this offset. */
    LogOffset unchangedUpTo(LogOffset entry) {
        long end = least(begun, entry, Long.MAX_VALUE);
        for (Period period : periods) {
            end = least(period.started(), entry, end);
            end = period.stopped() == null ? end : least(period.stopped(), entry, end);
        }
        return new LogOffset(end);
    }

    private static long least(LogOffset border, LogOffset entry, long end) {
        return border.isBefore(entry) ? end : Math.min(end, border.bytes());
    }

    /**
     * Everybody's, by name. Right for entries up to a head that was read before: a period that begins or ends at an offset was committed before anything behind that offset stood in the journal.
     */
    public static Map<String, Owed> load(Connection raw, Dialect dialect) throws SQLException {
        Map<String, List<Period>> periods = new HashMap<>();
        try (PreparedStatement select = raw.prepareStatement(periods(dialect)); ResultSet row = select.executeQuery()) {
            while (row.next()) {
                long stopped = row.getLong(5);
                LogOffset end = row.wasNull() ? null : new LogOffset(stopped);
                periods.computeIfAbsent(row.getString(1), none -> new ArrayList<>()).add(new Period(row.getString(2), row.getString(3).isEmpty() ? null : row.getString(3), new LogOffset(row.getLong(4)), end));
            }
        }
        Map<String, Owed> owed = new HashMap<>();
        try (PreparedStatement select = raw.prepareStatement(users(dialect)); ResultSet row = select.executeQuery()) {
            while (row.next()) {
                Exchange.Present present = new Exchange.Present(dialect.uuid(row, 4), dialect.uuid(row, 3));
                owed.put(row.getString(1), new Owed(row.getString(1), new LogOffset(row.getLong(2)), periods.getOrDefault(row.getString(1), List.of()), present));
            }
        }
        return owed;
    }

    private static String users(Dialect dialect) {
        return "SELECT u.user_name, u.log_begun, u.incarnation, c.incarnation FROM " + dialect.catalogueTable("remote_user") + " u, " + dialect.catalogueTable("catalogue") + " c";
    }

    private static String periods(Dialect dialect) {
        String publication = " JOIN " + dialect.catalogueTable("publication") + " p ON p.publication_id = s.publication_id";
        return "SELECT s.user_name, p.publication_name, s.subscribe_by, s.started, s.stopped FROM " + dialect.catalogueTable("subscription") + " s" + publication + " WHERE s.started IS NOT NULL UNION ALL "
                + "SELECT s.user_name, p.publication_name, s.subscribe_by, s.started, s.stopped FROM " + dialect.catalogueTable("subscription_period") + " s" + publication;
    }
}
