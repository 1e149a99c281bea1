// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import dev.waybill.message.Seal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What is on a key ring at one moment. Immutable; any thread. */
public final class KeyBook {

    private static final Comparator<TrustedKey> BY_AGE = Comparator.comparing(TrustedKey::made).thenComparing(TrustedKey::id);
    /** As many keys of one neighbour are named in an envelope, the newest ones. */
    private static final int NAMED_AT_MOST = 8;

    /** No keys at all. */
    public static final KeyBook EMPTY = new KeyBook(List.of(), List.of());

    private final List<OwnKey> own;
    private final List<TrustedKey> trusted;
    private final List<Invited> invited;
    private final List<Joining> joining;

    KeyBook(List<OwnKey> own, List<TrustedKey> trusted) {
        this(own, trusted, List.of(), List.of());
    }

    KeyBook(List<OwnKey> own, List<TrustedKey> trusted, List<Invited> invited, List<Joining> joining) {
        this.invited = List.copyOf(invited);
        this.joining = List.copyOf(joining);
        this.own = own.stream().sorted(Comparator.comparing(OwnKey::shown, BY_AGE)).toList();
        this.trusted = trusted.stream().sorted(BY_AGE).toList();
    }

    /** The own keys of this publisher, oldest first. */
    public List<TrustedKey> ownOf(String publisher) {
        return own().stream().filter(key -> key.publisher().equals(publisher)).toList();
    }

    /** All own keys, oldest first. */
    public List<TrustedKey> own() {
        return own.stream().map(OwnKey::shown).toList();
    }

    /** All keys of neighbours, oldest first. */
    public List<TrustedKey> trusted() {
        return trusted;
    }

    /** All invitations that were given here, used ones until they end. */
    public List<Invited> invited() {
        return invited;
    }

    /** All invitations by which publishers here are being taken in. */
    public List<Joining> joining() {
        return joining;
    }

    Optional<Invited> invited(String id) {
        return invited.stream().filter(one -> one.id().equals(id)).findFirst();
    }

    Optional<Joining> joining(String guest, String host) {
        return joining.stream().filter(one -> one.guest().equals(guest) && one.host().equals(host)).findFirst();
    }

    /** The ids of this neighbour's keys that are believed now. */
    public List<String> acceptedOf(String publisher, Instant now) {
        List<String> ids = validOf(publisher, now).map(TrustedKey::id).toList();
        return ids.subList(Math.max(0, ids.size() - NAMED_AT_MOST), ids.size());
    }

    /** The newest own key, when this neighbour trusts an older one and not that. */
    Optional<TrustedKey> unknownTo(String publisher, List<String> accepted) {
        List<TrustedKey> mine = ownOf(publisher);
        boolean knowsOne = accepted != null && mine.stream().anyMatch(key -> accepted.contains(key.id()));
        return knowsOne ? mine.stream().reduce((older, newer) -> newer).filter(key -> !accepted.contains(key.id())) : Optional.empty();
    }

    /** Whether a key that this one announced, of the same publisher, may be trusted because of it: it is newer, is not there, and there is room. */
    boolean mayFollow(TrustedKey next, String announcer, Instant now) {
        return next.until() == null && trusted(next.publisher(), announcer, now).filter(key -> key.made().isBefore(next.made())).isPresent() && trusted.stream().noneMatch(key -> key.id().equals(next.id()))
                && trusted.stream().filter(key -> key.publisher().equals(next.publisher())).count() < NAMED_AT_MOST;
    }

    Optional<TrustedKey> trusted(String publisher, String id, Instant now) {
        return validOf(publisher, now).filter(key -> key.id().equals(id)).findFirst();
    }

    /** The neighbour's key for which bodies are encrypted now. */
    Optional<TrustedKey> newestOf(String publisher, Instant now) {
        return validOf(publisher, now).reduce((older, newer) -> newer);
    }

    Optional<OwnKey> own(String publisher, String id) {
        return own.stream().filter(key -> key.shown().publisher().equals(publisher) && key.shown().id().equals(id)).findFirst();
    }

    /**
     * The own key that signs for a neighbour: the newest that he says he trusts.
     *
     * @param accepted what he said; null: he was not heard yet, and the oldest is the one that he most likely has
     */
    Optional<OwnKey> signing(String publisher, List<String> accepted) {
        List<OwnKey> mine = own.stream().filter(key -> key.shown().publisher().equals(publisher)).toList();
        if (mine.isEmpty()) {
            return Optional.empty();
        }
        Optional<OwnKey> known = accepted == null ? Optional.of(mine.get(0)) : mine.stream().filter(key -> accepted.contains(key.shown().id())).reduce((older, newer) -> newer);
        return known.isPresent() ? known : Optional.of(mine.get(mine.size() - 1));
    }

    /** What signs for everybody that knows this publisher, not one neighbour: by the key that most of them have; signs nothing where there is none. */
    public Seal signingFor(String publisher) {
        return signing(publisher, null).<Seal>map(key -> new KeySeal(key, null)).orElse(Seal.NONE);
    }

    /** Whether these bytes were signed by this key, which is trusted now to speak for this publisher. */
    public boolean isSigned(String publisher, String keyId, Instant now, byte[] content, byte[] signature) {
        return trusted(publisher, keyId, now).filter(key -> KeyTrust.isBy(key, content, content.length, signature)).isPresent();
    }

    private Stream<TrustedKey> validOf(String publisher, Instant now) {
        return trusted.stream().filter(key -> key.publisher().equals(publisher) && key.isValid(now));
    }
}
