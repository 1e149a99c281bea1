// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notice;

import dev.waybill.message.Seal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs notices by a secret that both ends know: HMAC-SHA256. Immutable; any thread. */
public final class SharedSecret implements Seal {

    /** The scheme of notices that are signed so. */
    public static final int SCHEME = 2;

    private final SecretKeySpec key;

    /** @param secret of at least 16 letters; a shorter one could be guessed */
    public SharedSecret(String secret) {
        if (secret.length() < 16) {
            throw new IllegalArgumentException("the secret of notices has fewer than 16 letters");
        }
        this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    }

    @Override
    public int scheme() {
        return SCHEME;
    }

    @Override
    public String keyId() {
        return "";
    }

    @Override
    public byte[] sign(byte[] message, int length) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(message, 0, length);
            return mac.doFinal();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("HMAC-SHA256 is not there", impossible);
        }
    }

    boolean isBy(byte[] covered, byte[] signature) {
        return MessageDigest.isEqual(sign(covered, covered.length), signature);
    }

    @Override
    public String toString() {
        return "a shared secret";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SharedSecret secret && Arrays.equals(key.getEncoded(), secret.key.getEncoded());
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key.getEncoded());
    }
}
