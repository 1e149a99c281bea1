// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Instant;

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

    KeyPair decryptingPair() {
        return new KeyPair(shown.encrypting(), decrypting);
    }

    @Override
    public String toString() {
        return "own key " + shown.id() + " of " + shown.publisher();
    }
}
