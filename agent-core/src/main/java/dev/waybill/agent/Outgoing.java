// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.change.TransactionOutline;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.SnapshotReference;
import dev.waybill.delivery.DeliverySettings;
import dev.waybill.delivery.SenderAction;
import dev.waybill.delivery.SenderEvent;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.Journal;
import dev.waybill.journal.JournalEntry;
import dev.waybill.journal.JournalScan;
import dev.waybill.journal.LogOffset;
import dev.waybill.message.MessageKind;
import dev.waybill.publication.CatalogueHistory;
import dev.waybill.publication.Exchange;
import dev.waybill.publication.Owed;
import dev.waybill.publication.SubscriberFilter;
import dev.waybill.publication.Subscriptions;
import dev.waybill.refresh.SnapshotSpool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;

/**
 * Sends: one scan of the journal serves everybody who is due. Bounded: what is left is sent by the next cycle, so that receiving never waits for a long backlog. One thread.
 */
final class Outgoing {

    /** Most bytes of journal looked through in one cycle; a larger transaction is sent whole. */
    private static final long SCAN_BYTES = 8L << 20;
    /** An entry up to this size is projected once for all who get the same of it; a larger one streams to each. */
    private static final long SHARED_BYTES = 256L << 10;
    /** Most bytes of messages that are being filled for all together: beyond that all of them leave as they are. With many subscribers messages get shorter. */
    private static final long HELD_BYTES = 32L << 20;

    private final AgentDatabase database;
    private final Dialect dialect;
    private final Journal journal;
    private final CatalogueHistory history;
    private final SnapshotSpool spool;
    private final DeliverySettings settings;
    private final Post post;
    private final Speech speech;
    private final Executor beside;
    private final InstantSource clock;
    /** Snapshots that were to be sent and whose spools are gone. */
    private final Map<Neighbour, LogOffset> lost = new LinkedHashMap<>();
    private final Map<Neighbour, Exchange> exchanges = new WeakHashMap<>();

    Outgoing(AgentDatabase database, Dialect dialect, Journal journal, CatalogueHistory history, SnapshotSpool spool, DeliverySettings settings, Post post, Speech speech, Executor beside, InstantSource clock) {
        this.database = database;
        this.dialect = dialect;
        this.journal = journal;
        this.history = history;
        this.spool = spool;
        this.settings = settings;
        this.post = post;
        this.speech = speech;
        this.beside = beside;
        this.clock = clock;
    }

    /** What one neighbour wants sent. */
    record Wish(Neighbour to, SenderAction.SendFrom action) {}

    /** Sends to all of them, so far; returns whether the scan ended before that. */
    boolean send(List<Wish> wishes, Sequencing.Extent extent) throws SQLException {
        lost.clear();
        List<OutStream> streams = new ArrayList<>();
        for (Wish wish : wishes) {
            if (post.isOpen(wish.to())) {
                streams.add(new OutStream(wish.to(), wish.action(), extent.speaksOf(), settings, post, speech, beside, clock));
            }
        }
        LogOffset from = streams.stream().filter(stream -> !stream.isStopped()).map(OutStream::scanFrom).min(LogOffset::compareTo).orElse(null);
        boolean more = from != null && database.<Boolean>read(raw -> scan(raw, from, extent.upTo(), streams));
        Set<String> broken = post.flush(streams.stream().map(OutStream::to).toList());
        streams.stream().filter(stream -> !broken.contains(stream.to().name())).forEach(OutStream::end);
        return more;
    }

    /** After sending, which transacts nothing. A lost spool is a new snapshot: what comes after the old one would meet rows that are not there. */
    void synchronizeWhatWasLost() throws SQLException {
        for (Map.Entry<Neighbour, LogOffset> snapshot : lost.entrySet()) {
            Neighbour subscriber = snapshot.getKey();
            database.<Void>transact(DurableStep.CATALOGUE, raw -> {
                Subscriptions.requestAll(raw, dialect, subscriber.name());
                return null;
            });
            subscriber.tell(new SenderEvent.SnapshotLost(snapshot.getValue()), clock.instant());
        }
        lost.clear();
    }

