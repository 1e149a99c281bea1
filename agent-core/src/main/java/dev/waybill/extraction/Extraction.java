// SPDX-License-Identifier: Apache-2.0
package dev.waybill.extraction;

import dev.waybill.change.TableDefinition;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.publication.MessageType;
import dev.waybill.publication.RemoteUser;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;

/**
 * Fills databases with what remote users are to get, and makes them take part: the package page says how. What was ended half-way is gone on with when it is run again with the same spool. One thread, and what it lets run beside it.
 */
public final class Extraction {

    private final Place hq;
    private final Path directory;
    private final Choices choices;
    private final Executor beside;
    private final InstantSource clock;
    private final ExtractionHandler handler;

    /**
     * @param directory of the spool
     * @param beside    runs what is done in parallel; as many threads as are wished for, less one
     */
    public Extraction(Place hq, Path directory, Choices choices, Executor beside, InstantSource clock, ExtractionHandler handler) {
        this.hq = hq;
        this.directory = directory;
        this.choices = choices;
        this.beside = beside;
        this.clock = clock;
        this.handler = handler;
    }

    /**
     * What is wished for.
     *
     * @param options  of the message type at the remotes, instead of the head office's; an empty value: none
     * @param both     whether what is written at the remotes goes up
     * @param again    whether databases that were heard under these names may lose their places
     * @param parallel connections to each database at most
     * @param keep     whether the spool stays, for other databases that are filled by hand
     */
    public record Choices(Map<String, String> options, boolean both, boolean again, int parallel, boolean keep) {
        public Choices {
            options = Map.copyOf(options);
        }
    }

    /**
     * What came of it.
     *
     * @param offset of the snapshot in the head office's journal
     * @param rows   by remote user
     * @param left   what stayed behind: kind, where, what
     */
    public record Outcome(long offset, Map<String, Long> rows, List<List<String>> left) {}

    /**
     * Fills these databases, by remote user.
     *
     * @throws SQLException what is wrong, or went wrong; what is there by then serves the next run
     */
    public Outcome run(Map<String, Place> remotes) throws SQLException, IOException {
        Catalogue catalogue = catalogue();
        expectReachable(catalogue, remotes.keySet());
        try (Spool spool = Spool.open(directory)) {
            Map<String, UUID> databases = new LinkedHashMap<>();
            List<Target> targets = new ArrayList<>();
            for (Map.Entry<String, Place> remote : remotes.entrySet()) {
                Target target = new Target(remote.getKey(), remote.getValue(), clock, handler);
                databases.put(remote.getKey(), target.incarnation());
                targets.add(target);
            }
            Manifest manifest = usable(spool.manifest(), databases);
            if (manifest == null) {
                for (Target target : targets) {
                    target.expectFree();
                }
                manifest = new Reading(hq, spool, beside, choices.parallel(), clock, handler).run(databases, choices.again());
            }
            Outcome outcome = bring(spool, manifest, catalogue, targets);
            if (!choices.keep()) {
                spool.remove();
            }
            return outcome;
        }
    }

    private Outcome bring(Spool spool, Manifest manifest, Catalogue catalogue, List<Target> targets) throws SQLException, IOException {
        Map<String, Long> rows = new LinkedHashMap<>();
        Set<LeftBehind.Left> left = new LinkedHashSet<>();
        for (Target target : targets) {
            Manifest.Share share = manifest.share(target.remote()).orElseThrow();
            List<TableDefinition> tables = definitions(spool, share);
            if (target.state() != Target.State.WHOLE) {
                target.fill(spool, manifest, share, beside, choices.parallel());
                handler.said("The rows of " + target.remote() + " are there: now it takes its place below " + manifest.publisher() + ".");
                new Settling(target.remote(), target.place(), catalogue, manifest.place(), clock).run(tables, choices.options(), choices.both());
                handler.said(target.remote() + " takes part.");
                target.finish();
            }
            rows.put(target.remote(), share.loads().stream().filter(load -> !load.isLate()).mapToLong(load -> manifest.files().get(load.file()).rows()).sum());
            left.addAll(left(target.place(), tables));
        }
        return new Outcome(manifest.place().offset().bytes(), rows, left.stream().map(each -> List.of(each.kind(), each.where(), each.what())).toList());
    }

