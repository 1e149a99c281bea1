// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import dev.waybill.change.MalformedException;
import dev.waybill.change.MalformedException.Reason;
import dev.waybill.message.Cover;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageKind;
import dev.waybill.message.Seal;
import dev.waybill.seal.Invited.Guest;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Where first words by invitation are judged: each is good for the one who comes first with its secret, in time, under the one name, as a hello that carries nothing but who he is. What is remembered is bounded by the number of invitations, since
 * only a right proof is. Any thread.
 *
 * <pre>
 *   proof right? ─► in time? ─► a hello of the invited name to this incarnation, with a key of that name and nothing else? ─► nobody before, or the same key of the same database ─► believed
 *        no: put aside, as every message that is not signed rightly
 * </pre>
 * Said again by the same guest it is believed again: his first word, or our answer, may be lost on the way. It says nothing that is not known, so nothing is won by repeating it.
 */
final class Doorstep {

    private final Map<String, Guest> came = new HashMap<>();
    private final Set<String> greeted = new HashSet<>();

    /**
     * Returns when it may be believed.
     *
     * @param trusted whether a key is trusted now
     * @throws MalformedException UNSIGNED: it may not
     */
    void admit(Invited invited, Cover cover, byte[] message, String me, Instant now, Predicate<TrustedKey> trusted) throws MalformedException {
        Seal.Signature proof = cover.signature();
        if (!invited.secret().isBy(message, proof.coveredBytes(), proof.content())) {
            throw refused(invited, "its proof is not of this message: it was altered, or forged");
        }
        if (!now.isBefore(invited.until())) {
            throw refused(invited, "it was good until " + invited.until() + ". If he is to come, invite him again: ./waybill invite");
        }
        Envelope envelope = cover.envelope();
        if (!isHelloAlone(cover) || !envelope.sender().equals(invited.guest()) || !me.equals(invited.host()) || !me.equals(envelope.recipient()) || !invited.incarnation().equals(envelope.recipientIncarnation())) {
            throw refused(invited, "it is good for a hello of " + invited.guest() + " to " + invited.host() + " (incarnation " + invited.incarnation() + ") alone, which this is not");
        }
        TrustedKey key = key(invited, envelope);
        claim(invited, new Guest(KeyText.write(key), envelope.senderIncarnation()), invited.done() && !trusted.test(key));
    }

    /** Whoever has seen the secret can say no more by it than who he is. */
    private static boolean isHelloAlone(Cover cover) {
        Envelope envelope = cover.envelope();
        boolean atBeginning = envelope.confirmation() == null || envelope.confirmation().offset().bytes() == 0;
        boolean asksNothing = envelope.resendRequest() == null || envelope.resendRequest().epoch() == 0 && envelope.resendRequest().from().offset().bytes() == 0;
        return envelope.kind() == MessageKind.JOIN && cover.plainBytes() == 0 && atBeginning && asksNothing && envelope.stream().equals(Envelope.Stream.FIRST) && envelope.nextKey() != null;
    }

    private static TrustedKey key(Invited invited, Envelope envelope) throws MalformedException {
        try {
            TrustedKey key = KeyText.readTrusted(envelope.nextKey());
            if (key.publisher().equals(invited.guest()) && key.until() == null && key.by() == null) {
                return key;
            }
            throw refused(invited, "it brings a key of " + key.publisher() + ", or one that is not plainly his");
        } catch (GeneralSecurityException noKey) {
            throw refused(invited, "what it brings is no key: " + noKey.getMessage());
        }
    }

    private synchronized void claim(Invited invited, Guest guest, boolean forgotten) throws MalformedException {
        Guest first = invited.taken() != null ? invited.taken() : came.putIfAbsent(invited.id(), guest);
        if (first != null && !first.equals(guest)) {
            throw refused(invited, "it was used before, by another key or another database (incarnation " + first.incarnation() + "). One of the two is not who he says: take the key off (./waybill keys remove) and invite again, on a way that you trust");
        }
        if (forgotten) {
            throw refused(invited, "it was used, and the key that it brings is not trusted any more");
        }
        greeted.add(invited.guest());
    }

    private static MalformedException refused(Invited invited, String why) {
        return new MalformedException(Reason.UNSIGNED, "a message that says it is from " + invited.guest() + " comes by invitation " + invited.id() + ", which is not believed: " + why);
    }

    /** Who came by this invitation since this agent began; null for nobody. */
    synchronized Guest came(String invitation) {
        return came.get(invitation);
    }

    /** Whose first word was heard, again or for the first time, since this was asked last. */
    synchronized List<String> greeted() {
        List<String> names = new ArrayList<>(greeted);
        greeted.clear();
        return names;
    }
}
