// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One run of the sequencer: rows are given their places one transaction after the other, copied in slices, and deleted at the end. One thread. */
final class SequencingStep {

    /** Databases hold what one statement copies. */
    private static final long SLICE_BYTES = 4L << 20;

    private final Dialect dialect;
    private final Connection raw;
    private final OffsetDateTime now;
    private final JournalHead start;
    private final int sliceRows;
    private final RollingDigest digest;
    private final List<Long> moved = new ArrayList<>();
    private final List<Long> entryIds = new ArrayList<>();
    private final List<Long> partEnds = new ArrayList<>();
    private final List<Long> logOffsets = new ArrayList<>();
    private final List<byte[]> digests = new ArrayList<>();
    private long offset;
    private long sliceBytes;

    SequencingStep(Dialect dialect, Connection raw, OffsetDateTime now, JournalHead start, int sliceRows) {
        this.dialect = dialect;
        this.raw = raw;
        this.now = now;
        this.start = start;
        this.sliceRows = sliceRows;
        this.offset = start.offset();
        this.digest = new RollingDigest(start.digest());
    }

    /** The next transaction, with its parts in order. */
    void add(List<OutboxRow> parts) throws SQLException {
        digest.begin(parts.get(0).transactionId());
        long end = offset;
        for (OutboxRow row : parts) {
            digest.part(row.part(), row.size(), row.crc());
            end += row.size();
        }
        byte[] rolled = digest.end().bytes();
        for (OutboxRow row : parts) {
            offset += row.size();
            entryIds.add(row.entryId());
            partEnds.add(offset);
            logOffsets.add(end);
            digests.add(rolled);
            sliceBytes += row.size();
            if (entryIds.size() >= sliceRows || sliceBytes >= SLICE_BYTES) {
                copy();
            }
        }
    }

    private void copy() throws SQLException {
        int copied = dialect.copyToJournal(raw, entryIds.toArray(Long[]::new), partEnds.toArray(Long[]::new), logOffsets.toArray(Long[]::new), digests.toArray(byte[][]::new), now);
        check(entryIds.size(), copied);
        moved.addAll(entryIds);
        entryIds.clear();
        partEnds.clear();
        logOffsets.clear();
        digests.clear();
        sliceBytes = 0;
    }

    /** Copies what is left, deletes what was copied; the new head. */
    JournalHead finish() throws SQLException {
        if (!entryIds.isEmpty()) {
            copy();
        }
        Long[] ids = moved.toArray(Long[]::new);
        Arrays.sort(ids);
        check(ids.length, dialect.deleteFromOutbox(raw, ids));
        return new JournalHead(start.incarnation(), offset, digest.last());
    }

    private static void check(int expected, int done) throws SQLException {
        if (done != expected) {
            throw WaybillError.OUTBOX_ROWS_GONE.with(expected - done);
        }
    }
}
