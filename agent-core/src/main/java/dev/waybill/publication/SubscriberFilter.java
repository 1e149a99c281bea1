// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ShapeCache;
import dev.waybill.change.TransactionOutline;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.Note;
import dev.waybill.change.TransactionRecord.Passthrough;
import dev.waybill.change.TransactionRecord.PassthroughEnd;
import dev.waybill.change.TransactionRecord.Seen;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionWriter;
import dev.waybill.journal.JournalEntry;
import dev.waybill.journal.LogOffset;
import dev.waybill.publication.Owed.Claim;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one subscriber gets of the journal: of each entry the tables, columns and rows of the publications that he subscribes to, as they were defined when the change was captured.
 *
 * <p>An entry is not for him when it came from him and he has it ({@link Exchange}), when it is meant for somebody else, or when nothing of it is left. What is meant for him alone passes untouched. Equal entries come out equal, byte by byte, whenever
 * it is done: it depends on the entry, on definitions that never change and on a history that is only added to ({@link Owed}). One thread.
 */
public final class SubscriberFilter {

    /** Of entries that are meant for him alone. */
    private static final String UNTOUCHED = "*";

    private final Owed owed;
    private final ShapeCache shapes = new ShapeCache();
    private final TransactionOutline outline = new TransactionOutline(shapes);
    private final Projections projections;
    private final Exchange exchange;
    private final Connection raw;
    private final boolean upward;
    /** What was found out about one entry holds up to another, which is mostly far away. */
    private LogOffset asked;
    private LogOffset askedUpTo;
    private Set<Claim> claims = Set.of();
    private String joined = "";
    private LogOffset signed;
    private String signature;

    /** For a subscriber to whom this is owed, and from whom nothing ever comes. */
    public SubscriberFilter(Owed owed, CatalogueHistory history) {
        this(owed, history, null, null, false);
    }

    private SubscriberFilter(Owed owed, CatalogueHistory history, Exchange exchange, Connection raw, boolean upward) {
        this.owed = owed;
        this.projections = new Projections(history, upward);
        this.exchange = exchange;
        this.raw = raw;
        this.upward = upward;
    }

    /**
     * For a subscriber to whom this is owed.
     *
     * @param exchange what is known of what came from him; is shown the entries behind {@code scan} as they are asked for
     * @param upward   whether he is the consolidated database
     */
    public static SubscriberFilter of(Owed owed, CatalogueHistory history, Exchange exchange, Connection raw, LogOffset scan, boolean upward) throws SQLException {
        exchange.begins(raw, scan, upward);
        return new SubscriberFilter(owed, history, exchange, raw, upward);
    }

    /**
     * Names what is done to this entry: for two subscribers with equal signatures the projection is equal, byte by byte, unless the entry has statements of PASSTHROUGH ({@link TransactionOutline#passes}). Null when the entry is not for him; a signature promises nothing about what is left.
     */
    public String signature(JournalEntry entry) throws SQLException {
        if (exchange == null) {
            return owed.subscriber().equals(entry.origin()) ? null : wanted(entry);
        }
        if (!entry.offset().equals(signed)) {
            String wanted = wanted(entry);
            signature = exchange.goes(raw, entry, owed, wanted != null) ? wanted : null;
            signed = entry.offset();
        }
        return signature;
    }

    private String wanted(JournalEntry entry) {
        if (entry.target() != null) {
            return entry.target().equals(owed.subscriber()) && entry.offset().isAfter(owed.begun()) ? UNTOUCHED : null;
        }
        return claims(entry.offset()).isEmpty() ? null : joined;
    }

    private Set<Claim> claims(LogOffset entry) {
        if (asked == null || entry.isBefore(asked) || entry.isAfter(askedUpTo)) {
            Set<Claim> found = owed.claims(entry);
            if (!found.equals(claims)) {
                claims = found;
                joined = found.stream().map(Claim::toString).collect(Collectors.joining("\n", upward ? "^" : "", ""));
            }
            asked = entry;
            askedUpTo = owed.unchangedUpTo(entry);
        }
        return claims;
    }

    /**
     * Writes what is left of the entry, streaming; large values go through unread, and what is wholly his is copied without being decoded.
     *
     * @return false when nothing is left for him; then nothing was written
     */
    public boolean project(Connection raw, JournalEntry entry, OutputStream out) throws IOException, SQLException {
        String signature = signature(entry);
        if (signature == null) {
            return false;
        }
        if (signature.equals(UNTOUCHED)) {
            try (InputStream whole = entry.open()) {
                whole.transferTo(out);
            }
            return true;
        }
        projections.use(claims(entry.offset()));
        Seen seen = exchange == null ? null : exchange.seen();
        byte[] content = seen == null ? entry.content() : null;
        if (content != null && outline.passesWhole(content, table -> projections.isSame(raw, table))) {
            out.write(content);
            return true;
        }
        try (TransactionReader reader = new TransactionReader(entry.open(), shapes)) {
            return new Run(raw, new TransactionWriter(out, shapes), seen).project(reader);
        }
    }

    /** The projection of one entry. */
    private final class Run {

        private final Connection raw;
        private final TransactionWriter writer;
        private final Seen seen;
        private Begin begin;
        private long changes;
        private boolean begun;
        /** What a statement changed that he executes himself. */
        private boolean skipping;

        Run(Connection raw, TransactionWriter writer, Seen seen) {
            this.raw = raw;
            this.writer = writer;
            this.seen = seen;
        }

        boolean project(TransactionReader reader) throws IOException, SQLException {
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                if (record instanceof Begin first) {
                    begin = first;
                } else if (record instanceof Passthrough passed) {
                    pass(passed);
                } else if (record instanceof PassthroughEnd) {
                    skipping = false;
                } else if (record instanceof Change change && !skipping) {
                    keep(change);
                } else if (record instanceof End end && begun) {
                    writer.write(new End(end.committedAt(), changes));
                }
            }
            return begun;
        }

        private void pass(Passthrough passed) throws IOException {
            skipping = !upward && passed.recipients().contains(owed.subscriber());
            if (skipping) {
                begin();
                writer.write(new Passthrough(List.of(owed.subscriber()), passed.product(), passed.defines(), passed.statement()));
                writer.write(new PassthroughEnd());
            }
        }

        private void begin() throws IOException {
            if (begun) {
                return;
            }
            begun = true;
            writer.write(begin);
            if (seen != null) {
                writer.write(seen);
            }
        }

        private void keep(Change change) throws IOException, SQLException {
            if (change.has(Note.ASKED) && !upward) {
                return; // what this database asks the one above
            }
            Projection projection = projections.of(raw, change.table());
            for (Change kept : projection == null ? List.<Change>of() : projection.apply(change)) {
                begin();
                writer.write(kept);
                changes++;
            }
        }
    }
}
