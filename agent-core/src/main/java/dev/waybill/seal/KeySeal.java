// SPDX-License-Identifier: Apache-2.0
package dev.waybill.seal;

import dev.waybill.message.Seal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * Messages to one neighbour, signed by an own key and encrypted for his. Immutable; any thread.
 *
 * <pre>
 *   an encrypted body:  id of the key that it is for, 24 letters  ·  {@link Hpke}
 * </pre>
 */
final class KeySeal implements Seal {

    /** Says to HPKE what the key is used for. */
    static final byte[] INFO = "waybill message body 1".getBytes(StandardCharsets.US_ASCII);
    static final int ID_BYTES = 24;

    private final OwnKey signer;
    private final TrustedKey reader;

    /**
     * @param signer null: not signed
     * @param reader null: not encrypted
     */
    KeySeal(OwnKey signer, TrustedKey reader) {
        this.signer = signer;
        this.reader = reader;
    }

    @Override
    public int scheme() {
        return signer == null ? UNSIGNED : ED25519;
    }

    @Override
    public String keyId() {
        return signer == null ? "" : signer.shown().id();
    }

    @Override
    public byte[] sign(byte[] message, int length) {
        if (signer == null) {
            return new byte[0];
        }
        try {
            java.security.Signature signature = java.security.Signature.getInstance("Ed25519");
            signature.initSign(signer.signing());
            signature.update(message, 0, length);
            return signature.sign();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("key " + signer.shown().id() + " does not sign", impossible);
        }
    }

    @Override
    public int encryption() {
        return reader == null ? UNENCRYPTED : HPKE;
    }

    @Override
    public int encryptedBytes(int bodyBytes) {
        return bodyBytes + ID_BYTES + Hpke.OVERHEAD_BYTES;
    }

    @Override
    public byte[] encrypt(byte[] body, byte[] bound) {
        try {
            byte[] sealed = Hpke.AES_256.seal(reader.encrypting(), INFO, bound, body);
            byte[] all = Arrays.copyOf(reader.id().getBytes(StandardCharsets.US_ASCII), ID_BYTES + sealed.length);
            System.arraycopy(sealed, 0, all, ID_BYTES, sealed.length);
            return all;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("key " + reader.id() + " of " + reader.publisher() + " does not encrypt", impossible);
        }
    }
}
