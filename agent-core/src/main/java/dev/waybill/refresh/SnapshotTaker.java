// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.SnapshotReference;
import dev.waybill.change.TransactionWriter;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.Journal;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.NewEntry;
import dev.waybill.journal.Position;
import dev.waybill.journal.Sequencer;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.publication.Publication;
import dev.waybill.publication.Subscription;
import dev.waybill.publication.Subscription.State;
import dev.waybill.publication.Subscriptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Takes the snapshots that SYNCHRONIZE asked for. The agent's thread, which alone sequences, so that nothing is sequenced meanwhile; the database must allow a transaction while a snapshot is being read.
 */
public final class SnapshotTaker {

    /** One look in ten is torn, or seems so, where many write. */
    private static final int TORN_AT_MOST = 100;

    private final Dialect dialect;
    private final Sequencer sequencer;
    private final Supplier<UUID> ids;
    private final InstantSource clock;
    private final SnapshotSpool spools;

    /**
     * @param ids   random ids of transactions and spools
     * @param clock commit times, for people
     */
    public SnapshotTaker(Dialect dialect, Sequencer sequencer, Supplier<UUID> ids, InstantSource clock) {
        this.dialect = dialect;
        this.sequencer = sequencer;
        this.ids = ids;
        this.clock = clock;
        this.spools = new SnapshotSpool(dialect);
    }

    /**
     * A snapshot that stands in the journal now.
     *
     * @param subscription as it was before
     * @param offset       of the snapshot: what comes after it in the journal is owed
     * @param rows         how many it holds
     */
    public record Taken(Subscription subscription, LogOffset offset, long rows) {}

    /** Whose snapshots are taken, and how. */
    public interface Choice {

        /** Who begins anew under this catalogue: all that he is to get is taken, and nothing before it is owed to him. */
        Set<String> anew(Catalogue catalogue);

        /** Whether he has this snapshot: before that, no other of the same subscription is taken, so that their number is bounded. */
        boolean isConfirmed(String subscriber, LogOffset snapshot);

        /** In the transaction in which the snapshots get their places: this subscriber begins anew behind this position, the head. Called also when nothing is to be taken for him. */
        void begins(Connection raw, String subscriber, Position base) throws SQLException;
    }

    /**
     * Takes one snapshot for each subscription that waits for one, all of them of the same moment. When it returns a list that is not empty, or somebody began anew, the catalogue has a new version, which the caller announces.
     *
     * @throws SQLException REFRESH_OVERTAKEN: try again; REFRESH_TABLE_GONE; the database's own. Nothing stands in the journal then
     */
    public List<Taken> take(AgentDatabase database, Choice choice) throws SQLException {
        if (!database.<Boolean>read(raw -> isWanted(raw, CatalogueStore.load(raw, dialect), choice))) {
            return List.of();
        }
        while (database.transact(DurableStep.SEQUENCE, sequencer::sequence).more()) {
            continue; // so that few rows are left to be moved with the snapshot
        }
        View view = null;
        for (int i = 0; view == null; i++) {
            view = database.readSnapshot(raw -> read(database, raw, choice));
            if (view == null && i == TORN_AT_MOST) {
                throw WaybillError.OUTBOX_RESTLESS.with(TORN_AT_MOST);
            }
        }
        View whole = view;
        return database.transact(DurableStep.SEQUENCE, raw -> append(raw, whole, choice));
    }

    /** What one moment looked like. */
    private record View(long catalogueVersion, Position head, List<Long> entries, Set<String> anew, List<Spooled> spools) {}

    /** @param subscriptions one; or all of a subscriber who begins anew: nobody sees some of his tables in their new state and some in the old one */
    private record Spooled(List<Subscription> subscriptions, String publisher, SnapshotReference reference, long rows, long sizeBytes) {}

    /** Null when the snapshot may show a transaction without one that it follows. */
    private View read(AgentDatabase database, Connection raw, Choice choice) throws SQLException {
        dialect.streamResults(raw, true);
        try {
            Catalogue catalogue = CatalogueStore.load(raw, dialect);
            Position head = new Journal(dialect).head(raw);
            List<Long> entries = sequencer.visible(raw);
            if (dialect.mayTear() && database.<Boolean>read(other -> sequencer.isTorn(other, entries))) {
                return null;
            }
            List<Spooled> spools = new ArrayList<>();
            Set<String> anew = choice.anew(catalogue);
            for (List<Subscription> together : together(wanted(raw, catalogue, choice), anew)) {
                spools.add(spool(database, raw, catalogue, together));
            }
            return new View(catalogue.version(), head, entries, anew, spools);
        } finally {
            dialect.streamResults(raw, false);
        }
    }

    private boolean isWanted(Connection raw, Catalogue catalogue, Choice choice) throws SQLException {
        return !choice.anew(catalogue).isEmpty() || !wanted(raw, catalogue, choice).isEmpty();
    }

