// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

/**
 * How messages are signed and which signatures are accepted. A signature covers the bytes of the message from its beginning to the signature block, checksum included. Implementations are safe for any thread.
 */
public interface Seal {

    /** Signs nothing, accepts everything. */
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

        @Override
        public boolean accepts(Signature signature, byte[] message) {
            return true;
        }
    };

    /** The scheme of messages without a signature. Scheme 1 is reserved for Ed25519. */
    int UNSIGNED = 0;

    /** How this seal signs, 0 to 127. */
    int scheme();

    /** The key with which it signs, as it stands in the message; empty for none. */
    String keyId();

    /** The signature of the first {@code length} bytes; empty exactly for scheme {@link #UNSIGNED}. */
    byte[] sign(byte[] message, int length);

    /** Whether a message with this signature, or without one, is believed. */
    boolean accepts(Signature signature, byte[] message);

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
