// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Gives committed transactions their log offsets. All methods work inside the caller's transaction, which holds the lease, is at READ COMMITTED and has auto-commit off; nothing is done until it commits. Stateless
 * but for what it was made with; any thread.
 */
public final class Sequencer {

    private static final int ROWS = 5_000;
    private static final long BYTES = 4L * 1024 * 1024;

    private final Dialect dialect;
    private final InstantSource clock;
    private final Outbox outbox;
    private final int rowLimit;
    private final long byteLimit;

    /**
     * @param clock says when an entry was met, for people and for retention
     */
    public Sequencer(Dialect dialect, InstantSource clock) {
        this(dialect, clock, ROWS, BYTES);
    }

    Sequencer(Dialect dialect, InstantSource clock, int rowLimit, long byteLimit) {
        this.dialect = dialect;
        this.clock = clock;
        this.outbox = new Outbox(dialect);
        this.rowLimit = rowLimit;
        this.byteLimit = byteLimit;
    }

    /**
     * Moves visible transactions to the journal, in an order equivalent to that of their commits: 5,000 rows or 4 MB at most, so that sending begins early, but at least one transaction if there is any. Small ones go through this process into
     * blocks; the payloads of others are moved by the database.
     *
     * @throws SQLException OUTBOX_BROKEN, JOURNAL_HEAD_MOVED, or the database's own; roll back then
     */
    public Sequenced sequence(Connection raw) throws SQLException {
        JournalHead head = head(raw);
        Outbox.Found found = outbox.first(raw, rowLimit);
        int count = within(found.transactions());
        return move(raw, head, found.transactions().subList(0, count), found.more() || count < found.transactions().size());
    }

    /**
     * Before the first step on a database that may have been killed: deletes outbox rows of transactions that stand in the journal already, where the database may bring them back ({@link Dialect#mayKeepHalves}).
     *
     * @return how many rows; they would have been sequenced, and applied, twice
     */
    public int deleteBroughtBack(Connection raw) throws SQLException {
        return dialect.mayKeepHalves() ? new BroughtBack(dialect).delete(raw) : 0;
    }

    private JournalHead head(Connection raw) throws SQLException {
        JournalHead head = JournalHead.load(dialect, raw);
        if (dialect.mayKeepHalves()) {
            long end = new BroughtBack(dialect).end(raw);
            if (end != head.offset()) {
                throw WaybillError.JOURNAL_BROKEN.with(new LogOffset(Math.min(end, head.offset())),
                        "its head stands at " + new LogOffset(head.offset()) + ", its last row ends at " + new LogOffset(end) + ", as when the database was killed and kept half of what was being sequenced");
            }
        }
        return head;
    }

    private int within(List<List<OutboxRow>> transactions) {
        long bytes = 0;
        for (int i = 0; i < transactions.size(); i++) {
            if (bytes >= byteLimit) {
                return i;
            }
            for (OutboxRow row : transactions.get(i)) {
                bytes += row.size();
            }
        }
        return transactions.size();
    }

    /** The outbox rows that this connection sees, by their ids; on a connection at snapshot isolation, those that the snapshot sees. Valid while nobody sequences. */
    public List<Long> visible(Connection raw) throws SQLException {
        return outbox.visible(raw);
    }

    /**
     * The outbox rows of a look that is whole: with a transaction it has all that it follows. At READ COMMITTED.
     *
     * @throws SQLException OUTBOX_RESTLESS, transient
     */
    public List<Long> settled(Connection raw) throws SQLException {
        return outbox.settled(raw);
    }

    /** Whether these ids, that a snapshot saw, are without one of now that is smaller than the last of them: then the snapshot may show what follows a transaction without that one. On another connection, at READ COMMITTED. */
    public boolean isTorn(Connection raw, List<Long> seen) throws SQLException {
        if (!dialect.mayTear() || seen.isEmpty()) {
            return false;
        }
        Set<Long> known = Set.copyOf(seen);
        long last = seen.get(seen.size() - 1);
        return outbox.visible(raw).stream().anyMatch(id -> id < last && !known.contains(id));
    }

    /**
     * Moves exactly these rows, whatever else has become visible: so the journal's head afterwards is the place of a snapshot that saw them and nothing more.
     *
     * @param entryIds from {@link #visible}, in any order; bounded by what the caller left unsequenced before
     * @throws SQLException OUTBOX_ROWS_GONE when some were sequenced or deleted since; OUTBOX_BROKEN, JOURNAL_HEAD_MOVED
     */
    public Sequenced sequenceExactly(Connection raw, Collection<Long> entryIds) throws SQLException {
        JournalHead head = head(raw);
        return move(raw, head, entryIds.isEmpty() ? List.of() : outbox.exactly(raw, entryIds), false);
    }

    private Sequenced move(Connection raw, JournalHead head, List<List<OutboxRow>> transactions, boolean more) throws SQLException {
        if (transactions.isEmpty()) {
            return new Sequenced(0, 0, head.position(), more);
        }
        JournalHead moved;
        try (SequencingStep step = new SequencingStep(dialect, raw, clock.instant(), head, rowLimit)) {
            for (List<OutboxRow> parts : transactions) {
                step.add(parts);
            }
            moved = step.finish();
        }
        moved.storeOver(head, dialect, raw);
        return new Sequenced(transactions.size(), moved.offset() - head.offset(), moved.position(), more);
    }

    /**
     * Appends an entry of the agent's own behind the head.
     *
     * @return the journal's head afterwards: the place of the entry
     * @throws SQLException ENTRY_TOO_LARGE, JOURNAL_HEAD_MOVED
     */
    public Position append(Connection raw, NewEntry entry) throws SQLException {
        byte[] payload = entry.payload();
        if (payload.length < 1 || payload.length > NewEntry.MAX_BYTES) {
            throw WaybillError.ENTRY_TOO_LARGE.with(entry.transactionId(), payload.length, NewEntry.MAX_BYTES);
        }
        JournalHead head = head(raw);
        RollingDigest digest = new RollingDigest(head.digest());
        digest.begin(entry.transactionId());
        int[] crcs = new int[(payload.length - 1) / OutboxWriter.MAX_PART_BYTES + 1];
        CRC32C crc = new CRC32C();
        for (int part = 0; part < crcs.length; part++) {
            crc.reset();
            crc.update(payload, from(part), size(payload, part));
            crcs[part] = (int) crc.getValue();
            digest.part(part, size(payload, part), crcs[part]);
        }
        JournalHead moved = new JournalHead(head.incarnation(), head.offset() + payload.length, digest.end());
        insert(raw, entry, head.offset(), moved, crcs);
        moved.storeOver(head, dialect, raw);
        return moved.position();
    }

    private void insert(Connection raw, NewEntry entry, long start, JournalHead moved, int[] crcs) throws SQLException {
        byte[] payload = entry.payload();
        Instant now = clock.instant();
        try (JournalInsert insert = new JournalInsert(dialect, raw)) {
            for (int part = 0; part < crcs.length; part++) {
                int size = size(payload, part);
                insert.add(new JournalPart(start + from(part) + size, moved.offset(), part, entry.transactionId(), part == crcs.length - 1, entry.origin(), entry.target(), moved.digest(), now, size, crcs[part],
                        Arrays.copyOfRange(payload, from(part), from(part) + size), 1));
            }
            insert.finish();
        }
    }

    private static int from(int part) {
        return part * OutboxWriter.MAX_PART_BYTES;
    }

    private static int size(byte[] payload, int part) {
        return Math.min(OutboxWriter.MAX_PART_BYTES, payload.length - from(part));
    }
}
