// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.DeliveryStatus;
import dev.waybill.delivery.ReceiverState;
import dev.waybill.delivery.SenderState;
import dev.waybill.delivery.StagedGroup;
import dev.waybill.delivery.Standing;
import dev.waybill.dialect.Dialect;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Delivery state as rows of {@code waybill.remote_user}, and the summary of {@code waybill.staged_part}. In the caller's transaction. Stateless. */
final class DeliveryStore {

    private final Dialect dialect;

    DeliveryStore(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Shown as state while nothing can be handed over to a neighbour. */
    private static final String LINK_DOWN = "LINK_DOWN";

    /**
     * One neighbour's row.
     *
     * @param linkTrouble why nothing can be handed over to it now; null while it can
     */
    record Row(SenderState.Kept sender, ReceiverState.Kept receiver, Heard heard, String linkTrouble) {

        /** Whether the machines' states are the same. */
        boolean isSameStateAs(Row other) {
            return sender.equals(other.sender) && receiver.equals(other.receiver);
        }

        private boolean isShownAsDown() {
            return linkTrouble != null && sender.status() == DeliveryStatus.ACTIVE;
        }

        private String shownState() {
            return isShownAsDown() ? LINK_DOWN : sender.status().name();
        }

        private String shownReason() {
            return isShownAsDown() ? linkTrouble : sender.reason();
        }
    }

    /** Every neighbour by name. */
    Map<String, Row> load(Connection raw, UUID mine) throws SQLException {
        Map<String, Row> rows = new LinkedHashMap<>();
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT * FROM " + dialect.catalogueTable("remote_user") + " ORDER BY user_name")) {
            while (row.next()) {
                rows.put(row.getString("user_name"), new Row(sender(row, mine), receiver(row), heard(row), linkTrouble(row)));
            }
        }
        return rows;
    }

    /** Until it is known better: nothing has been handed over since. */
    private static String linkTrouble(ResultSet row) throws SQLException {
        return LINK_DOWN.equals(row.getString("state")) ? row.getString("state_reason") : null;
    }

    private SenderState.Kept sender(ResultSet row, UUID mine) throws SQLException {
        Position sent = new Position(mine, offset(row, "log_sent"), Digest.of(row.getBytes("digest_sent")));
        Position confirmed = new Position(mine, offset(row, "confirm_sent"), Digest.of(row.getBytes("digest_confirmed")));
        boolean linkDown = LINK_DOWN.equals(row.getString("state"));
        return new SenderState.Kept(uuid(row, "incarnation"), row.getInt("resend_count"), sent, confirmed, offset(row, "log_scanned"),
                linkDown ? DeliveryStatus.ACTIVE : DeliveryStatus.valueOf(row.getString("state")), linkDown ? null : row.getString("state_reason"), row.getInt("stream_sent"),
                new Position(mine, offset(row, "stream_base"), Digest.of(row.getBytes("stream_base_digest"))), standing(row, mine));
    }

    private Standing standing(ResultSet row, UUID mine) throws SQLException {
        Position at = new Position(mine, offset(row, "heard_offset"), Digest.of(row.getBytes("heard_digest")));
        return new Standing(uuid(row, "heard_incarnation"), row.getInt("heard_stream"), at, Standing.Word.valueOf(row.getString("stream_word")));
    }

    private ReceiverState.Kept receiver(ResultSet row) throws SQLException {
        return new ReceiverState.Kept(uuid(row, "incarnation"), offset(row, "log_received"), Digest.of(row.getBytes("digest_received")), row.getInt("rereceive_count"),
                offset(row, "confirm_received"), DeliveryStatus.valueOf(row.getString("receive_state")), row.getString("receive_reason"), row.getInt("stream_received"), uuid(row, "refused"));
    }

    private Heard heard(ResultSet row) throws SQLException {
        return new Heard(offset(row, "head_received"), instant(row, "head_time"), row.getInt("max_message_bytes"), instant(row, "time_sent"), instant(row, "time_received"),
                row.getInt("send_count"), row.getInt("receive_count"));
    }

    private UUID uuid(ResultSet row, String column) throws SQLException {
        return dialect.uuid(row, row.findColumn(column));
    }

    private static LogOffset offset(ResultSet row, String column) throws SQLException {
        return new LogOffset(row.getLong(column));
    }

    private Instant instant(ResultSet row, String column) throws SQLException {
        return dialect.moment(row, row.findColumn(column));
    }

