// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.time.Instant;
import java.util.HexFormat;

/**
 * The public halves of a key: what a database shows to its neighbours. Immutable; any thread.
 *
 * @param publisher  whose it is
 * @param id         of the key: the beginning of a digest of both halves, in hexadecimal
 * @param made       when
 * @param until      not believed any more from then on; null: no end is known
 * @param by         the id of the key that announced it; null: a person brought it
 * @param verifying  Ed25519: verifies its signatures
 * @param encrypting X25519: what is encrypted with it, it alone can read
 */
public record TrustedKey(String publisher, String id, Instant made, Instant until, String by, PublicKey verifying, PublicKey encrypting) {

    private static final int ID_BYTES = 12;

    /** One whose id is worked out. */
    static TrustedKey of(String publisher, Instant made, Instant until, PublicKey verifying, PublicKey encrypting) throws GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(verifying.getEncoded());
        byte[] id = digest.digest(encrypting.getEncoded());
        return new TrustedKey(publisher, HexFormat.of().formatHex(id, 0, ID_BYTES), made, until, null, verifying, encrypting);
    }

    /** Whether it has not ended. */
    public boolean isValid(Instant now) {
        return until == null || now.isBefore(until);
    }

    /** The same, ending then, or when it ends already. */
    TrustedKey ending(Instant end) {
        return until != null && until.isBefore(end) ? this : new TrustedKey(publisher, id, made, end, by, verifying, encrypting);
    }

    /** The same, announced by this key; null: brought by a person. */
    TrustedKey by(String announcer) {
        return new TrustedKey(publisher, id, made, until, announcer, verifying, encrypting);
    }
}
