// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

/**
 * A position in one database's journal: the place of a COMMIT, in bytes from the beginning. Never compared across databases.
 *
 * @param bytes 0 and above; 0 is the position before the first entry
 */
public record LogOffset(long bytes) implements Comparable<LogOffset> {

    /** Before the first entry. */
    public static final LogOffset ZERO = new LogOffset(0);

    public LogOffset {
        if (bytes < 0) {
            throw new IllegalArgumentException("log offset " + bytes + " is below zero");
        }
    }

    public boolean isAfter(LogOffset other) {
        return bytes > other.bytes;
    }

    public boolean isBefore(LogOffset other) {
        return bytes < other.bytes;
    }

    @Override
    public int compareTo(LogOffset other) {
        return Long.compare(bytes, other.bytes);
    }

    /** At least ten digits, as SQL Remote prints offsets: {@code 0000942712}. */
    @Override
    public String toString() {
        String digits = Long.toString(bytes);
        return digits.length() >= 10 ? digits : "0".repeat(10 - digits.length()) + digits;
    }
}