    /** The groups of parts that lie here from this sender's present history and stream. */
    List<StagedGroup> staged(Connection raw, String sender, UUID incarnation, int stream) throws SQLException {
        Map<List<Object>, StagedGroup> groups = new HashMap<>();
        String sql = "SELECT DISTINCT prev, cut, digest, sequence, this, total_bytes, OCTET_LENGTH(payload) FROM " + dialect.catalogueTable("staged_part")
                + " WHERE sender = ? AND incarnation = ? AND stream = ? ORDER BY prev, sequence";
        try (PreparedStatement select = raw.prepareStatement(sql)) {
            select.setString(1, sender);
            select.setObject(2, incarnation);
            select.setInt(3, stream);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    LogOffset prev = new LogOffset(row.getLong(1));
                    Digest cut = Digest.of(row.getBytes(2));
                    StagedGroup group = groups.getOrDefault(List.of(prev, cut), StagedGroup.empty(prev, cut, Digest.of(row.getBytes(3))));
                    groups.put(List.of(prev, cut), withPart(group, row));
                }
            }
        }
        return groups.values().stream().sorted(Comparator.comparing(StagedGroup::prev)).toList();
    }

    private static StagedGroup withPart(StagedGroup group, ResultSet row) throws SQLException {
        int sequence = row.getInt(4);
        if (group.has(sequence)) {
            return group;
        }
        long last = row.getLong(5);
        int bytes = row.getInt(7);
        return last == group.prev().bytes() ? group.with(sequence, bytes) : group.withLast(sequence, bytes, new LogOffset(last), row.getLong(6));
    }

    /** Writes one neighbour's row; returns false when the neighbour was revoked meanwhile. */
    boolean save(Connection raw, String name, Row state, Instant now) throws SQLException {
        SenderState.Kept sender = state.sender();
        ReceiverState.Kept receiver = state.receiver();
        Heard heard = state.heard();
        String sql = "UPDATE " + dialect.catalogueTable("remote_user") + " SET incarnation = ?, resend_count = ?, log_sent = ?, digest_sent = ?, confirm_sent = ?, digest_confirmed = ?,"
                + " log_scanned = ?, state_since = CASE WHEN state = ? THEN state_since ELSE ? END, state = ?, state_reason = ?, log_received = ?, digest_received = ?, rereceive_count = ?,"
                + " confirm_received = ?, receive_state = ?, receive_reason = ?, head_received = ?, head_time = ?, max_message_bytes = ?, time_sent = ?, time_received = ?, send_count = ?,"
                + " receive_count = ?, log_send = ?, stream_sent = ?, stream_base = ?, stream_base_digest = ?, stream_received = ?, refused = ?,"
                + " heard_incarnation = ?, heard_stream = ?, heard_offset = ?, heard_digest = ?, stream_word = ? WHERE user_name = ?";
        try (PreparedStatement update = raw.prepareStatement(sql)) {
            Parameters parameters = new Parameters(update);
            parameters.add(receiver.senderIncarnation() == null ? sender.peerIncarnation() : receiver.senderIncarnation()).add(sender.resendCount());
            parameters.add(sender.sent().offset().bytes()).add(sender.sent().digest().bytes()).add(sender.confirmed().offset().bytes()).add(sender.confirmed().digest().bytes());
            parameters.add(sender.scanned().bytes()).add(state.shownState()).add(time(now)).add(state.shownState()).add(state.shownReason());
            parameters.add(receiver.offset().bytes()).add(receiver.digest().bytes()).add(receiver.rereceiveCount()).add(receiver.confirmed().bytes());
            parameters.add(receiver.status().name()).add(receiver.reason());
            parameters.add(heard.headReceived().bytes()).add(time(heard.headTime())).add(heard.maxMessageBytes() == 0 ? null : heard.maxMessageBytes());
            parameters.add(time(heard.timeSent())).add(time(heard.timeReceived())).add(heard.sendCount()).add(heard.receiveCount());
            parameters.add(sender.sent().offset().bytes()).add(sender.stream()).add(sender.base().offset().bytes()).add(sender.base().digest().bytes());
            parameters.add(receiver.stream()).add(receiver.refused());
            Standing standing = sender.standing();
            parameters.add(standing.incarnation()).add(standing.stream()).add(standing.at().offset().bytes()).add(standing.at().digest().bytes()).add(standing.word().name()).add(name);
            return update.executeUpdate() == 1;
        }
    }

    private Object time(Instant instant) {
        return instant == null ? null : dialect.moment(instant);
    }

    /** Parameters in the order of the text. */
    private static final class Parameters {
        private final PreparedStatement statement;
        private int count;

        private Parameters(PreparedStatement statement) {
            this.statement = statement;
        }

        private Parameters add(Object value) throws SQLException {
            statement.setObject(++count, value);
            return this;
        }
    }
}
