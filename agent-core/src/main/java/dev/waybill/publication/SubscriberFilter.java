// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ShapeCache;
import dev.waybill.change.TransactionOutline;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
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
 * <p>An entry is not for him when it came from him (he has it), when it is meant for somebody else, or when nothing of it is left. What is meant for him alone passes untouched. Equal entries come out equal, byte by byte, whenever
 * it is done: it depends on the entry, on definitions that never change and on a history that is only added to ({@link Owed}). Pure but for reading definitions; one thread.
 */
public final class SubscriberFilter {

    /** Of entries that are meant for him alone. */
    private static final String UNTOUCHED = "*";

    private final Owed owed;
    private final ShapeCache shapes = new ShapeCache();
    private final TransactionOutline outline = new TransactionOutline(shapes);
    private final Projections projections;
    /** What was found out about one entry holds up to another, which is mostly far away. */
    private LogOffset asked;
    private LogOffset askedUpTo;
    private Set<Claim> claims = Set.of();
    private String joined = "";

    /** For a subscriber to whom this is owed. */
    public SubscriberFilter(Owed owed, CatalogueHistory history) {
        this.owed = owed;
        this.projections = new Projections(history);
    }

    /**
     * Names what is done to this entry: for two subscribers with equal signatures the projection is equal, byte by byte. Null when the entry is not for him; a signature promises nothing about what is left.
     */
    public String signature(JournalEntry entry) {
        if (owed.subscriber().equals(entry.origin()) || entry.target() != null && !entry.target().equals(owed.subscriber())) {
            return null;
        }
        if (entry.target() != null) {
            return entry.offset().isAfter(owed.begun()) ? UNTOUCHED : null;
        }
        return claims(entry.offset()).isEmpty() ? null : joined;
    }

    private Set<Claim> claims(LogOffset entry) {
        if (asked == null || entry.isBefore(asked) || entry.isAfter(askedUpTo)) {
            Set<Claim> found = owed.claims(entry);
            if (!found.equals(claims)) {
                claims = found;
                joined = found.stream().map(Claim::toString).collect(Collectors.joining("\n"));
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
        byte[] content = entry.content();
        if (content != null && outline.passesWhole(content, table -> projections.isSame(raw, table))) {
            out.write(content);
            return true;
        }
        try (TransactionReader reader = new TransactionReader(entry.open(), shapes)) {
            return new Run(raw, new TransactionWriter(out, shapes)).project(reader);
        }
    }

    /** The projection of one entry. */
    private final class Run {

        private final Connection raw;
        private final TransactionWriter writer;
        private Begin begin;
        private long changes;

        Run(Connection raw, TransactionWriter writer) {
            this.raw = raw;
            this.writer = writer;
        }

        boolean project(TransactionReader reader) throws IOException, SQLException {
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                if (record instanceof Begin first) {
                    begin = first;
                } else if (record instanceof Change change) {
                    keep(change);
                } else if (record instanceof End end && changes > 0) {
                    writer.write(new End(end.committedAt(), changes));
                }
            }
            return changes > 0;
        }

        private void keep(Change change) throws IOException, SQLException {
            Projection projection = projections.of(raw, change.table());
            for (Change kept : projection == null ? List.<Change>of() : projection.apply(change)) {
                if (changes == 0) {
                    writer.write(begin);
                }
                writer.write(kept);
                changes++;
            }
        }
    }
}