    private Set<LeftBehind.Left> left(Place remote, List<TableDefinition> tables) throws SQLException {
        Set<LeftBehind.Left> left = new LinkedHashSet<>();
        try (Connection raw = remote.session()) {
            left.addAll(LeftBehind.ofTables(raw, remote.dialect()));
            raw.rollback();
        }
        try (Connection raw = hq.session()) {
            left.addAll(LeftBehind.ofDatabase(raw, hq.dialect(), tables));
            raw.rollback();
        }
        return left;
    }

    private static List<TableDefinition> definitions(Spool spool, Manifest.Share share) throws SQLException, IOException {
        spool.checkDefinitions(share);
        try (TransactionReader reader = new TransactionReader(spool.readDefinitions(share.remote()))) {
            reader.next();
            return ((SnapshotStart) reader.next()).tables();
        }
    }

    /** The spool's, when it can be gone on with: it is for these databases, and the head office has not started any of them elsewhere since. */
    private Manifest usable(Manifest manifest, Map<String, UUID> databases) throws SQLException {
        if (manifest == null) {
            return null;
        }
        boolean isForAll = manifest.shares().size() == databases.size();
        for (Map.Entry<String, UUID> database : databases.entrySet()) {
            boolean isHis = manifest.share(database.getKey()).filter(share -> share.database().equals(database.getValue())).isPresent();
            if (!isForAll || !isHis || !isOwedFrom(database.getKey(), database.getValue(), manifest)) {
                handler.said("The spool is of " + manifest.taken() + " and not for " + database.getKey() + " as it is now: the extraction begins anew.");
                return null;
            }
        }
        handler.said("The snapshot of " + manifest.taken() + ", after log offset " + manifest.place().offset() + " of the head office, is in the spool: the extraction goes on with it.");
        return manifest;
    }

    /** Whether this database is served from the place of the snapshot on, or will be as soon as the agent looks. */
    private boolean isOwedFrom(String remote, UUID database, Manifest manifest) throws SQLException {
        String sql = "SELECT incarnation, request, log_begun FROM " + hq.dialect().catalogueTable("remote_user") + " WHERE user_name = ?";
        try (Connection raw = hq.session(); PreparedStatement select = raw.prepareStatement(sql)) {
            select.setString(1, remote);
            try (ResultSet row = select.executeQuery()) {
                boolean isThere = row.next();
                boolean isMeant = isThere && (database.equals(hq.dialect().uuid(row, 1)) || String.valueOf(row.getString(2)).contains(database.toString()));
                return isMeant && row.getLong(3) == manifest.place().offset().bytes() && catalogue().incarnation().equals(manifest.place().incarnation());
            }
        }
    }

    private Catalogue catalogue() throws SQLException {
        try (Connection raw = hq.session()) {
            if (!hq.dialect().hasCatalogue(raw)) {
                throw WaybillError.PUBLISHER_MISSING.with();
            }
            Catalogue catalogue = CatalogueStore.load(raw, hq.dialect());
            raw.rollback();
            return catalogue;
        }
    }

    /** Before anything is done: who is to be told where the head office is. */
    private static void expectReachable(Catalogue catalogue, Set<String> remotes) throws SQLException {
        if (catalogue.publisher() == null) {
            throw WaybillError.PUBLISHER_MISSING.with();
        }
        for (String remote : remotes) {
            RemoteUser user = catalogue.remoteUser(remote).filter(known -> !known.consolidated())
                    .orElseThrow(() -> WaybillError.USER_UNKNOWN.with("remote user", remote, String.join(", ", catalogue.remoteUsers().stream().map(RemoteUser::name).toList())));
            MessageType type = catalogue.messageType(user.messageType()).orElseThrow();
            if (type.address() == null) {
                throw WaybillError.EXTRACT_NO_ADDRESS.with(type.name(), remote);
            }
            if (catalogue.subscriptionsOf(remote).isEmpty()) {
                throw WaybillError.EXTRACT_NOTHING.with(remote);
            }
        }
    }
}
