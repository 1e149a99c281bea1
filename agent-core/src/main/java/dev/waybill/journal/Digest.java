// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import java.nio.ByteBuffer;

/** The rolling digest of a journal up to an entry: 128 bits. {@link #ZERO} stands before the first entry. */
public record Digest(long high, long low) {

    /** Before the first entry. */
    public static final Digest ZERO = new Digest(0, 0);

    /** From the first sixteen bytes. */
    public static Digest of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Digest(buffer.getLong(), buffer.getLong());
    }

    /** Sixteen bytes, high first. */
    public byte[] bytes() {
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    /** Thirty-two hexadecimal digits. */
    @Override
    public String toString() {
        return String.format("%016x%016x", high, low);
    }
}
