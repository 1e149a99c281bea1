// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

/**
 * How messages leave to one recipient: signed or not, encrypted or not. A signature covers the bytes of the message from its beginning to the signature block, checksum included; it is made last, of what really travels.
 * Implementations are safe for any thread.
 */
public interface Seal {

    /** The scheme of messages without a signature. */
    int UNSIGNED = 0;

    /** The scheme of Ed25519. */
    int ED25519 = 1;

    /** The scheme of a first word by invitation (HMAC-SHA-256): the key id is that of the invitation. */
    int INVITATION = 2;

    /** The encryption id of bodies that everybody can read. */
    int UNENCRYPTED = 0;

    /** The encryption id of HPKE (RFC 9180): X25519, HKDF-SHA256, AES-256-GCM. */
    int HPKE = 1;

    /** Signs nothing, encrypts nothing. */
    Seal NONE = new Seal() {
        @Override
        public int scheme() {
            return UNSIGNED;
        }

        @Override
        public String keyId() {
            return "";
        }

        @Override
        public byte[] sign(byte[] message, int length) {
            return new byte[0];
        }
    };

    /** How this seal signs, 0 to 127. */
    int scheme();

    /** The key with which it signs, as it stands in the message; empty for none. */
    String keyId();

    /** The signature of the first {@code length} bytes; empty exactly for scheme {@link #UNSIGNED}. */
    byte[] sign(byte[] message, int length);

    /** How this seal encrypts bodies that are not empty. */
    default int encryption() {
        return UNENCRYPTED;
    }

    /** How long a body of this length becomes by {@link #encrypt}. */
    default int encryptedBytes(int bodyBytes) {
        return bodyBytes;
    }

    /**
     * The encrypted body; only where {@link #encryption} says how.
     *
     * @param bound the envelope, with which the body is bound together: it is no secret, but with another one the body cannot be decrypted
     */
    default byte[] encrypt(byte[] body, byte[] bound) {
        throw new UnsupportedOperationException("this seal does not encrypt");
    }

    /**
     * A signature found in a message.
     *
     * @param scheme       {@link #UNSIGNED} for none
     * @param keyId        the key that the message names
     * @param coveredBytes the signature is of the message's first so many bytes
     * @param content      the signature itself
     */
    record Signature(int scheme, String keyId, int coveredBytes, byte[] content) {}
}
