// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.change.MalformedException;
import dev.waybill.delivery.ReceiverEvent;
import dev.waybill.delivery.ReceiverEvent.Unfit;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.error.WaybillError;
import dev.waybill.link.Link;
import dev.waybill.link.Link.LinkException;
import dev.waybill.message.Message;
import dev.waybill.message.MessageCodec;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * Looks into the mailboxes: every message is decoded within bounds and told to the neighbour that it says it is from; what is nobody's is put aside. Nothing is believed before R0 has been decided. Messages that wait for
 * their turn are kept decoded up to a bound, and read again beyond it. One thread.
 */
final class Inbox {

    private static final long REMEMBERED_BYTES = 32L << 20;
    /** What was there at the last look and still is does not count against what is new, or one stream that stands still would hide the others. */
    private static final int MOST_SEEN = 1_000_000;
    /** Most bytes of new messages in one look, when decoded: what was read is applied before more is. What was there before and waits does not count, or it would hide what it waits for. */
    private static final long NEW_BYTES = 8L << 20;
    private static final Duration STRANGERS_WAIT = Duration.ofSeconds(30);
    private static final int STRANGERS_AT_MOST = 1_000;

    private final AgentLinks links;
    private final Seals seals;
    private final Executor beside;
    private final AgentDatabase database;
    private final QuarantineBook book;
    private final StepGuard guard;
    private final Troubles troubles;
    private final AgentEvents events;
    private final InstantSource clock;
    private final int arrivalsAtMost;
    private final Map<String, Opening> openings = new HashMap<>();
    private final Map<String, Message> remembered = new HashMap<>();
    private final Set<String> ignored = new HashSet<>();
    private final Map<String, Instant> strangers = new HashMap<>();
    private Set<String> seen = Set.of();
    private boolean leftSome;
    private long rememberedBytes;

    /** @param beside decodes */
    Inbox(AgentLinks links, Seals seals, Executor beside, AgentDatabase database, QuarantineBook book, Troubles troubles, AgentEvents events, InstantSource clock, int arrivalsAtMost) {
        this.links = links;
        this.seals = seals;
        this.beside = beside;
        this.database = database;
        this.book = book;
        this.guard = database.guard();
        this.troubles = troubles;
        this.events = events;
        this.clock = clock;
        this.arrivalsAtMost = arrivalsAtMost;
    }

    /** One look into every mailbox; returns how many messages were new. */
    int look(Map<String, Neighbour> neighbours) throws SQLException {
        int found = 0;
        leftSome = false;
        Set<String> listed = new HashSet<>();
        for (String linkName : usedBy(neighbours.values())) {
            String trouble = "link " + linkName;
            if (links.isResting(trouble, clock.instant())) {
                lost(linkName, neighbours.values());
                continue;
            }
            try {
                found += look(linkName, neighbours, listed);
                links.worked(trouble);
                troubles.over(trouble);
            } catch (LinkException failed) {
                links.failed(trouble, clock.instant());
                troubles.begun(trouble, "LINK_DOWN", failed.getMessage());
                lost(linkName, neighbours.values());
            }
        }
        seen = listed;
        strangers.keySet().retainAll(listed);
        return found;
    }

    /** Whether the last look left some for the next one: a backlog waits. */
    boolean leftSome() {
        return leftSome;
    }

    /** A way that leads to nobody is not looked at: while a database is being set up it may not be complete. */
    private static Set<String> usedBy(Collection<Neighbour> neighbours) {
        return neighbours.stream().map(neighbour -> neighbour.user().messageType()).collect(Collectors.toCollection(TreeSet::new));
    }

    private void lost(String linkName, Collection<Neighbour> neighbours) {
        Instant now = clock.instant();
        neighbours.stream().filter(neighbour -> neighbour.user().messageType().equals(linkName)).forEach(neighbour -> neighbour.tell(new ReceiverEvent.LinkLost(now)));
    }

    /** What waits on links for its turn and is known. */
    private static Set<String> held(Collection<Neighbour> neighbours) {
        Set<String> refs = new HashSet<>();
        neighbours.forEach(neighbour -> neighbour.receiving().passing().held().forEach(message -> refs.add(message.ref())));
        return refs;
    }

