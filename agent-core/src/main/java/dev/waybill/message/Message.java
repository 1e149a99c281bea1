// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import java.util.Arrays;

/** A message: envelope and plain (decompressed, decrypted) body. */
public record Message(Envelope envelope, byte[] body) {

    @Override
    public boolean equals(Object other) {
        return other instanceof Message message && envelope.equals(message.envelope) && Arrays.equals(body, message.body);
    }

    @Override
    public int hashCode() {
        return 31 * envelope.hashCode() + Arrays.hashCode(body);
    }

    @Override
    public String toString() {
        return envelope.kind() + " " + envelope.sender() + " → " + envelope.recipient() + " " + envelope.header() + ", " + body.length + " bytes";
    }
}
