// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Hop;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.change.TransactionRecord.Seen;
import dev.waybill.journal.Journal;
import dev.waybill.journal.JournalEntry;
import dev.waybill.journal.JournalScan;
import dev.waybill.journal.LogOffset;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/**
 * What a stream to one neighbour has to know of what came from that neighbour: which of its own transactions it gets back, and (upward) how far its journal had been applied here when each of ours was committed. Costs nothing as long as
 * nothing came from it. Lives as long as the agent; one thread.
 *
 * <p><b>Downward.</b> A transaction that came from a remote goes back to it if, and only if,
 * <ol>
 * <li>the remote's present history does not contain it: it was restored from a backup, or has a new incarnation;
 * <li>or what it came to be here is not what was sent ({@link Note#RESOLVED});
 * <li>or a row that it touches was sent to the remote in an entry behind what the remote had seen of our journal: there that entry comes, or came, on top of the remote's own change, and has to be followed by it again.
 * </ol>
 * For the third, the offset of the last entry sent is kept for each row ({@link SentRows}), as of the entries that pass here; when nothing is known of the past, it is read from the journal back to what the remote had seen. Where this is not
 * known for certain the transaction goes back: that is always right, since everything that follows goes back, too, and only costs a message.
 *
 * <p><b>Upward.</b> Our journal has what came from above at the place where it was applied, so what our own transaction had seen is the last such entry before it: dependent transactions keep their order.
 */
public final class Exchange {

    /** Farther back nobody looks. */
    private static final long LOOK_BACK_BYTES = 64L << 20;

    private final String neighbour;
    private final Journal journal;
    private SentRows sent;
    private LogOffset begin;
    private LogOffset looked = LogOffset.ZERO;
    private boolean above;
    private boolean wentBack;
    private Seen seen;
    private boolean isSeenKnown;

    /** With one neighbour. */
    public Exchange(String neighbour, Journal journal) {
        this.neighbour = neighbour;
        this.journal = journal;
    }

    /** Whether the neighbour's history is shorter than what it has sent, or another one: it was restored from a backup. */
    public void wentBack(boolean isSo) {
        wentBack = isSo;
    }

    /** From now on the entries behind this offset are shown, in their order, of a scan for a neighbour above or below. */
    void begins(Connection raw, LogOffset scan, boolean isAbove) throws SQLException {
        above = isAbove;
        if (above && (!isSeenKnown || !scan.equals(looked))) {
            looked = scan;
            seen = latestFromAbove(raw, scan);
            isSeenKnown = true;
        }
    }

    /** What the sender had seen of the receiver's journal; null downward, and when it has seen nothing. */
    Seen seen() {
        return above ? seen : null;
    }

    /**
     * Takes notice of an entry, and says whether it may go to the neighbour.
     *
     * @param owed   what the neighbour is owed of the whole journal
     * @param isOwed whether that is anything of this entry
     */
    boolean goes(Connection raw, JournalEntry entry, Owed owed, boolean isOwed) throws SQLException {
        try {
            if (above) {
                return upward(entry);
            }
            return neighbour.equals(entry.origin()) ? isOwed && goesBack(raw, entry, owed) : notice(entry, isOwed);
        } catch (IOException damaged) {
            throw new SQLException(damaged.getMessage(), damaged);
        }
    }

    private boolean upward(JournalEntry entry) throws IOException {
        boolean own = !neighbour.equals(entry.origin());
        if (!own) {
            seen = seenBy(entry);
        }
        looked = entry.offset();
        return own;
    }

    private boolean notice(JournalEntry entry, boolean isOwed) throws IOException {
        if (sent != null && entry.offset().isAfter(looked)) {
            if (isOwed && !sent.add(entry)) {
                begin = entry.offset();
            }
            looked = entry.offset();
        }
        return true;
    }

