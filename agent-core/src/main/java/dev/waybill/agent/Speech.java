// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.Envelopes;
import dev.waybill.delivery.ReceiverAction;
import dev.waybill.delivery.SenderAction;
import dev.waybill.journal.Position;
import dev.waybill.message.Envelope;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Says to neighbours what stands outside the chain: confirmations, requests, heartbeats, hellos. One thread. */
final class Speech {

    private final Post post;
    private final Supplier<Position> head;
    private final RandomGenerator random;
    private final InstantSource clock;

    Speech(Post post, Supplier<Position> head, RandomGenerator random, InstantSource clock) {
        this.post = post;
        this.head = head;
        this.random = random;
        this.clock = clock;
    }

    /** What is received so far. */
    Envelope confirmation(Neighbour to) {
        return to.envelopes().confirmation(moment(to));
    }

    void askAgain(Neighbour to, ReceiverAction.AskAgain action) throws SQLException {
        say(to, to.envelopes().resendRequest(moment(to), action));
    }

    void heartbeat(Neighbour to, SenderAction.SendHeartbeat action) throws SQLException {
        say(to, to.envelopes().heartbeat(moment(to), action));
    }

    void hello(Neighbour to, SenderAction.SendHello action) throws SQLException {
        say(to, to.envelopes().hello(moment(to), action));
    }

    /** Where nothing could be handed over the last time, it is tried with a hello, so that it is not shown as down for longer than it is. */
    void tryAgain(Neighbour to) throws SQLException {
        if (to.isCutOff() && post.isOpen(to)) {
            introduce(to);
        }
    }

    /** Says who we are and what we take. */
    void introduce(Neighbour to) throws SQLException {
        hello(to, new SenderAction.SendHello(to.sending().kept().peerIncarnation()));
    }

    /** What stands in every envelope to this neighbour now. */
    Envelopes.Moment moment(Neighbour to) {
        return to.moment(head.get(), new UUID(random.nextLong(), random.nextLong()), clock.instant());
    }

    private void say(Neighbour to, Envelope envelope) throws SQLException {
        post.say(to, envelope);
    }

    /** What was put into words before: it speaks of what had been committed by then. */
    void say(Neighbour to, Envelope envelope, long speaksOf) throws SQLException {
        post.say(to, envelope, speaksOf);
    }
}