    /** What is owed is read after the end of the scan is known: see {@link Owed#load}. The catalogue that the agent has in memory may be older than the entries. */
    private boolean scan(Connection raw, LogOffset from, LogOffset upTo, List<OutStream> streams) throws SQLException {
        long left = SCAN_BYTES;
        long held = 0;
        try (JournalScan scan = journal.scan(raw, from, upTo)) {
            Map<String, Owed> owed = Owed.load(raw, dialect);
            Set<String> resetting = Requests.resetting(raw, dialect); // read after the end of the scan is known, as what is owed
            streams.stream().filter(stream -> resetting.contains(stream.to().name())).forEach(OutStream::stop);
            Map<OutStream, SubscriberFilter> filters = new LinkedHashMap<>();
            for (OutStream stream : streams) {
                Neighbour to = stream.to();
                Exchange exchange = exchanges.computeIfAbsent(to, neighbour -> new Exchange(neighbour.name(), journal));
                exchange.wentBack(to.wentBack());
                filters.put(stream, SubscriberFilter.of(owed.getOrDefault(to.name(), Owed.nothing(to.name())), history, exchange, raw, stream.scanFrom(), to.user().consolidated()));
            }
            for (JournalEntry entry = scan.next(); entry != null && left > 0 && !areAllStopped(streams); entry = scan.next()) {
                held += offer(raw, entry, filters);
                left -= entry.sizeBytes();
                if (held > HELD_BYTES) {
                    flush(streams);
                    held = 0;
                }
            }
            flush(streams);
        } catch (IOException damaged) {
            throw new SQLException(damaged.getMessage(), damaged);
        }
        return left <= 0;
    }

    /** For every entry: without a stream. */
    private static boolean areAllStopped(List<OutStream> streams) {
        for (OutStream stream : streams) {
            if (!stream.isStopped()) {
                return false;
            }
        }
        return true;
    }

    private static void flush(List<OutStream> streams) throws SQLException, IOException {
        for (OutStream stream : streams) {
            stream.flush();
        }
    }

    /** Shows one entry to everybody who has not seen it; what is equal for several is projected once. How many bytes may be held for all of them because of it. */
    private long offer(Connection raw, JournalEntry entry, Map<OutStream, SubscriberFilter> filters) throws SQLException, IOException {
        String projected = null;
        byte[] content = null;
        long held = 0;
        boolean shared = filters.size() > 1 && entry.sizeBytes() <= SHARED_BYTES && !passes(entry);
        for (Map.Entry<OutStream, SubscriberFilter> each : filters.entrySet()) {
            OutStream stream = each.getKey();
            if (!stream.wants(entry.offset())) {
                continue;
            }
            String signature = each.getValue().signature(entry);
            if (signature != null && entry.target() != null) {
                administration(raw, entry, stream);
            } else if (signature != null && !shared) {
                stream.transaction(MessageKind.DATA, entry.offset(), entry.digest(), out -> each.getValue().project(raw, entry, out));
            } else if (signature != null) {
                if (!signature.equals(projected)) {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    each.getValue().project(raw, entry, bytes);
                    projected = signature;
                    content = bytes.toByteArray();
                }
                byte[] same = content;
                held += same.length;
                stream.transaction(MessageKind.DATA, entry.offset(), entry.digest(), out -> out.write(same));
            }
            stream.looked(entry.offset());
        }
        return held;
    }

    /** Who gets a statement of PASSTHROUGH stands in the entry, not in its signature. */
    private static boolean passes(JournalEntry entry) throws IOException {
        byte[] content = entry.content();
        return content == null || TransactionOutline.passes(content);
    }

    /** What is meant for one alone: a snapshot stands in the journal as a reference, its rows come from the spool. Without them the stream ends before it. */
    private void administration(Connection raw, JournalEntry entry, OutStream stream) throws SQLException, IOException {
        SnapshotReference reference = reference(entry);
        if (reference == null) {
            stream.transaction(MessageKind.DATA, entry.offset(), entry.digest(), out -> entry.open().transferTo(out));
        } else if (!spool.contains(raw, reference.spoolId())) {
            stream.cut();
            lost.put(stream.to(), entry.offset());
        } else {
            snapshot(raw, entry, reference, stream);
        }
    }

    /** A spool that is damaged is as good as lost; parts that have left already never become whole. */
    private void snapshot(Connection raw, JournalEntry entry, SnapshotReference reference, OutStream stream) throws SQLException, IOException {
        try {
            stream.transaction(MessageKind.SNAPSHOT, entry.offset(), entry.digest(), out -> {
                try (InputStream in = spool.open(raw, reference.spoolId())) {
                    in.transferTo(out);
                }
            });
        } catch (IOException broken) {
            if (!(broken.getCause() instanceof SQLException damaged && WaybillError.REFRESH_SPOOL_LOST.is(damaged))) {
                throw broken;
            }
            stream.stop();
            lost.put(stream.to(), entry.offset());
        }
    }

    private static SnapshotReference reference(JournalEntry entry) throws IOException {
        try (TransactionReader reader = new TransactionReader(entry.open())) {
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                if (record instanceof SnapshotReference reference) {
                    return reference;
                }
            }
            return null;
        }
    }
}
