// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import dev.waybill.error.WaybillError;
import dev.waybill.message.MessageKind;
import dev.waybill.message.Seal;
import dev.waybill.message.Trust;
import dev.waybill.seal.KeyRing.KeyException;
import dev.waybill.seal.KeyTrust.Announcement;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Function;

/**
 * The ring of a running agent: looked at again and again, so that keys come and go without a stop. What could be read last stays in force while it cannot be read. One thread; what it hands out is for any thread.
 */
public final class Keys {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final int ANNOUNCED_AT_MOST = 100;
    /** As long as a neighbour's older keys are trusted beside one that he announced: for what is under way, and for weeks offline. */
    private static final Duration OLD_FOR = Duration.ofDays(30);
    /** Clocks differ. */
    private static final Duration AHEAD_AT_MOST = Duration.ofDays(1);

    private final KeyRing ring;
    private final InstantSource clock;
    private volatile KeyBook book = KeyBook.EMPTY;
    private String looked = "";
    private Instant last = Instant.MIN;
    private String trouble;
    private final Doorstep doorstep = new Doorstep();
    private final BlockingQueue<Announcement> announced = new ArrayBlockingQueue<>(ANNOUNCED_AT_MOST);

    /** @param directory of the ring; null: this agent has none */
    public Keys(Path directory, InstantSource clock) {
        this.ring = directory == null ? null : new KeyRing(directory, clock);
        this.clock = clock;
    }

    /** Looks whether the ring has changed; returns why it cannot be read, or null. */
    public String refresh() {
        Instant now = clock.instant();
        if (ring == null || !now.isBefore(last) && now.isBefore(last.plus(BETWEEN_LOOKS))) {
            return trouble;
        }
        last = now;
        try {
            String state = ring.look();
            if (!state.equals(looked) || trouble != null) {
                book = ring.read();
                looked = state;
            }
            trouble = null;
        } catch (KeyException unreadable) {
            trouble = unreadable.getMessage();
        }
        return trouble;
    }

    /**
     * Puts on the ring what verified messages have announced since the last time.
     *
     * @return what is trusted now that was not
     * @throws KeyException the ring cannot be written; it is announced again
     */
    public List<TrustedKey> follow() throws KeyException {
        List<TrustedKey> followed = new ArrayList<>();
        for (Announcement announcement = announced.poll(); announcement != null; announcement = announced.poll()) {
            TrustedKey next = next(announcement);
            if (next != null && !ring.isForgotten(next)) {
                ring.follow(next, announcement.announcer(), OLD_FOR);
                look();
                followed.add(next);
            }
        }
        return followed;
    }

    /** Null when it is none that may be trusted by that alone. */
    private TrustedKey next(Announcement announcement) {
        try {
            TrustedKey next = KeyText.readTrusted(announcement.text()).by(announcement.announcer());
            Instant now = clock.instant();
            boolean good = next.publisher().equals(announcement.publisher()) && next.made().isBefore(now.plus(AHEAD_AT_MOST)) && book.mayFollow(next, announcement.announcer(), now);
            return good ? next : null;
        } catch (GeneralSecurityException noKey) {
            return null;
        }
    }

    /** What envelopes to this neighbour announce, for him to trust it too; null for nothing. */
    public String announcement(String me, String neighbour, List<String> accepted) {
        Optional<TrustedKey> unknown = joining(me, neighbour, accepted).isPresent() ? book.ownOf(me).stream().reduce((older, newer) -> newer) : book.unknownTo(me, accepted);
        return unknown.map(KeyRing::export).orElse(null);
    }

    /** The invitation by which this publisher is to be taken in by that neighbour, while he has not said that he trusts a key of it. */
    public Optional<Joining> joining(String me, String neighbour, List<String> accepted) {
        boolean trustsOne = accepted != null && book.ownOf(me).stream().anyMatch(key -> accepted.contains(key.id()));
        return trustsOne ? Optional.empty() : book.joining(me, neighbour);
    }

