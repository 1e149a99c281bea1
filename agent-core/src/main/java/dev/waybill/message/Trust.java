// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import dev.waybill.change.MalformedException;
import dev.waybill.change.MalformedException.Reason;

/** Which messages are believed, and how their bodies become readable. Implementations are safe for any thread. */
public interface Trust {

    /** Believes everything and has no keys: for ways that only friends can write to, and for looking at a message. */
    Trust ALL = new Trust() {
        @Override
        public void believe(Cover cover, byte[] message) {
            // whoever can write here is trusted
        }

        @Override
        public byte[] decrypt(Cover cover, byte[] body, byte[] bound) throws MalformedException {
            throw new MalformedException(Reason.UNDECRYPTABLE, "the body of a message of " + cover.envelope().sender() + " is encrypted, and there are no keys here");
        }
    };

    /**
     * Returns when the message may be believed to be from the sender that it names.
     *
     * @throws MalformedException {@code UNSIGNED} or {@code UNDECRYPTABLE}: it is not signed or not encrypted although it must be, or by a key that is not that sender's, or the signature is not of these bytes
     */
    void believe(Cover cover, byte[] message) throws MalformedException;

    /**
     * The body as it was before {@link Seal#encrypt}.
     *
     * @throws MalformedException {@code UNDECRYPTABLE}
     */
    byte[] decrypt(Cover cover, byte[] body, byte[] bound) throws MalformedException;
}
