// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * One run of the sequencer: transactions are given their places one after the other; small ones are gathered in blocks, the rows of others are copied by the database in slices; at the end they are deleted from the outbox, but for those of small ones where
 * that is left for later. One thread.
 */
final class SequencingStep implements AutoCloseable {

    /** Databases hold what one statement copies. */
    private static final long SLICE_BYTES = 4L << 20;

    private final Dialect dialect;
    private final Connection raw;
    private final Instant now;
    private final JournalHead start;
    private final int sliceRows;
    private final boolean leavesSmall;
    private final RollingDigest digest;
    private final List<Long> moved = new ArrayList<>();
    private final List<Long> entryIds = new ArrayList<>();
    private final List<Long> partEnds = new ArrayList<>();
    private final List<Long> logOffsets = new ArrayList<>();
    private final List<byte[]> digests = new ArrayList<>();
    private final BlockWriter block = new BlockWriter();
    private final CRC32C crc = new CRC32C();
    private JournalInsert insert;
    private long offset;
    private long sliceBytes;

    /** @param leavesSmall whether the rows of small transactions stay in the outbox */
    SequencingStep(Dialect dialect, Connection raw, Instant now, JournalHead start, int sliceRows, boolean leavesSmall) {
        this.dialect = dialect;
        this.raw = raw;
        this.now = now;
        this.start = start;
        this.sliceRows = sliceRows;
        this.leavesSmall = leavesSmall;
        this.offset = start.offset();
        this.digest = new RollingDigest(start.digest());
    }

    /** The next transaction, with its parts in order. */
    void add(List<OutboxRow> parts) throws SQLException {
        if (parts.get(0).payload() != null) {
            addSmall(parts.get(0));
        } else {
            endBlock();
            addLarge(parts);
        }
    }

    private void addSmall(OutboxRow row) throws SQLException {
        check(row);
        if (!block.takes(row)) {
            endBlock();
        }
        block.add(row, digest.last());
        digest.begin(row.transactionId());
        digest.part(0, row.size(), row.crc());
        digest.end();
        offset += row.size();
        if (!leavesSmall) {
            moved.add(row.entryId());
        }
    }

    /** In pairs: the block's own checksum covers it from here on. */
    private void check(OutboxRow row) throws SQLException {
        crc.reset();
        crc.update(row.payload());
        if (row.payload().length != row.size() || (int) crc.getValue() != row.crc()) {
            throw WaybillError.OUTBOX_BROKEN.with(row.transactionId(), "its payload of " + row.payload().length + " bytes does not match its size of " + row.size() + " or its checksum");
        }
    }

    private void endBlock() throws SQLException {
        if (!block.isEmpty()) {
            insert = insert == null ? new JournalInsert(dialect, raw) : insert;
            insert.add(block.take(offset, digest.last(), now));
        }
    }

    private void addLarge(List<OutboxRow> parts) throws SQLException {
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
        int copied = dialect.copyToJournal(raw, entryIds.toArray(Long[]::new), partEnds.toArray(Long[]::new), logOffsets.toArray(Long[]::new), digests.toArray(byte[][]::new), now.atOffset(ZoneOffset.UTC));
        check(entryIds.size(), copied);
        moved.addAll(entryIds);
        entryIds.clear();
        partEnds.clear();
        logOffsets.clear();
        digests.clear();
        sliceBytes = 0;
    }

    /** Inserts and copies what is left, deletes what is not left; the new head. */
    JournalHead finish() throws SQLException {
        endBlock();
        if (insert != null) {
            insert.finish();
        }
        if (!entryIds.isEmpty()) {
            copy();
        }
        Long[] ids = moved.toArray(Long[]::new);
        Arrays.sort(ids);
        check(ids.length, dialect.deleteFromOutbox(raw, ids));
        return new JournalHead(start.incarnation(), offset, digest.last());
    }

    @Override
    public void close() throws SQLException {
        if (insert != null) {
            insert.close();
        }
    }

    private static void check(int expected, int done) throws SQLException {
        if (done != expected) {
            throw WaybillError.OUTBOX_ROWS_GONE.with(expected - done);
        }
    }
}
