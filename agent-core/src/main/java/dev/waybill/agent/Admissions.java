// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.ReceiverEvent;
import dev.waybill.delivery.SenderEvent;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.Deed;
import dev.waybill.publication.Subscriptions;
import dev.waybill.seal.Invited;
import dev.waybill.seal.Joining;
import dev.waybill.seal.KeyRing.KeyException;
import dev.waybill.seal.Keys;
import dev.waybill.seal.TrustedKey;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Takes in who comes by invitation, and is taken in (package page of {@code seal}). One thread.
 *
 * <pre>
 *   here        first word believed ─► ring: used by this one, key trusted ─► one commit: incarnation, subscriptions asked for, audit ─► ring: done ─► hello, which names the key
 *   at guest's  hello with key and proof, again and again ─► hears that its key is trusted ─► ring: invitation taken off
 * </pre>
 * What a crash interrupts is found on the ring and done again; done twice it changes nothing.
 */
final class Admissions {

    private static final Duration REPEAT_AT_MOST = Duration.ofMinutes(10);
    private static final String TROUBLE = "invitation";

    private final Keys keys;
    private final AgentDatabase database;
    private final Dialect dialect;
    private final DeliveryStore store;
    private final Speech speech;
    private final Troubles troubles;
    private final Duration repeatFirst;
    private final InstantSource clock;
    private final Map<String, Set<String>> early = new HashMap<>();
    private final Map<String, Repeat> repeats = new HashMap<>();

    private record Repeat(Instant next, Duration rest) {}

    /** @param repeatFirst how long the first word waits for an answer before it is said again for the first time; doubles */
    Admissions(Keys keys, AgentDatabase database, Dialect dialect, DeliveryStore store, Speech speech, Troubles troubles, Duration repeatFirst, InstantSource clock) {
        this.keys = keys;
        this.database = database;
        this.dialect = dialect;
        this.store = store;
        this.speech = speech;
        this.troubles = troubles;
        this.repeatFirst = repeatFirst;
        this.clock = clock;
    }

    /** Does what there is to do now. */
    void run(Catalogue catalogue, Map<String, Neighbour> neighbours) throws SQLException {
        try {
            for (Invited arrived : keys.arrived()) {
                if (arrived.host().equals(catalogue.publisher())) {
                    welcome(catalogue, arrived, neighbours.get(arrived.guest()));
                }
            }
            for (String name : keys.greeted()) {
                if (neighbours.containsKey(name)) {
                    speech.introduce(neighbours.get(name));
                }
            }
            for (Neighbour host : neighbours.values()) {
                join(catalogue.publisher(), host);
            }
            troubles.over(TROUBLE);
        } catch (KeyException unwritable) {
            troubles.begun(TROUBLE, "KEYS", unwritable.getMessage());
        }
    }

    private void welcome(Catalogue catalogue, Invited arrived, Neighbour guest) throws SQLException, KeyException {
        if (guest == null || guest.user().consolidated()) {
            keys.remove(arrived.id());
            troubles.happened("Invitation " + arrived.id() + " was used for " + arrived.guest() + ", who is no remote user here any more. Nobody was taken in, and it is worth nothing now. Say GRANT REMOTE and invite again, if he is to be.");
        } else if (isInForce(catalogue, arrived)) {
            TrustedKey key = keys.take(arrived);
            takeIn(guest, arrived, key);
            keys.takenIn(arrived);
            early.remove(arrived.id());
            troubles.happened(arrived.guest() + " was taken in by invitation " + arrived.id() + ": its key " + key.id() + " is trusted from now on, and its subscriptions are synchronized. Nothing needs to be done; compare the id with it (./waybill keys "
                    + "list) by a way that you trust.");
        }
    }

    /** Whoever began to write before what he is to get came into force has ended. */
    private boolean isInForce(Catalogue catalogue, Invited arrived) throws SQLException {
        Set<String> open = database.<Set<String>>transact(DurableStep.CATALOGUE, raw -> Subscriptions.earlyWriters(raw, dialect, catalogue, arrived.guest()));
        Set<String> waitedFor = early.computeIfAbsent(arrived.id(), first -> new TreeSet<>(open));
        waitedFor.retainAll(open);
        return waitedFor.isEmpty();
    }

    private void takeIn(Neighbour guest, Invited arrived, TrustedKey key) throws SQLException {
        Instant now = clock.instant();
        UUID before = guest.receiving().kept().senderIncarnation();
        UUID incarnation = arrived.guestIncarnation();
        if (!incarnation.equals(before)) {
            guest.tell(new ReceiverEvent.Adopt(incarnation, now));
        }
        if (before != null && !incarnation.equals(before)) {
            guest.tell(new SenderEvent.Resync(true), now); // another database under the name: what was sent to the former one is void, whatever was wrong with it
        }
        DeliveryStore.Row row = guest.row();
        String after = "invitation " + arrived.id() + ", key " + key.id() + ", incarnation " + incarnation;
        database.<Void>transact(DurableStep.CATALOGUE, raw -> {
            Subscriptions.requestFirst(raw, dialect, guest.name());
            store.save(raw, guest.name(), row, now);
            new Deed(raw, dialect, clock).noteOnce("JOIN", guest.name(), before == null ? null : "incarnation " + before, after);
            return null;
        });
        guest.saved(row);
    }

    private void join(String me, Neighbour host) throws SQLException, KeyException {
        Optional<Joining> waiting = keys.joining(me, host.name(), host.acceptedKeys());
        if (waiting.isEmpty()) {
            if (keys.joined(me, host.name())) {
                troubles.happened(host.name() + " trusts the key of this database: the invitation has done its work, and was taken off the ring. Nothing needs to be done.");
            }
            troubles.over(trouble(host));
            return;
        }
        Joining joining = waiting.get();
        Instant now = clock.instant();
        Repeat repeat = repeats.computeIfAbsent(joining.id(), first -> new Repeat(now.plus(repeatFirst), repeatFirst));
        if (now.isBefore(repeat.next())) {
            return;
        }
        troubles.begun(trouble(host), "JOIN", WaybillError.SEAL_INVITATION.with(host.name(), joining.id(), joining.until()).getMessage());
        if (now.isBefore(joining.until())) {
            Duration twice = repeat.rest().multipliedBy(2);
            Duration rest = twice.compareTo(REPEAT_AT_MOST) > 0 ? REPEAT_AT_MOST : twice;
            repeats.put(joining.id(), new Repeat(now.plus(rest), rest));
            speech.introduce(host);
        }
    }

    private static String trouble(Neighbour host) {
        return TROUBLE + " to " + host.name();
    }
}
