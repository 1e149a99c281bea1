// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.ReceiverEvent;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.link.Link;
import dev.waybill.link.Link.LinkException;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageCodec;
import dev.waybill.seal.KeyRing.KeyException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Hands messages to links: nothing leaves before everything committed is on disk. A link that does not work stops only the neighbour to whom it leads. One thread. */
final class Post {

    private static final System.Logger LOG = System.getLogger(Post.class.getName());

    private static final byte[] NO_BODY = new byte[0];

    private final AgentDatabase database;
    private final AgentLinks links;
    private final MessageCodec codec;
    private final Seals seals;
    private final int maxMessageBytes;
    private final Troubles troubles;
    private final AgentEvents events;
    private final InstantSource clock;

    Post(AgentDatabase database, AgentLinks links, MessageCodec codec, Seals seals, int maxMessageBytes, Troubles troubles, AgentEvents events, InstantSource clock) {
        this.database = database;
        this.links = links;
        this.codec = codec;
        this.seals = seals;
        this.maxMessageBytes = maxMessageBytes;
        this.troubles = troubles;
        this.events = events;
        this.clock = clock;
    }

    /** Whether it is worth trying now. */
    boolean isOpen(Neighbour to) {
        return !links.isResting(to.name(), clock.instant());
    }

    /** The longest message that this database sends, the neighbour takes, and the way between them carries. */
    int longestMessage(Neighbour to) {
        int longest = to.longestMessage(maxMessageBytes);
        try {
            return isOpen(to) ? Math.min(longest, links.of(to.user().messageType()).sendableBytes()) : longest;
        } catch (LinkException broken) {
            LOG.log(System.Logger.Level.DEBUG, "what the way carries shows when it can be opened", broken);
            return longest;
        }
    }

    /** What was sent is on disk at its place; what cannot be made so may be lost in a power cut, which is no more than any link may do. */
    void flush() {
        try {
            links.flush();
        } catch (LinkException failed) {
            LOG.log(System.Logger.Level.DEBUG, "messages are handed over, but not forced to disk", failed);
        }
    }

    /** All that was sent soon to these has been handed over, but for those whose names come back: their link does not work. */
    Set<String> flush(List<Neighbour> neighbours) {
        Map<String, String> failures = new HashMap<>();
        for (String type : neighbours.stream().map(neighbour -> neighbour.user().messageType()).distinct().toList()) {
            try {
                links.of(type).flush();
            } catch (LinkException failed) {
                failures.put(type, failed.getMessage());
            }
        }
        List<Neighbour> broken = neighbours.stream().filter(neighbour -> failures.containsKey(neighbour.user().messageType())).toList();
        broken.forEach(neighbour -> linkDown(neighbour, failures.get(neighbour.user().messageType())));
        return broken.stream().map(Neighbour::name).collect(Collectors.toSet());
    }

    private void linkDown(Neighbour to, String why) {
        links.failed(to.name(), clock.instant());
        to.linkTrouble(why);
        troubles.begun(to.name(), "LINK_DOWN", why);
    }

    /** What came of sending. */
    enum Outcome {
        /** Handed over. */
        SENT,
        /** Its link does not work: the neighbour's row says why, and it is tried again by itself. */
        LINK_DOWN,
        /** Longer than the recipient takes, after compression; nothing was done. */
        TOO_LARGE
    }

    /** As {@link #say(Neighbour, Envelope, long)}, of all that is committed by now. */
    Outcome say(Neighbour to, Envelope envelope) throws SQLException {
        return say(to, envelope, database.committed());
    }

    /**
     * Says something that has no body, unless the link does not work. A key that he does not know yet has its place here, where there is room for it.
     *
     * @param speaksOf {@link AgentDatabase#committed} of what it speaks of
     */
    Outcome say(Neighbour to, Envelope envelope, long speaksOf) throws SQLException {
        return send(to, encoding(to, seals.announcing(to, envelope), NO_BODY), speaksOf, Link::send);
    }

    /** Says something that has a body, unless the link does not work; of all that is committed by now. */
    Outcome say(Neighbour to, Envelope envelope, byte[] body) throws SQLException {
        return send(to, encoding(to, envelope, body), database.committed(), Link::send);
    }

    /** One of many, which others may begin to encode. */
    Encoding encoding(Neighbour to, Envelope envelope, byte[] body) {
        try {
            return new Encoding(codec, envelope, body, to.codecs(), seals.seal(to, envelope.kind()));
        } catch (KeyException missing) {
            return new Encoding(envelope, body, missing.getMessage());
        }
    }

    /**
     * Sends one of many, which may have been handed over only after {@link #flush(List)}.
     *
     * @param speaksOf {@link AgentDatabase#committed} of what it speaks of
     */
    Outcome sendSoon(Neighbour to, Encoding encoding, long speaksOf) throws SQLException {
        return send(to, encoding, speaksOf, Link::sendSoon);
    }

    private interface Way {
        void send(Link link, String address, byte[] message) throws LinkException;
    }

    private Outcome send(Neighbour to, Encoding encoding, long speaksOf, Way way) throws SQLException {
        if (!isOpen(to)) {
            return Outcome.LINK_DOWN;
        }
        if (encoding.trouble() != null) {
            linkDown(to, encoding.trouble());
            return Outcome.LINK_DOWN;
        }
        Envelope envelope = encoding.envelope();
        byte[] encoded = encoding.bytes();
        if (to.compression().isHopeful() && encoded.length > longestMessage(to)) {
            return Outcome.TOO_LARGE;
        }
        to.compression().seen(encoding.plainBytes(), encoded.length);
        database.makeDurable(speaksOf);
        try {
            Link link = links.of(to.user().messageType());
            database.guard().<Void, LinkException>perform(DurableStep.SEND_MESSAGE, () -> {
                way.send(link, to.user().address(), encoded);
                return null;
            });
        } catch (LinkException failed) {
            linkDown(to, failed.getMessage());
            return Outcome.LINK_DOWN;
        }
        links.worked(to.name());
        to.linkTrouble(null);
        to.heard(to.heard().withSent(clock.instant()));
        to.tell(new ReceiverEvent.Spoke(envelope.confirmation(), clock.instant()));
        events.sent(envelope, encoded.length);
        return Outcome.SENT;
    }
}