    private boolean goesBack(Connection raw, JournalEntry entry, Owed owed) throws SQLException, IOException {
        Came came = Came.of(entry, neighbour);
        if (sent == null) {
            lookBack(raw, entry, came, owed);
        }
        LogOffset seenUpTo = came.seenOf(owed.present().mine());
        boolean back = came.resolved || wentBack || came.hop == null || !owed.present().contains(came.hop) || seenUpTo.isBefore(begin) || sent.isAnyAfter(entry, seenUpTo);
        if (entry.offset().isAfter(looked)) {
            looked = entry.offset();
            if (seenUpTo.isAfter(begin)) {
                begin = seenUpTo;
                sent.seen(begin);
            }
            if (back && !sent.add(entry)) {
                begin = entry.offset();
            }
        }
        return back;
    }

    /** What was sent between what the remote had seen and this entry; of what came from it everything, since nobody remembers what of it went back. */
    private void lookBack(Connection raw, JournalEntry entry, Came came, Owed owed) throws SQLException, IOException {
        sent = new SentRows();
        long trimmed = journal.trimmed(raw).offset().bytes();
        long from = Math.min(came.seenOf(owed.present().mine()).bytes(), entry.offset().bytes());
        begin = new LogOffset(Math.max(Math.max(from, trimmed), entry.offset().bytes() - LOOK_BACK_BYTES));
        looked = begin;
        try (JournalScan scan = journal.scan(raw, begin, entry.offset())) {
            for (JournalEntry before = scan.next(); before != null && before.offset().isBefore(entry.offset()); before = scan.next()) {
                boolean isHis = before.target() == null ? !owed.claims(before.offset()).isEmpty() : before.target().equals(neighbour);
                if (isHis && !sent.add(before)) {
                    begin = before.offset();
                }
                looked = before.offset();
            }
        }
    }

    private Seen latestFromAbove(Connection raw, LogOffset before) throws SQLException {
        LogOffset place = journal.latestFrom(raw, neighbour, before);
        if (place == null) {
            return null;
        }
        Seen latest = null;
        try (JournalScan scan = journal.scan(raw, place, before)) {
            for (JournalEntry entry = scan.next(); entry != null && neighbour.equals(entry.origin()); entry = scan.next()) {
                latest = seenBy(entry);
            }
        } catch (IOException damaged) {
            throw new SQLException(damaged.getMessage(), damaged);
        }
        return latest;
    }

    private static Seen seenBy(JournalEntry fromAbove) throws IOException {
        try (TransactionReader reader = new TransactionReader(fromAbove.open())) {
            Begin first = (Begin) reader.next();
            Hop last = first.path().isEmpty() ? null : first.path().get(first.path().size() - 1);
            return last == null ? null : new Seen(last.incarnation(), last.logOffset());
        }
    }

    /** What an entry says of how it came. */
    private record Came(Hop hop, Seen seen, boolean resolved) {

        /** How far of our present history; nothing where it does not say. */
        LogOffset seenOf(UUID mine) {
            return seen == null || !seen.incarnation().equals(mine) ? LogOffset.ZERO : new LogOffset(seen.logOffset());
        }

        static Came of(JournalEntry entry, String from) throws IOException {
            try (TransactionReader reader = new TransactionReader(entry.open())) {
                Hop hop = null;
                Seen seen = null;
                boolean resolved = false;
                for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                    if (record instanceof Begin begin && !begin.path().isEmpty()) {
                        Hop last = begin.path().get(begin.path().size() - 1);
                        hop = last.publisher().equals(from) ? last : null;
                    } else if (record instanceof Seen said) {
                        seen = said;
                    } else if (record instanceof Change change) {
                        resolved |= change.has(Note.RESOLVED);
                    }
                }
                return new Came(hop, seen, resolved);
            }
        }
    }

    /**
     * A remote's history, as far as it is known here.
     *
     * @param mine        our own incarnation
     * @param incarnation of the remote; null before it was heard
     */
    record Present(UUID mine, UUID incarnation) {

        static final Present UNKNOWN = new Present(null, null);

        boolean contains(Hop hop) {
            return hop.incarnation().equals(incarnation);
        }
    }
}
