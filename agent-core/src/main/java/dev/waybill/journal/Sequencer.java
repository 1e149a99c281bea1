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
import java.util.stream.LongStream;
import java.util.zip.CRC32C;

/**
 * Gives committed transactions their log offsets. All methods work inside the caller's transaction, which holds the lease, is at READ COMMITTED and has auto-commit off; nothing is done until it commits. Stateless
 * but for what it was made with; any thread.
 */
public final class Sequencer {

    /** The journal may grow by so much between rows that were left in the outbox and its head: nobody looks for them further back. */
    public static final long LEFT_BYTES = 96L << 20;

    private static final int ROWS = 5_000;
    private static final long BYTES = 4L * 1024 * 1024;

    private final Dialect dialect;
    private final InstantSource clock;
    private final Outbox outbox;
    private final Unfolding unfolding;
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
        this.unfolding = new Unfolding(dialect, outbox);
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
        return move(raw, look(raw, head(raw), List.of()), false, byteLimit);
    }

    /**
     * The same in two steps, the first of which needs no lease: what is to be moved next, besides what was {@link #moveAndLeave taken} already and is not deleted yet.
     *
     * @param taken ascending runs, few of them; only where {@link Dialect#mayTear} is false
     */
    public Look look(Connection raw, List<EntryIds> taken) throws SQLException {
        return look(raw, JournalHead.load(dialect, raw), taken);
    }

    private Look look(Connection raw, JournalHead head, List<EntryIds> taken) throws SQLException {
        Outbox.Found found = outbox.first(raw, rowLimit, taken);
        int count = within(found.transactions());
        return new Look(head, found.transactions().subList(0, count), found.more() || count < found.transactions().size());
    }

    /**
     * Moves what a look has found and leaves the rows of small transactions where they are: until they are {@link #delete deleted}, whoever looks has to know them, or to begin with {@link #deleteBroughtBack}.
     *
     * @return null when somebody has sequenced since the look: nothing was done, look again
     */
    public Sequenced moveAndLeave(Connection raw, Look look) throws SQLException {
        return head(raw).equals(look.head()) ? move(raw, look, true, byteLimit) : null;
    }

    /** Moves what a look has found and deletes it; null when somebody has sequenced since. */
    public Sequenced move(Connection raw, Look look) throws SQLException {
        return head(raw).equals(look.head()) ? move(raw, look, false, byteLimit) : null;
    }

    /** Deletes rows that stand in the journal; some may have gone already. */
    public void delete(Connection raw, List<EntryIds> taken) throws SQLException {
        dialect.deleteFromOutbox(raw, taken.stream().flatMapToLong(run -> LongStream.rangeClosed(run.first(), run.last())).sorted().boxed().toArray(Long[]::new));
    }

    /**
     * Before the first step, and before anything is sequenced by somebody who does not know what was left: deletes outbox rows of transactions that stand in the journal already, since an agent left them or the database brought them back
     * ({@link Dialect#mayKeepHalves}). Nothing else would keep them from being sequenced, and applied, twice.
     *
     * @return how many rows
     */
    public int deleteBroughtBack(Connection raw) throws SQLException {
        return dialect.mayKeepHalves() ? new BroughtBack(dialect).delete(raw) : 0;
    }

    /** Where the journal ends, when that is to be told by {@link #cleared} and was not; otherwise null. */
    public LogOffset notYetCleared(Connection raw) throws SQLException {
        return dialect.mayKeepHalves() && !new BroughtBack(dialect).isCleared(raw) ? JournalHead.load(dialect, raw).position().offset() : null;
    }

    /**
     * Nobody who begins need look for rows that were sequenced already, as long as the journal ends where it ends now: they were deleted, and that is on disk.
     *
     * @param head where the journal ended before that was made sure of; nothing is written down when it has moved since
     */
    public void cleared(Connection raw, LogOffset head) throws SQLException {
        if (JournalHead.load(dialect, raw).offset() == head.bytes()) {
            new BroughtBack(dialect).cleared(raw, head.bytes());
        }
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
            bytes += OutboxRow.bytes(transactions.get(i));
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
        return move(raw, new Look(head, entryIds.isEmpty() ? List.of() : outbox.exactly(raw, entryIds), false), false, Long.MAX_VALUE);
    }

    private Sequenced move(Connection raw, Look found, boolean leavesSmall, long unfoldedBytes) throws SQLException {
        Look look = unfolding.unfold(raw, found, unfoldedBytes);
        JournalHead head = look.head();
        if (look.isEmpty()) {
            return new Sequenced(0, 0, head.position(), look.more());
        }
        JournalHead moved;
        try (SequencingStep step = new SequencingStep(dialect, raw, clock.instant(), head, rowLimit, leavesSmall)) {
            for (List<OutboxRow> parts : look.transactions()) {
                step.add(parts);
            }
            moved = step.finish();
        }
        moved.storeOver(head, dialect, raw);
        return new Sequenced(look.transactions().size(), moved.offset() - head.offset(), moved.position(), look.more());
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