    private static List<List<Subscription>> together(List<Subscription> wanted, Set<String> anew) {
        Map<String, List<Subscription>> together = new LinkedHashMap<>();
        for (Subscription subscription : wanted) {
            String group = anew.contains(subscription.subscriber()) ? subscription.subscriber() : subscription.subscriber() + "\0" + subscription.publication() + "\0" + subscription.value();
            together.computeIfAbsent(group, none -> new ArrayList<>()).add(subscription);
        }
        return List.copyOf(together.values());
    }

    private List<Subscription> wanted(Connection raw, Catalogue catalogue, Choice choice) throws SQLException {
        Set<String> anew = choice.anew(catalogue);
        List<Subscription> wanted = new ArrayList<>();
        for (Subscription subscription : catalogue.subscriptions()) {
            if (anew.contains(subscription.subscriber()) ? subscription.isLive() : subscription.state() == State.SYNCHRONIZE_REQUESTED && isNext(raw, subscription, choice)) {
                wanted.add(subscription);
            }
        }
        return wanted;
    }

    /** Also for a subscription that was dropped and made again. */
    private boolean isNext(Connection raw, Subscription subscription, Choice choice) throws SQLException {
        LogOffset latest = spools.latest(raw, subscription);
        return (latest == null || choice.isConfirmed(subscription.subscriber(), latest)) && (subscription.snapshot() == null || choice.isConfirmed(subscription.subscriber(), subscription.snapshot()));
    }

    private Spooled spool(AgentDatabase database, Connection raw, Catalogue catalogue, List<Subscription> subscriptions) throws SQLException {
        Publication scope = Scope.of(dialect, raw, catalogue, subscriptions);
        String value = subscriptions.get(0).value();
        UUID spoolId = ids.get();
        SpoolWriter spool = new SpoolWriter(database, dialect, spoolId);
        try {
            TransactionWriter writer = new TransactionWriter(spool);
            writer.write(new Begin(ids.get(), catalogue.publisher(), "", List.of()));
            SnapshotRows rows = new SnapshotRows(dialect, raw, writer, name -> catalogue.publication(name).orElseThrow());
            long count = rows.write(scope, value, Definitions.of(dialect, raw, catalogue, scope));
            writer.write(new End(clock.instant(), rows.changes()));
            spool.complete();
            return new Spooled(subscriptions, catalogue.publisher(), new SnapshotReference(scope.name(), value, spoolId), count, spool.sizeBytes());
        } catch (IOException failed) {
            throw failed.getCause() instanceof SQLException sql ? sql : WaybillError.REFRESH_SPOOL_LOST.because(failed, spoolId, failed.getMessage());
        }
    }

    private List<Taken> append(Connection raw, View view, Choice choice) throws SQLException {
        if (version(raw) != view.catalogueVersion() || !new Journal(dialect).head(raw).equals(view.head())) {
            throw WaybillError.REFRESH_OVERTAKEN.with(view.spools().stream().map(spooled -> spooled.subscriptions().get(0).subscriber()).findFirst().orElse(String.join(", ", view.anew())));
        }
        Position head = sequencer.sequenceExactly(raw, view.entries()).head();
        for (String subscriber : view.anew()) {
            Subscriptions.beginAnew(raw, dialect, subscriber, head.offset());
            choice.begins(raw, subscriber, head);
        }
        List<Taken> taken = new ArrayList<>();
        for (Spooled spooled : view.spools()) {
            taken.addAll(append(raw, spooled, view.anew().contains(spooled.subscriptions().get(0).subscriber())));
        }
        return taken;
    }

    private List<Taken> append(Connection raw, Spooled spooled, boolean anew) throws SQLException {
        Subscription first = spooled.subscriptions().get(0);
        UUID transactionId = ids.get();
        LogOffset offset = sequencer.append(raw, new NewEntry(transactionId, null, first.subscriber(), entry(transactionId, spooled))).offset();
        List<Taken> taken = new ArrayList<>();
        for (Subscription each : spooled.subscriptions()) {
            Subscription subscription = anew ? each.begunAnew() : each;
            if (!Subscriptions.record(raw, dialect, subscription, subscription.state(), State.SYNCHRONIZING, offset)) {
                throw WaybillError.REFRESH_OVERTAKEN.with(subscription.subscriber());
            }
            taken.add(new Taken(subscription, offset, spooled.rows()));
        }
        spools.name(raw, spooled.reference().spoolId(), first, offset, spooled.sizeBytes());
        return taken;
    }

    /** Locks the catalogue too: nobody changes it until the snapshot stands in the journal. */
    private long version(Connection raw) throws SQLException {
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT version FROM " + dialect.catalogueTable("catalogue") + " WHERE one = 1" + dialect.forUpdate())) {
            return row.next() ? row.getLong(1) : -1;
        }
    }

    private byte[] entry(UUID transactionId, Spooled spooled) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            TransactionWriter writer = new TransactionWriter(bytes);
            for (TransactionRecord record : List.of(new Begin(transactionId, spooled.publisher(), "", List.of()), spooled.reference(), new End(clock.instant(), 0))) {
                writer.write(record);
            }
            return bytes.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
