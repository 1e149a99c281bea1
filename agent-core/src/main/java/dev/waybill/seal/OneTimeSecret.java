// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** 256 random bits that an invitation carries to one remote, and by which its first word is known (HMAC-SHA-256). Never shown ({@link #toString}). Immutable; any thread. */
public final class OneTimeSecret {

    private static final int BYTES = 32;
    private static final String HMAC = "HmacSHA256";

    private final byte[] bytes;

    private OneTimeSecret(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A fresh one. */
    public static OneTimeSecret make(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new OneTimeSecret(bytes);
    }

    /** As it stands in a file that its owner alone can read. */
    public static OneTimeSecret of(String text) throws GeneralSecurityException {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException noBase64) {
            throw new GeneralSecurityException("its line \"secret\" is not base64");
        }
        if (bytes.length != BYTES) {
            throw new GeneralSecurityException("its line \"secret\" has not " + BYTES + " bytes");
        }
        return new OneTimeSecret(bytes);
    }

    /** For the file; nowhere else. */
    public String text() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** What proves that somebody who has it said these bytes. */
    byte[] mac(byte[] message, int length) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(bytes, HMAC));
            mac.update(message, 0, length);
            return mac.doFinal();
        } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Whether this is that proof; how long it takes tells nothing of it. */
    boolean isBy(byte[] message, int length, byte[] mac) {
        return MessageDigest.isEqual(mac(message, length), mac);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OneTimeSecret secret && MessageDigest.isEqual(bytes, secret.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