    private int look(String linkName, Map<String, Neighbour> neighbours, Set<String> listed) throws LinkException, SQLException {
        Link link = links.of(linkName);
        int found = 0;
        long newBytes = 0;
        Set<String> held = held(neighbours.values());
        List<Mail> mails = link.list(arrivalsAtMost + Math.min(seen.size(), MOST_SEEN)).stream().map(arrival -> new Mail(linkName, arrival)).toList();
        Opening opening = openings.computeIfAbsent(linkName, name -> new Opening(beside));
        opening.begin(link, seals.codec(linkName), mails.stream().filter(mail -> !ignored.contains(mail.ref()) && !held.contains(mail.ref()) && !remembered.containsKey(mail.ref())).toList());
        for (Mail mail : mails) {
            boolean isNew = !seen.contains(mail.ref());
            if (isNew && newBytes >= NEW_BYTES) {
                leftSome = true;
                continue; // new the next time, too
            }
            listed.add(mail.ref());
            if (ignored.contains(mail.ref())) {
                continue;
            }
            found += isNew ? 1 : 0;
            if (!held.contains(mail.ref())) {
                int bytes = open(opening, mail, neighbours);
                newBytes += isNew ? bytes : 0;
            }
        }
        opening.goFarAhead();
        noteLosses(linkName, link.losses());
        Instant now = clock.instant();
        neighbours.values().stream().filter(neighbour -> neighbour.user().messageType().equals(linkName)).forEach(neighbour -> neighbour.tell(new ReceiverEvent.PollEnded(now)));
        return found;
    }

    /** What a way has lost is found by people where they find what was put aside. */
    private void noteLosses(String linkName, List<String> losses) throws SQLException {
        if (!losses.isEmpty()) {
            database.<Void>transact(DurableStep.MARK_RECEIVED, raw -> {
                for (String loss : losses) {
                    book.lost(raw, linkName, loss, clock.instant());
                }
                return null;
            });
        }
    }

    /** Returns how many bytes it has, decoded. */
    private int open(Opening opening, Mail mail, Map<String, Neighbour> neighbours) throws LinkException, SQLException {
        Message message = remembered.get(mail.ref());
        if (message != null) {
            arrived(mail, message, neighbours, 0);
            return message.body().length;
        }
        Opening.Letter letter = opening.open(mail);
        if (letter == null) {
            return 0;
        }
        try {
            message = letter.message();
        } catch (MalformedException malformed) {
            refuse(mail, letter.bytes(), malformed, neighbours);
            return letter.bytes().length;
        }
        arrived(mail, message, neighbours, letter.bytes().length);
        return message.body().length;
    }

    private void arrived(Mail mail, Message message, Map<String, Neighbour> neighbours, int bytes) throws LinkException, SQLException {
        Neighbour from = neighbours.get(message.envelope().sender());
        if (from == null) {
            stranger(mail, message.envelope().sender());
            return;
        }
        Instant now = clock.instant();
        if (remember(mail.ref(), message)) {
            from.heard(from.heard().withReceived(message.envelope().head().offset(), message.envelope().sentAt(), message.envelope().limits().maxMessageBytes(), now));
            from.limits(message.envelope().limits());
            events.received(message.envelope(), bytes);
        }
        from.tell(new ReceiverEvent.Arrived(mail.ref(), message.envelope(), message.body().length, now));
    }

    /** R7: what is corrupt is put aside and counts as lost; what its sender would only repeat stops his stream. */
    private void refuse(Mail mail, byte[] bytes, MalformedException malformed, Map<String, Neighbour> neighbours) throws LinkException, SQLException {
        Unfit unfit = switch (malformed.reason()) {
            case OVERSIZE -> Unfit.OVERSIZE;
            case TOO_NEW -> Unfit.TOO_NEW;
            case UNKNOWN_CRITICAL -> Unfit.NOT_UNDERSTOOD;
            case UNSIGNED -> Unfit.UNSIGNED;
            case UNDECRYPTABLE -> Unfit.UNDECRYPTABLE;
            default -> Unfit.CORRUPT;
        };
        String seemingly = MessageCodec.seemingSender(bytes);
        Neighbour from = seemingly == null ? null : neighbours.get(seemingly);
        if ((unfit == Unfit.OVERSIZE || unfit == Unfit.TOO_NEW) && seals.isStrict(mail.linkName(), seemingly)) {
            unfit = Unfit.UNSIGNED; // nobody has looked at its signature: it must not lie there and stop the stream
        }
        if (from == null) {
            putAside(mail, seemingly, malformed.getMessage());
        } else {
            from.tell(new ReceiverEvent.ArrivedUnfit(mail.ref(), unfit, malformed.getMessage(), clock.instant()));
        }
    }

