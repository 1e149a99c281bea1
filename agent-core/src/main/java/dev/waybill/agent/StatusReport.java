// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.dialect.Dialect;
import dev.waybill.journal.LogOffset;
import dev.waybill.publication.CatalogueStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.UUID;

/**
 * Who exchanges with whom, where each stands, and how far behind: all from the tables, so it is true whether an agent runs or not.
 *
 * @param publisher    null before GRANT PUBLISH
 * @param head         of the journal
 * @param leaseHolder  the agent that may write; null when none does
 * @param leaseUntil   until when others let it be
 * @param outboxRows   rows that are not yet sequenced
 * @param conflicts    lines in {@code waybill.conflict}
 */
public record StatusReport(String publisher, UUID incarnation, LogOffset head, String leaseHolder, Instant leaseUntil, long outboxRows, long conflicts, List<Neighbour> neighbours) {

    private static final String FLOWS = "ACTIVE";

    public StatusReport {
        neighbours = List.copyOf(neighbours);
    }

    /**
     * One database directly above or below.
     *
     * @param sending      EVERY with a period, AT with a time, or BATCH
     * @param lagBytes     bytes of this database's journal that it has not confirmed
     * @param lagTime      how long the oldest of them has waited; zero when there is none
     * @param behindBytes  bytes of its journal that are not applied here, as far as heard
     * @param state        ACTIVE while both directions flow
     * @param stateReason  null while all is well
     */
    public record Neighbour(String name, boolean consolidated, String messageType, String address, String sending, LogOffset logSent, LogOffset confirmSent, LogOffset logReceived,
            LogOffset headReceived, int resendCount, int rereceiveCount, Instant timeSent, Instant timeReceived, long lagBytes, Duration lagTime, long behindBytes, String state,
            String stateReason) {}

    /** Reads it in the caller's transaction. */
    public static StatusReport read(Connection raw, Dialect dialect, Instant now) throws SQLException {
        CatalogueStore.expectFormat(raw, dialect);
        String sql = "SELECT c.publisher, c.incarnation, h.log_offset, l.holder, l.until, (SELECT COUNT(*) FROM " + dialect.catalogueTable("outbox") + "), (SELECT COUNT(*) FROM " + dialect.catalogueTable("conflict") + ") FROM "
                + dialect.catalogueTable("catalogue") + " c, " + dialect.catalogueTable("journal_head") + " h, " + dialect.catalogueTable("lease") + " l";
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            if (!row.next()) {
                throw new SQLException("the catalogue's tables are empty");
            }
            LogOffset head = new LogOffset(row.getLong(3));
            return new StatusReport(row.getString(1), dialect.uuid(row, 2), head, row.getString(4), dialect.moment(row, 5), row.getLong(6), row.getLong(7), neighbours(raw, dialect, head, now));
        }
    }

    private static List<Neighbour> neighbours(Connection raw, Dialect dialect, LogOffset head, Instant now) throws SQLException {
        List<Neighbour> neighbours = new ArrayList<>();
        String sql = "SELECT user_name, consolidate, type_name, address, frequency, send_time, log_sent, confirm_sent, log_received, head_received, resend_count, rereceive_count, time_sent, time_received,"
                + " log_scanned, state, state_reason, receive_state, receive_reason, CASE WHEN diverged_since IS NULL THEN NULL ELSE 'DIVERGED' END AS diverged, diverged_reason FROM " + dialect.catalogueTable("remote_user") + " ORDER BY consolidate DESC, user_name";
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                neighbours.add(neighbour(raw, dialect, row, head, now));
            }
        }
        return neighbours;
    }

    private static Neighbour neighbour(Connection raw, Dialect dialect, ResultSet row, LogOffset head, Instant now) throws SQLException {
        long sent = row.getLong("log_sent");
        long confirmed = row.getLong("confirm_sent");
        long reached = confirmed >= sent ? Math.max(confirmed, row.getLong("log_scanned")) : confirmed;
        long lag = Math.max(0, head.bytes() - reached);
        long received = row.getLong("log_received");
        return new Neighbour(row.getString("user_name"), "Y".equals(row.getString("consolidate")), row.getString("type_name"), row.getString("address"), sending(row), new LogOffset(sent),
                new LogOffset(confirmed), new LogOffset(received), new LogOffset(row.getLong("head_received")), row.getInt("resend_count"), row.getInt("rereceive_count"),
                dialect.moment(row, 13), dialect.moment(row, 14), lag, lag == 0 ? Duration.ZERO : waiting(raw, dialect, reached, now), Math.max(0, row.getLong("head_received") - received),
                all(row, "state", "receive_state", "diverged"), all(row, "state_reason", "receive_reason", "diverged_reason"));
    }

    /** What goes to it, what comes from it, and whether all that came is here; what is well has nothing to say. */
    private static String all(ResultSet row, String sending, String receiving, String here) throws SQLException {
        StringJoiner all = new StringJoiner("; ");
        for (String column : new String[] {sending, receiving, here}) {
            String text = row.getString(column);
            if (text != null && !text.equals(FLOWS)) {
                all.add(text);
            }
        }
        return all.length() == 0 ? row.getString(sending) : all.toString();
    }

    private static String sending(ResultSet row) throws SQLException {
        return switch (row.getString("frequency")) {
            case "E" -> "EVERY " + row.getString("send_time");
            case "A" -> row.getString("send_time") == null ? "ON REQUEST" : "AT " + row.getString("send_time");
            default -> "BATCH";
        };
    }

    private static Duration waiting(Connection raw, Dialect dialect, long after, Instant now) throws SQLException {
        String sql = "SELECT MIN(committed_at) FROM " + dialect.catalogueTable("journal") + " WHERE log_offset > ?";
        try (PreparedStatement select = raw.prepareStatement(sql)) {
            select.setLong(1, after);
            try (ResultSet row = select.executeQuery()) {
                Instant oldest = row.next() ? dialect.moment(row, 1) : null;
                return oldest == null || oldest.isAfter(now) ? Duration.ZERO : Duration.between(oldest, now);
            }
        }
    }
}
