// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.call.Answer;
import dev.waybill.call.CallBook;
import dev.waybill.call.CallCodec;
import dev.waybill.call.RemoteCalls;
import dev.waybill.change.MalformedException;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.message.Message;
import dev.waybill.message.MessageKind;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Asks neighbours what sessions here wait for, and says what they are answered: the room {@code call} on the way of messages. What may have been lost is said again, with back-off, as long as somebody waits. One thread.
 */
final class Calling {

    private static final Duration FIRST_AGAIN = Duration.ofSeconds(1);
    private static final Duration RAREST_AGAIN = Duration.ofSeconds(30);

    private final AgentDatabase database;
    private final CallBook book;
    private final RemoteCalls calls;
    private final Refreshing refreshing;
    private final Post post;
    private final Speech speech;
    private final InstantSource clock;
    private final Map<UUID, Said> said = new HashMap<>();

    /** How often something was asked, and when it is asked again. */
    private record Said(String refresh, int times, Instant again) {}

    Calling(AgentDatabase database, AgentHome home, RemoteCalls calls, Refreshing refreshing, Post post, Speech speech, InstantSource clock) {
        this.database = database;
        this.book = new CallBook(home.dialect());
        this.calls = calls;
        this.refreshing = refreshing;
        this.post = post;
        this.speech = speech;
        this.clock = clock;
    }

    /** Who takes which messages. */
    Map<MessageKind, Incoming.Routed> routes() {
        return Map.of(MessageKind.CALL, (from, message) -> calls.take(from.name(), message.body(), message.envelope().sentAt()), MessageKind.REPLY, this::reply,
                MessageKind.REFRESH, (from, message) -> refreshing.take(from, CallCodec.refresh(message.body())));
    }

    /** It is for nobody when nobody waits any more; only whoever was asked can answer. */
    private void reply(Neighbour from, Message message) throws SQLException, MalformedException {
        UUID id = CallCodec.reply(message.body()).id();
        database.<Void>transact(DurableStep.RECORD_CALL, raw -> {
            book.answered(raw, from.name(), id, message.body());
            return null;
        });
        said.remove(id);
    }

    /**
     * In each cycle, behind its sequencing and before it sends.
     *
     * @param sequenced whether nothing was left that had no log offset
     */
    void begin(Neighbourhood neighbourhood, boolean sequenced) throws SQLException {
        refreshing.begin(neighbourhood, sequenced);
        ask(neighbourhood);
        for (RemoteCalls.Reply reply : calls.run()) {
            answer(neighbourhood.byName().get(reply.node()), reply);
        }
    }

    /** In each cycle, when it has sent. */
    void end(Neighbourhood neighbourhood) throws SQLException {
        for (RemoteCalls.Reply reply : refreshing.served(neighbourhood)) {
            answer(neighbourhood.byName().get(reply.node()), reply);
        }
    }

    private void answer(Neighbour to, RemoteCalls.Reply reply) throws SQLException {
        if (to != null && to.sending().kept().peerIncarnation() != null && say(to, MessageKind.REPLY, reply.body()) == Post.Outcome.TOO_LARGE) {
            say(to, MessageKind.REPLY, calls.tooLarge(reply, post.longestMessage(to)).body());
        }
    }

    private Post.Outcome say(Neighbour to, MessageKind kind, byte[] body) throws SQLException {
        return post.say(to, to.envelopes().outside(speech.moment(to), kind), body);
    }

    // ---- what is asked here ----

    private void ask(Neighbourhood neighbourhood) throws SQLException {
        Instant now = clock.instant();
        List<CallBook.Asked> asked = database.read(book::asked);
        if (asked.isEmpty() && said.isEmpty()) {
            return;
        }
        Set<UUID> there = new HashSet<>();
        asked.forEach(one -> there.add(one.id()));
        said.keySet().retainAll(there);
        for (CallBook.Asked one : asked) {
            Neighbour to = neighbourhood.byName().get(one.node());
            boolean waits = one.joinedTo() != null && there.contains(one.joinedTo()) || !one.until().isAfter(now);
            if (to != null && !waits && to.sending().kept().peerIncarnation() != null && post.isOpen(to)) {
                ask(to, one, asked, now);
            }
        }
    }

    private void ask(Neighbour to, CallBook.Asked one, List<CallBook.Asked> all, Instant now) throws SQLException {
        Said before = said.get(one.id());
        if (before != null && now.isBefore(before.again())) {
            return;
        }
        String refresh = one.kind().equals("REFRESH") ? refresh(one) : null;
        if (before == null && refresh != null) {
            if (said.values().stream().anyMatch(other -> refresh.equals(other.refresh()))) {
                return; // of the same kind one is under way, which may not see what this one wants to see: the next one does for all that wait meanwhile
            }
            join(one, refresh, all);
        }
        MessageKind kind = refresh == null ? MessageKind.CALL : MessageKind.REFRESH;
        Post.Outcome outcome = say(to, kind, one.request());
        if (outcome == Post.Outcome.TOO_LARGE) {
            SQLException tooLarge = WaybillError.CALL_TOO_LARGE.with("The request", one.request().length, post.longestMessage(to));
            byte[] reply = CallCodec.bytes(one.id(), new Answer.Failure(tooLarge.getSQLState(), 0, tooLarge.getMessage(), false));
            database.<Void>transact(DurableStep.RECORD_CALL, raw -> {
                book.answered(raw, one.node(), one.id(), reply);
                return null;
            });
        } else if (outcome == Post.Outcome.SENT) {
            int times = before == null ? 0 : before.times();
            Duration again = FIRST_AGAIN.multipliedBy(1L << Math.min(times, 5));
            said.put(one.id(), new Said(refresh, times + 1, now.plus(again.compareTo(RAREST_AGAIN) < 0 ? again : RAREST_AGAIN)));
        }
    }

    /** What is the same for the neighbour. */
    private static String refresh(CallBook.Asked one) {
        try {
            return one.node() + " " + one.subject() + " " + CallCodec.refresh(one.request()).full();
        } catch (MalformedException unreadable) {
            return one.node() + " " + one.id();
        }
    }

    /** Its answer does for all that were there before it was said. */
    private void join(CallBook.Asked first, String refresh, List<CallBook.Asked> all) throws SQLException {
        List<CallBook.Asked> others = new ArrayList<>();
        for (CallBook.Asked other : all) {
            if (!other.id().equals(first.id()) && other.kind().equals("REFRESH") && refresh.equals(refresh(other))) {
                others.add(other);
            }
        }
        if (!others.isEmpty()) {
            database.<Void>transact(DurableStep.RECORD_CALL, raw -> {
                for (CallBook.Asked other : others) {
                    book.join(raw, other.id(), first.id());
                }
                return null;
            });
        }
    }

    // ---- life cycle ----

    /** See {@link Refreshing#admits}. */
    boolean admits(Neighbour to) {
        return refreshing.admits(to);
    }

    /** When something is asked again; null when nothing is. */
    Instant dueAt() {
        return said.values().stream().map(Said::again).min(Instant::compareTo).orElse(null);
    }

    /** See {@link RemoteCalls#awaitOne}. */
    boolean awaitOne(Duration atMost) {
        return calls.awaitOne(atMost);
    }

    /** Begins anew from what is on record. */
    void forget() {
        said.clear();
        refreshing.forget();
        calls.forgetWhatWasRead();
    }

    void close() {
        calls.close();
    }
}
