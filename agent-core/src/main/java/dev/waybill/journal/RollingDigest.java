// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** Computes the digest of the next entry from the one before it, as the package page defines it. One thread. */
final class RollingDigest {

    private final MessageDigest sha;
    private final ByteBuffer fields = ByteBuffer.allocate(16);
    private Digest last;

    RollingDigest(Digest last) {
        this.last = last;
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Begins the next entry. */
    void begin(UUID transactionId) {
        put(last.high(), last.low());
        put(transactionId.getMostSignificantBits(), transactionId.getLeastSignificantBits());
    }

    private void put(long high, long low) {
        fields.clear();
        sha.update(fields.putLong(high).putLong(low).array());
    }

    /** Adds a part of it. */
    void part(int number, int size, int crc) {
        fields.clear();
        fields.putInt(number).putInt(size).putInt(crc);
        sha.update(fields.array(), 0, 12);
    }

    /** Ends it. */
    Digest end() {
        last = Digest.of(sha.digest());
        return last;
    }

    /** Of the last entry that ended. */
    Digest last() {
        return last;
    }
}
