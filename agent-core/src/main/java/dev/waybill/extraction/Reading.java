// SPDX-License-Identifier: Apache-2.0
package dev.waybill.extraction;

import dev.waybill.dialect.Dialect;
import dev.waybill.journal.Position;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.publication.Extractions;
import dev.waybill.refresh.ExtractedTables;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executor;

/** The head office's rows at one moment become a spool: what several remote users get alike is read, and written, once. One use, one thread, and what it lets read beside it. */
final class Reading {

    private final Place hq;
    private final Spool spool;
    private final Executor beside;
    private final int parallel;
    private final InstantSource clock;
    private final ExtractionHandler handler;
    private final Map<Integer, Manifest.File> written = new TreeMap<>();
    private long rows;
    private int all;

    Reading(Place hq, Spool spool, Executor beside, int parallel, InstantSource clock, ExtractionHandler handler) {
        this.hq = hq;
        this.spool = spool;
        this.beside = beside;
        this.parallel = parallel;
        this.clock = clock;
        this.handler = handler;
    }

    /**
     * @param databases by remote user the incarnation of his database
     * @param again     whether databases that were heard under these names may lose their places
     * @return the manifest of the complete spool; from its place on all of them are owed what is committed
     */
    Manifest run(Map<String, UUID> databases, boolean again) throws SQLException, IOException {
        spool.empty();
        List<Connection> snapshots = new ArrayList<>();
        try {
            Connection first = hq.session();
            snapshots.add(first);
            Position place = begin(first, databases, again);
            handler.said("The snapshot is the state after log offset " + place.offset() + " of the head office. Who writes there goes on.");
            share(snapshots);
            Catalogue catalogue = CatalogueStore.load(first, hq.dialect());
            return write(snapshots, catalogue, place, databases);
        } finally {
            close(snapshots);
        }
    }

    private Position begin(Connection first, Map<String, UUID> databases, boolean again) throws SQLException {
        Dialect dialect = hq.dialect();
        try (Connection raw = hq.session()) {
            Position place = new Extractions(hq.administration(raw, clock)).start(databases, again, sequencer -> {
                first.rollback();
                dialect.beginSnapshot(first);
                return sequencer.visible(first);
            });
            raw.rollback();
            dialect.makeDurable(raw); // before anybody is told of the place
            raw.commit();
            return place;
        }
    }

    private void share(List<Connection> snapshots) throws SQLException {
        String shared = parallel > 1 ? hq.dialect().shareSnapshot(snapshots.get(0)) : null;
        if (shared == null) {
            handler.said(parallel > 1 ? "Tables are read one after the other: connections to " + hq.dialect().name() + " cannot share a snapshot." : "Tables are read one after the other, as you wish.");
        } else {
            for (int i = 1; i < parallel; i++) {
                Connection other = hq.session();
                snapshots.add(other);
                hq.dialect().joinSnapshot(other, shared);
            }
            handler.said(parallel + " connections read the tables, of one snapshot.");
        }
    }

    private Manifest write(List<Connection> snapshots, Catalogue catalogue, Position place, Map<String, UUID> databases) throws SQLException, IOException {
        Map<String, Integer> files = new LinkedHashMap<>();
        List<Lanes.Work> works = new ArrayList<>();
        List<Manifest.Share> shares = new ArrayList<>();
        for (Map.Entry<String, UUID> database : databases.entrySet()) {
            ExtractedTables tables = ExtractedTables.of(hq.dialect(), snapshots.get(0), catalogue, catalogue.subscriptionsOf(database.getKey()));
            List<Manifest.Load> loads = new ArrayList<>();
            for (ExtractedTables.Step step : tables.steps()) {
                int file = files.computeIfAbsent(step.content(), content -> {
                    works.add(new TableWork(works.size(), tables, step));
                    return works.size() - 1;
                });
                loads.add(new Manifest.Load(step.index(), step.isLate(), file, step.waits()));
            }
            int crc = spool.writeDefinitions(database.getKey(), out -> {
                tables.writeDefinitions(out);
                return 0;
            });
            shares.add(new Manifest.Share(database.getKey(), database.getValue(), crc, loads));
        }
        for (Connection snapshot : snapshots) {
            hq.dialect().streamResults(snapshot, true);
        }
        all = works.size();
        handler.went("reading", 0, all, 0);
        Lanes.run(works, snapshots, beside);
        Manifest manifest = new Manifest(catalogue.publisher(), place, clock.instant(), List.copyOf(written.values()), shares);
        spool.complete(manifest);
        return manifest;
    }

    /** One table, read and written by itself. */
    private final class TableWork implements Lanes.Work {

        private final int number;
        private final ExtractedTables tables;
        private final ExtractedTables.Step step;

        private TableWork(int number, ExtractedTables tables, ExtractedTables.Step step) {
            this.number = number;
            this.tables = tables;
            this.step = step;
        }

        @Override
        public int number() {
            return number;
        }

        @Override
        public List<Integer> after() {
            return List.of();
        }

        @Override
        public void run(Connection raw) throws SQLException, IOException {
            ended(spool.write(number, out -> tables.write(raw, step, out)));
        }
    }

    private synchronized void ended(Manifest.File file) {
        written.put(file.number(), file);
        rows += file.rows();
        handler.went("reading", written.size(), all, rows);
    }

    /** What was read stands in the spool, or is not wanted: that a connection ends badly changes nothing. */
    private void close(List<Connection> snapshots) {
        for (Connection snapshot : snapshots) {
            try (snapshot) {
                snapshot.rollback();
            } catch (SQLException failed) {
                handler.said("A connection to the head office ended badly, when it was not needed any more: " + failed.getMessage());
            }
        }
    }
}
