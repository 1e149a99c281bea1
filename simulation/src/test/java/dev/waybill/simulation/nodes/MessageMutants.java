// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import dev.waybill.message.Envelope.ResendRequest;
import dev.waybill.message.Message;
import dev.waybill.message.MessageHeader;
import dev.waybill.message.MessageKind;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/**
 * Rules of the protocol that whole nodes break, as far as it shows from outside: each message becomes what an agent without the rule would take it for, or say.
 *
 * <p>Tried in a hundred runs each, and not in the list, because other rules hold what they let through: messages of any incarnation (R0) or of an older epoch (R2), whose positions and digests do not fit; confirmations of what has come and is
 * not applied (R8), which do not take part in what is sent again; positions beyond the sender's head (R10), whose digests the receiver compares. The protocol's mutants break these rules without the others.
 */
final class MessageMutants {

    private static final int CHECKSUM_AT = 6;

    private MessageMutants() {}

    static Map<String, Supplier<Saboteur>> all() {
        Map<String, Supplier<Saboteur>> mutants = new LinkedHashMap<>();
        mutants.put("R1 what follows something else is applied, and R4 a gap is not seen", SeesNoGap::new);
        mutants.put("R3 and R8 what is applied is confirmed once only", ConfirmsOnce::new);
        mutants.put("R5 nobody asks again", () -> silentAbout(EnumSet.of(MessageKind.RESEND_REQUEST)));
        mutants.put("R6 a request takes nobody back behind what is confirmed", GoesNotBack::new);
        mutants.put("R7 what is damaged is taken", TakesTheDamaged::new);
        mutants.put("R9 who is quiet says nothing", () -> silentAbout(EnumSet.of(MessageKind.HEARTBEAT, MessageKind.JOIN)));
        mutants.put("R11 a word counts for anybody", ForgetsTheWord::new);
        return mutants;
    }

    private static Envelope with(Envelope from, MessageHeader header, Digest prevDigest) {
        return changed(from, header, prevDigest, from.confirmation(), from.resendRequest(), from.extensions());
    }

    private static Envelope with(Envelope from, Position confirmation, ResendRequest request) {
        return changed(from, from.header(), from.prevDigest(), confirmation, request, from.extensions());
    }

    private static Envelope changed(Envelope from, MessageHeader header, Digest prevDigest, Position confirmation, ResendRequest request, List<Envelope.Extension> extensions) {
        return new Envelope(from.kind(), from.sender(), from.recipient(), from.senderIncarnation(), from.recipientIncarnation(), from.messageId(), header, prevDigest, confirmation, request, from.head(), from.sentAt(), from.part(), from.limits(), extensions);
    }

    /** A position in this node's row of a neighbour, of no incarnation in particular; null when there is no such row. */
    private static Position ofNeighbour(WholeNode node, String offset, String digestOfIt, String neighbour) throws SQLException {
        String sql = "SELECT " + offset + ", " + digestOfIt + " FROM waybill.remote_user WHERE user_name = '" + neighbour + "'";
        try (Statement statement = node.raw().createStatement(); ResultSet row = statement.executeQuery(sql)) {
            if (!row.next()) {
                return null;
            }
            ByteBuffer digest = ByteBuffer.wrap(row.getBytes(2));
            return new Position(new UUID(0, 0), new LogOffset(row.getLong(1)), new Digest(digest.getLong(), digest.getLong()));
        }
    }

    private static Saboteur silentAbout(Set<MessageKind> kinds) {
        return new Meddler() {
            @Override
            Message says(WholeNode own, Message message) {
                return kinds.contains(message.envelope().kind()) ? null : message;
            }
        };
    }

    private static final class SeesNoGap extends Meddler {
        @Override
        Message hears(WholeNode own, Message message) throws SQLException {
            Envelope from = message.envelope();
            Position received = ofNeighbour(own, "log_received", "digest_received", from.sender());
            if (from.kind() != MessageKind.DATA || !from.header().isWhole() || received == null || !from.header().prev().isAfter(received.offset())) {
                return message;
            }
            return new Message(with(from, new MessageHeader(from.header().resendCount(), received.offset(), from.header().last(), 0), received.digest()), message.body());
        }
    }

    private static final class ConfirmsOnce extends Meddler {
        private final Map<String, Position> said = new HashMap<>();

        @Override
        Message says(WholeNode own, Message message) {
            Envelope from = message.envelope();
            boolean isNew = from.confirmation() != null && !from.confirmation().equals(said.put(from.sender() + " " + from.recipient(), from.confirmation()));
            return isNew || from.confirmation() == null ? message : from.kind() == MessageKind.CONFIRMATION ? null : new Message(with(from, (Position) null, from.resendRequest()), message.body());
        }
    }

    private static final class GoesNotBack extends Meddler {
        @Override
        Message hears(WholeNode own, Message message) throws SQLException {
            Envelope from = message.envelope();
            Position confirmed = ofNeighbour(own, "confirm_sent", "digest_confirmed", from.sender());
            ResendRequest asked = from.resendRequest();
            if (asked == null || confirmed == null || !asked.from().offset().isBefore(confirmed.offset())) {
                return message;
            }
            ResendRequest instead = new ResendRequest(asked.incarnation(), asked.epoch(), new Position(asked.from().incarnation(), confirmed.offset(), confirmed.digest()));
            return new Message(with(from, from.confirmation(), instead), message.body());
        }
    }

    private static final class TakesTheDamaged extends Meddler {
        @Override
        byte[] hearsNoise(byte[] bytes) {
            byte[] taken = bytes.clone();
            int checksumAt = bytes.length < CHECKSUM_AT + 2 * Integer.BYTES ? 0 : ByteBuffer.wrap(taken).getInt(CHECKSUM_AT);
            if (checksumAt > 0 && checksumAt <= taken.length - Integer.BYTES) {
                CRC32C crc = new CRC32C();
                crc.update(taken, 0, checksumAt);
                ByteBuffer.wrap(taken).putInt(checksumAt, (int) crc.getValue());
            }
            return taken;
        }
    }

    private static final class ForgetsTheWord extends Meddler {
        @Override
        Message hears(WholeNode own, Message message) {
            Envelope from = message.envelope();
            if (from.vouch() == null) {
                return message;
            }
            List<Envelope.Extension> left = from.extensions().stream().filter(extension -> extension.type() != Envelope.Vouch.TYPE).toList();
            return new Message(changed(from, from.header(), from.prevDigest(), from.confirmation(), from.resendRequest(), left), message.body());
        }
    }
}