    /** R7: put aside, but not before whoever sets up this database has had the time to say GRANT: the other side is often set up first. */
    private void stranger(Mail mail, String sender) throws LinkException, SQLException {
        Instant now = clock.instant();
        Instant since = strangers.size() < STRANGERS_AT_MOST ? strangers.computeIfAbsent(mail.ref(), ref -> now) : strangers.getOrDefault(mail.ref(), Instant.MIN);
        if (since.isBefore(now.minus(STRANGERS_WAIT))) {
            putAside(mail, sender, "It says that it is from " + sender + ", who is neither a remote user nor the consolidated database here. GRANT REMOTE or GRANT CONSOLIDATE, or find out who sent it.");
        }
    }

    /** Keeps it decoded, within the bound; returns whether it was not kept already. */
    private boolean remember(String ref, Message message) {
        if (remembered.containsKey(ref)) {
            return false;
        }
        if (rememberedBytes + message.body().length <= REMEMBERED_BYTES) {
            remembered.put(ref, message);
            rememberedBytes += message.body().length;
        }
        return true;
    }

    /** The message again, or null when it has gone from the link. */
    Message read(String ref) throws LinkException, MalformedException {
        Message message = remembered.get(ref);
        if (message != null) {
            return message;
        }
        Mail mail = Mail.of(ref);
        byte[] bytes = links.of(mail.linkName()).read(mail.arrival());
        return bytes == null ? null : seals.codec(mail.linkName()).decode(bytes);
    }

    /** It waits to be deleted and need not be looked at; until {@link #forget}. */
    void ignore(String ref) {
        Message message = remembered.remove(ref);
        rememberedBytes -= message == null ? 0 : message.body().length;
        ignored.add(ref);
    }

    /** Ways, or what may be believed, are others now: what was read ahead is read again. */
    void forgetAhead() {
        openings.clear();
    }

    /** Begins anew. */
    void clear() {
        forgetAhead();
        remembered.clear();
        rememberedBytes = 0;
        ignored.clear();
        strangers.clear();
        seen = Set.of();
    }

    /** Deletes it from its link. */
    void delete(String ref) throws LinkException {
        Mail mail = Mail.of(ref);
        Link link = links.of(mail.linkName());
        guard.<Void, LinkException>perform(DurableStep.DELETE_MESSAGE, () -> {
            link.deleteSoon(mail.arrival());
            return null;
        });
        forget(ref);
    }

    /** Takes it out of the mailbox and keeps it with the reason. */
    void putAside(Mail mail, String sender, String reason) throws LinkException, SQLException {
        Link link = links.of(mail.linkName());
        database.<Void>transact(DurableStep.MARK_RECEIVED, raw -> {
            book.note(raw, mail, sender, reason, clock.instant());
            return null;
        });
        guard.<Void, LinkException>perform(DurableStep.QUARANTINE, () -> {
            link.quarantine(mail.arrival(), reason);
            return null;
        });
        forget(mail.ref());
        troubles.happened(WaybillError.MESSAGE_PUT_ASIDE.with(mail.arrival().name(), reason.endsWith(".") ? reason : reason + ".").getMessage());
        events.quarantined(mail.linkName(), mail.arrival().name(), reason);
    }

    /** It need not be kept decoded any longer. */
    void forget(String ref) {
        strangers.remove(ref);
        ignored.remove(ref);
        Message message = remembered.remove(ref);
        rememberedBytes -= message == null ? 0 : message.body().length;
    }
}
