// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;

/**
 * A key of this database's own, secret halves included; it is never shown ({@link #toString} tells the id). Immutable; any thread.
 *
 * @param shown      what neighbours get
 * @param signing    Ed25519
 * @param decrypting X25519
 */
record OwnKey(TrustedKey shown, PrivateKey signing, PrivateKey decrypting) {

    static OwnKey make(String publisher, Instant now) throws GeneralSecurityException {
        KeyPair signing = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        KeyPair decrypting = KeyPairGenerator.getInstance("X25519").generateKeyPair();
        return new OwnKey(TrustedKey.of(publisher, now, null, signing.getPublic(), decrypting.getPublic()), signing.getPrivate(), decrypting.getPrivate());
    }

    /** Whether its halves belong together: otherwise neighbours would refuse all that it signs. */
    boolean isWhole() {
        byte[] probe = {1, 2, 3};
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(signing);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(shown.verifying());
            signature.update(probe);
            byte[] sealed = Hpke.AES_256.seal(shown.encrypting(), probe, probe, probe);
            return signature.verify(signed) && Arrays.equals(probe, Hpke.AES_256.open(decryptingPair(), probe, probe, sealed));
        } catch (GeneralSecurityException notTogether) {
            return false;
        }
    }

    KeyPair decryptingPair() {
        return new KeyPair(shown.encrypting(), decrypting);
    }

    @Override
    public String toString() {
        return "own key " + shown.id() + " of " + shown.publisher();
    }
}
