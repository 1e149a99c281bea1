// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import java.time.Duration;

/**
 * R11: how much of the journal is kept. What nobody is owed any more is kept for receivers that are restored from a backup, as long as it is younger than one bound and within the other; what is still owed to a database below is
 * kept up to two larger bounds, beyond which that database is synchronized anew. What is owed to the consolidated database is never trimmed: it could not be synchronized from here.
 *
 * @param keepTime  {@code waybill.journal-keep}: age up to which entries are kept though nobody is owed them
 * @param keepBytes {@code waybill.journal-keep-bytes}: most bytes of them, and of confirmed snapshots
 * @param mostTime  {@code waybill.journal-most}: age beyond which entries are not kept though they are owed
 * @param mostBytes {@code waybill.journal-most-bytes}: most bytes of journal, owed or not
 */
public record Retention(Duration keepTime, long keepBytes, Duration mostTime, long mostBytes) {

    /** Seven days within 64 MB; thirty days and 4 GB. */
    public static final Retention USUAL = new Retention(Duration.ofDays(7), 64L << 20, Duration.ofDays(30), 4L << 30);

    public Retention {
        if (keepTime.isNegative() || keepBytes < 0 || mostTime.compareTo(keepTime) < 0 || mostBytes < keepBytes) {
            throw new IllegalArgumentException("what is kept of the journal out of range: " + keepTime + ", " + keepBytes + " bytes, at most " + mostTime + ", " + mostBytes + " bytes");
        }
    }

    /** The same with so many bytes of what nobody is owed any more. */
    public Retention withKeepBytes(long bytes) {
        return new Retention(keepTime, bytes, mostTime, mostBytes);
    }
}
