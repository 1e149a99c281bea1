// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.message.Envelope;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import dev.waybill.message.MessageKind;
import dev.waybill.message.Seal;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.RemoteUser;
import dev.waybill.seal.KeyRing.KeyException;
import dev.waybill.seal.Keys;
import dev.waybill.seal.SealPolicy;
import dev.waybill.seal.TrustedKey;
import java.util.List;
import java.util.Set;

/** Which seal a message to a neighbour gets and which messages are believed, by the catalogue and the key ring as they are now. One thread; codecs and seals that it hands out are for any thread. */
final class Seals {

    private static final String TROUBLE = "key ring";

    private final Keys keys;
    private final MessageBounds bounds;
    private final Troubles troubles;
    private Catalogue catalogue = Catalogue.NONE;
    private String state;

    Seals(Keys keys, MessageBounds bounds, Troubles troubles) {
        this.keys = keys;
        this.bounds = bounds;
        this.troubles = troubles;
    }

    /** From now on by these ways and neighbours. */
    void use(Catalogue now) {
        catalogue = now;
    }

    /** Looks whether keys have come or gone; true: they have, since this agent began, and neighbours should hear which ones are trusted now. */
    boolean refresh() {
        follow();
        String unreadable = keys.refresh();
        if (unreadable == null) {
            troubles.over(TROUBLE);
        } else {
            troubles.begun(TROUBLE, "KEYS", unreadable);
        }
        String before = state;
        state = keys.state();
        return before != null && !before.equals(state);
    }

    private void follow() {
        try {
            for (TrustedKey key : keys.follow()) {
                troubles.happened("Key " + key.id() + " of " + key.publisher() + " is trusted from now on, because its key " + key.by() + " says so. Nothing needs to be done; if it should not be: ./waybill keys remove " + key.by() + " --yes");
            }
        } catch (KeyException unwritable) {
            troubles.happened(unwritable.getMessage());
        }
    }

    /** The envelope as this neighbour gets it: with the newest own key, if he trusts an older one and does not know that. */
    Envelope announcing(Neighbour to, Envelope envelope) {
        boolean signs = policy(to.user().messageType()).signatures() != SealPolicy.Signatures.OFF;
        String next = signs ? keys.announcement(catalogue.publisher(), to.name(), to.acceptedKeys()) : null;
        return next == null ? envelope : envelope.announcing(next);
    }

    /** Decodes what came by this way, and believes what may be believed now. */
    MessageCodec codec(String linkName) {
        return new MessageCodec(bounds, keys.trust(catalogue.publisher(), sender -> policy(linkName, sender)), Set.of());
    }

    /**
     * Whether nothing is believed by this way that was not verified.
     *
     * @param seemingSender null when not even that can be read
     */
    boolean isStrict(String linkName, String seemingSender) {
        return policy(linkName, seemingSender).isStrict();
    }

    /** The seal for messages of this kind to him. */
    Seal seal(Neighbour to, MessageKind kind) throws KeyException {
        return keys.seal(catalogue.publisher(), to.name(), policy(to.user().messageType()), to.acceptedKeys(), kind);
    }

    /** The keys of this neighbour that are believed: every envelope to him names them. */
    List<String> acceptedOf(String neighbour) {
        return keys.acceptedOf(neighbour);
    }

    /** A message must meet what its way and what its sender's way demand: a forger does not choose the weaker one. */
    private SealPolicy policy(String linkName, String sender) {
        return catalogue.remoteUser(String.valueOf(sender)).map(RemoteUser::messageType).map(this::policy).map(policy(linkName)::and).orElseGet(() -> policy(linkName));
    }

    private SealPolicy policy(String linkName) {
        return catalogue.messageType(linkName).map(SealPolicy::of).orElse(SealPolicy.STRICT);
    }
}
