// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.ReceiverEvent;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.link.Link;
import dev.waybill.link.Link.LinkException;
import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageCodec;
import java.sql.SQLException;
import java.time.InstantSource;

/** Hands messages to links: nothing leaves before everything committed is on disk. A link that does not work stops only the neighbour to whom it leads. One thread. */
final class Post {

    private static final System.Logger LOG = System.getLogger(Post.class.getName());

    private final AgentDatabase database;
    private final AgentLinks links;
    private final MessageCodec codec;
    private final int maxMessageBytes;
    private final Troubles troubles;
    private final AgentEvents events;
    private final InstantSource clock;

    Post(AgentDatabase database, AgentLinks links, MessageCodec codec, int maxMessageBytes, Troubles troubles, AgentEvents events, InstantSource clock) {
        this.database = database;
        this.links = links;
        this.codec = codec;
        this.maxMessageBytes = maxMessageBytes;
        this.troubles = troubles;
        this.events = events;
        this.clock = clock;
    }

    /** Whether it is worth trying now. */
    boolean isOpen(Neighbour to) {
        return !links.isResting(to.name(), clock.instant());
    }

    /** What was sent is on disk at its place; what cannot be made so may be lost in a power cut, which is no more than any link may do. */
    void flush() {
        try {
            links.flush();
        } catch (LinkException failed) {
            LOG.log(System.Logger.Level.DEBUG, "messages are handed over, but not forced to disk", failed);
        }
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

    /** Sends, unless the link does not work. */
    Outcome send(Neighbour to, Envelope envelope, byte[] body) throws SQLException {
        if (!isOpen(to)) {
            return Outcome.LINK_DOWN;
        }
        byte[] encoded = codec.encode(new Message(envelope, body), to.codecs());
        if (to.compression().isHopeful() && encoded.length > to.longestMessage(maxMessageBytes)) {
            return Outcome.TOO_LARGE;
        }
        to.compression().seen(body.length, encoded.length);
        database.makeDurable();
        try {
            Link link = links.of(to.user().messageType());
            database.guard().<Void, LinkException>perform(DurableStep.SEND_MESSAGE, () -> {
                link.send(to.user().address(), encoded);
                return null;
            });
        } catch (LinkException failed) {
            links.failed(to.name(), clock.instant());
            to.linkTrouble(failed.getMessage());
            troubles.begun(to.name(), "LINK_DOWN", failed.getMessage());
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
