// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import dev.waybill.change.MalformedException;
import dev.waybill.change.MalformedException.Reason;
import dev.waybill.message.Cover;
import dev.waybill.message.Envelope;
import dev.waybill.message.Seal;
import dev.waybill.message.Trust;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** What is believed of messages that come by one way, with the keys of one moment. Immutable; any thread. */
final class KeyTrust implements Trust {

    private final KeyBook keys;
    private final String me;
    private final Function<String, SealPolicy> policies;
    private final Instant now;
    private final Consumer<Announcement> announced;
    private final Doorstep doorstep;

    /** What a trusted key says of a newer one of the same publisher. */
    record Announcement(String publisher, String announcer, String text) {}

    /**
     * @param policies  what is demanded of messages of this sender by this way
     * @param announced is told of keys that verified messages announce
     * @param doorstep  judges who comes by invitation
     */
    KeyTrust(KeyBook keys, String me, Function<String, SealPolicy> policies, Instant now, Consumer<Announcement> announced, Doorstep doorstep) {
        this.announced = announced;
        this.doorstep = doorstep;
        this.keys = keys;
        this.me = me;
        this.policies = policies;
        this.now = now;
    }

    @Override
    public void believe(Cover cover, byte[] message) throws MalformedException {
        String sender = cover.envelope().sender();
        SealPolicy policy = policies.apply(sender);
        if (policy.signatures() != SealPolicy.Signatures.OFF && cover.signature().scheme() == Seal.INVITATION) {
            demandInvitation(cover, message, policy.isStrict());
        } else if (policy.signatures() != SealPolicy.Signatures.OFF) {
            demandSignature(cover.envelope(), cover.signature(), message, policy.isStrict());
        }
        if (policy.encrypted() && cover.plainBytes() > 0 && cover.encryption() == Seal.UNENCRYPTED) {
            throw new MalformedException(Reason.UNDECRYPTABLE, "a message of " + sender + " is not encrypted, and must be here. Let its sender have a key of this database and say SET REMOTE … OPTION encryption = 'required'");
        }
    }

    private void demandInvitation(Cover cover, byte[] message, boolean strict) throws MalformedException {
        Optional<Invited> invited = keys.invited(cover.signature().keyId());
        if (invited.isPresent()) {
            doorstep.admit(invited.get(), cover, message, me, now, key -> keys.trusted(key.publisher(), key.id(), now).isPresent());
        } else if (strict) {
            throw new MalformedException(Reason.UNSIGNED, "a message that says it is from " + cover.envelope().sender() + " comes by invitation \"" + cover.signature().keyId() + "\", which was not given here, or was taken back");
        }
    }

    private void demandSignature(Envelope envelope, Seal.Signature signature, byte[] message, boolean strict) throws MalformedException {
        String sender = envelope.sender();
        if (signature.scheme() == Seal.UNSIGNED) {
            if (strict) {
                throw new MalformedException(Reason.UNSIGNED, "a message that says it is from " + sender + " is not signed");
            }
            return;
        }
        Optional<TrustedKey> key = signature.scheme() == Seal.ED25519 ? keys.trusted(sender, signature.keyId(), now) : Optional.empty();
        if (key.isEmpty() && strict) {
            throw new MalformedException(Reason.UNSIGNED, "a message that says it is from " + sender + " is signed by key \"" + signature.keyId()
                    + "\", which is no key of " + sender + " that is trusted here now. If it is: ./waybill keys import FILE");
        }
        if (key.isPresent() && !isBy(key.get(), message, signature.coveredBytes(), signature.content())) {
            throw new MalformedException(Reason.UNSIGNED, "the signature of a message that says it is from " + sender + " is not of this message: it was altered, or forged");
        }
        String next = key.isPresent() ? envelope.nextKey() : null;
        if (next != null && me.equals(envelope.recipient())) {
            announced.accept(new Announcement(sender, signature.keyId(), next));
        }
    }

    static boolean isBy(TrustedKey key, byte[] message, int length, byte[] found) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(key.verifying());
            signature.update(message, 0, length);
            return signature.verify(found);
        } catch (GeneralSecurityException notEvenASignature) {
            return false;
        }
    }

    @Override
    public byte[] decrypt(Cover cover, byte[] body, byte[] bound) throws MalformedException {
        String id = new String(body, 0, Math.min(body.length, KeySeal.ID_BYTES), StandardCharsets.US_ASCII);
        OwnKey key = keys.own(me, id).orElseThrow(() -> new MalformedException(Reason.UNDECRYPTABLE,
                "the body of a message of " + cover.envelope().sender() + " is encrypted for a key that is not on the ring here"));
        try {
            return Hpke.AES_256.open(key.decryptingPair(), KeySeal.INFO, bound, Arrays.copyOfRange(body, KeySeal.ID_BYTES, body.length));
        } catch (GeneralSecurityException altered) {
            throw new MalformedException(Reason.UNDECRYPTABLE, "the body of a message of " + cover.envelope().sender() + " cannot be decrypted: it was altered");
        }
    }
}