    /**
     * The neighbour trusts a key of this publisher: if that came by an invitation, it has done its work and is taken off the ring.
     *
     * @return whether there was one
     */
    public boolean joined(String me, String neighbour) throws KeyException {
        Optional<Joining> used = book.joining(me, neighbour);
        if (used.isPresent()) {
            remove(used.get().id());
        }
        return used.isPresent();
    }

    /** Who came by invitation and is not wholly taken in: invitations, marked with who used them. */
    public List<Invited> arrived() {
        List<Invited> arrived = new ArrayList<>();
        for (Invited invited : book.invited()) {
            Invited.Guest guest = invited.taken() != null ? invited.taken() : doorstep.came(invited.id());
            if (guest != null && !invited.done()) {
                arrived.add(invited.takenBy(guest));
            }
        }
        return arrived;
    }

    /** Whose first word was heard since this was asked last: it may wait for an answer. */
    public List<String> greeted() {
        return doorstep.greeted();
    }

    /** His key is trusted from now on, and the invitation is good for nobody else. Done again it changes nothing; until {@link #takenIn} he is among the {@link #arrived}. */
    public TrustedKey take(Invited arrived) throws KeyException {
        ring.keep(arrived);
        TrustedKey key = ring.trust(arrived.taken().key(), OLD_FOR);
        look();
        return key;
    }

    /** All is done that follows from his coming. */
    public void takenIn(Invited arrived) throws KeyException {
        ring.keep(arrived.whenDone());
        look();
    }

    /** An invitation is worth nothing any more. */
    public void remove(String invitation) throws KeyException {
        ring.remove(invitation);
        look();
    }

    private void look() throws KeyException {
        book = ring.read();
        last = Instant.MIN;
    }

    /** What is in force. Any thread. */
    public KeyBook book() {
        return book;
    }

    /** Of what is in force; differs when anything on the ring does. */
    public String state() {
        return looked;
    }

    /** The ids of this neighbour's keys that are trusted now: what envelopes to him name. */
    public List<String> acceptedOf(String neighbour) {
        return book.acceptedOf(neighbour, clock.instant());
    }

    /**
     * How messages to this neighbour leave.
     *
     * @param accepted the keys that he said he trusts; null when he was not heard yet
     * @param kind     of the message: to a head office that has not answered an invitation yet, nothing but hellos leave
     * @throws KeyException a key that is needed is not there
     */
    public Seal seal(String me, String neighbour, SealPolicy policy, List<String> accepted, MessageKind kind) throws KeyException {
        Optional<Joining> joining = policy.signatures() == SealPolicy.Signatures.OFF ? Optional.empty() : joining(me, neighbour, accepted);
        if (joining.isPresent() && kind == MessageKind.JOIN) {
            return new InvitationSeal(joining.get());
        } else if (joining.isPresent() && policy.isStrict()) {
            throw new KeyException(WaybillError.SEAL_INVITATION.with(neighbour, joining.get().id(), joining.get().until()).getMessage(), null);
        }
        Optional<OwnKey> signer = policy.signatures() == SealPolicy.Signatures.OFF ? Optional.empty() : book.signing(me, accepted);
        if (signer.isEmpty() && policy.isStrict()) {
            throw new KeyException(trouble != null ? trouble : WaybillError.SEAL_KEY_MISSING.with(neighbour, me).getMessage(), null);
        }
        Optional<TrustedKey> reader = policy.encrypted() ? book.newestOf(neighbour, clock.instant()) : Optional.empty();
        if (reader.isEmpty() && policy.encrypted()) {
            throw new KeyException(trouble != null ? trouble : WaybillError.SEAL_KEY_OF_NEIGHBOUR.with(neighbour).getMessage(), null);
        }
        return signer.isEmpty() && reader.isEmpty() ? Seal.NONE : new KeySeal(signer.orElse(null), reader.orElse(null));
    }

    /** Which messages are believed that come now; the policies say what is demanded of a sender's. */
    public Trust trust(String me, Function<String, SealPolicy> policies) {
        return new KeyTrust(book, me, policies, clock.instant(), announced::offer, doorstep);
    }
}
