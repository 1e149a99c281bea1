// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.change.MalformedException;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.message.Message;
import dev.waybill.message.MessageKind;
import dev.waybill.tentative.TentativeBook;
import dev.waybill.tentative.TentativeCodec;
import dev.waybill.tentative.TentativeCodec.Judged;
import dev.waybill.tentative.TentativeCodec.Outcome;
import dev.waybill.tentative.TentativeCodec.Propagated;
import dev.waybill.tentative.TentativeRuns;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;

/**
 * Propagates what transactions here have saved for the database above, one after the other, and says to databases below what became of theirs: the room {@code tentative} on the way of messages. What may have been lost is said again until
 * there is a verdict. One thread.
 */
final class Propagating {

    private static final Duration FIRST_AGAIN = Duration.ofSeconds(1);
    private static final Duration FORGET_EVERY = Duration.ofHours(1);
    private static final int MOST_DOUBLINGS = 6;

    private final AgentDatabase database;
    private final TentativeBook book;
    private final TentativeRuns runs;
    private final Post post;
    private final Speech speech;
    private final InstantSource clock;
    private UUID underWay;
    private int attempt;
    private int times;
    private Instant again;
    private Instant forgetAt = Instant.MIN;

    Propagating(AgentDatabase database, Dialect dialect, TentativeRuns runs, Post post, Speech speech, InstantSource clock) {
        this.database = database;
        this.book = new TentativeBook(dialect);
        this.runs = runs;
        this.post = post;
        this.speech = speech;
        this.clock = clock;
    }

    /** From below work, which only they have; from above a verdict, which only it may give. */
    void take(Neighbour from, Message message) throws SQLException, MalformedException {
        TentativeCodec.Said said = TentativeCodec.said(message.body());
        if (said instanceof Propagated work && !from.user().consolidated()) {
            runs.take(from.name(), work, message.envelope().sentAt());
        } else if (said instanceof Judged verdict && from.user().consolidated()) {
            Instant now = clock.instant();
            database.<Void>transact(DurableStep.RECORD_TENTATIVE, raw -> {
                book.judged(raw, verdict, now);
                return null;
            });
            underWay = null;
        } else {
            throw new MalformedException("tentative work from " + from.name() + " goes the wrong way");
        }
    }

    /** In each cycle. */
    void run(Neighbourhood neighbourhood) throws SQLException {
        for (TentativeRuns.Said one : runs.judged()) {
            Neighbour to = neighbourhood.byName().get(one.node());
            if (to != null && to.sending().kept().peerIncarnation() != null) {
                say(to, TentativeCodec.bytes(one.verdict()));
            }
        }
        for (Neighbour above : neighbourhood.all()) {
            if (above.user().consolidated() && above.sending().kept().peerIncarnation() != null) {
                propagate(above);
            }
        }
        forgetOld();
    }

    private void propagate(Neighbour above) throws SQLException {
        if (database.<Boolean>read(book::hasNew)) {
            database.<Void>transact(DurableStep.RECORD_TENTATIVE, raw -> {
                book.number(raw);
                return null;
            });
        }
        if (!database.<Boolean>read(book::hasWaiting)) {
            underWay = null;
            return;
        }
        Propagated next = database.read(book::next);
        if (next == null) {
            underWay = null;
            return;
        }
        Instant now = clock.instant();
        boolean isNew = !next.id().equals(underWay) || next.attempt() != attempt;
        if (!isNew && now.isBefore(again)) {
            return;
        }
        Post.Outcome outcome = say(above, TentativeCodec.bytes(next));
        if (outcome == Post.Outcome.TOO_LARGE) {
            Judged tooLarge = new Judged(next.id(), next.attempt(), Outcome.ERROR, "54000", "It is longer than a message may be, " + post.longestMessage(above) + " bytes.");
            database.<Void>transact(DurableStep.RECORD_TENTATIVE, raw -> {
                book.judged(raw, tooLarge, now);
                return null;
            });
        } else if (outcome == Post.Outcome.SENT) {
            times = isNew ? 0 : times + 1;
            underWay = next.id();
            attempt = next.attempt();
            again = now.plus(FIRST_AGAIN.multipliedBy(1L << Math.min(times, MOST_DOUBLINGS)));
            if (isNew) {
                database.<Void>transact(DurableStep.RECORD_TENTATIVE, raw -> {
                    book.sent(raw, next.id());
                    return null;
                });
            }
        }
    }

    private Post.Outcome say(Neighbour to, byte[] body) throws SQLException {
        return post.say(to, to.envelopes().outside(speech.moment(to), MessageKind.TENTATIVE), body);
    }

    private void forgetOld() throws SQLException {
        Instant now = clock.instant();
        if (!now.isBefore(forgetAt)) {
            if (!forgetAt.equals(Instant.MIN)) {
                database.<Void>transact(DurableStep.RECORD_TENTATIVE, raw -> {
                    book.forget(raw, now);
                    return null;
                });
            }
            forgetAt = now.plus(FORGET_EVERY);
        }
    }

    /** When it is said again; null when nothing waits. */
    Instant dueAt() {
        return underWay == null ? null : again;
    }

    /** Waits a moment for what is carried out, if anything is. */
    boolean awaitOne(Duration atMost) {
        return runs.awaitOne(atMost);
    }

    /** Begins anew from what is on record. */
    void forget() {
        underWay = null;
        runs.forgetWhatWasRead();
    }

    void close() {
        runs.close();
    }
}
