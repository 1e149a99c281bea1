// SPDX-License-Identifier: Apache-2.0
package dev.waybill.extraction;

import dev.waybill.apply.Applier;
import dev.waybill.apply.ReceivedTransaction;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.dialect.CatalogueInstaller;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.Position;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.refresh.SnapshotInstaller;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;

/**
 * The database of one remote user, while it is being filled. How far that has come stands in its own table of counters, in the transactions that bring the rows: {@code extracting}, a line for the snapshot and one for each step. The lines go
 * when all is done. One thread, and what it lets load beside it.
 */
final class Target {

    private static final String MARK = "extracting";

    private final String remote;
    private final Place place;
    private final InstantSource clock;
    private final ExtractionHandler handler;
    private int loaded;
    private long rows;

    Target(String remote, Place place, InstantSource clock, ExtractionHandler handler) {
        this.remote = remote;
        this.place = place;
        this.clock = clock;
        this.handler = handler;
    }

    String remote() {
        return remote;
    }

    Place place() {
        return place;
    }

    /** How far it is. */
    enum State {
        /** It takes part in nothing. */
        FRESH,
        /** An extraction has begun to fill it. */
        BEGUN,
        /** It takes part. */
        WHOLE
    }

    /** Makes its catalogue, where there is none, and says which incarnation it is. */
    UUID incarnation() throws SQLException {
        try (Connection raw = place.session()) {
            if (!place.dialect().hasCatalogue(raw)) { // one of an older format is somebody's: that is not for us to change
                new CatalogueInstaller(place.dialect(), UUID::randomUUID, clock).install(raw);
            }
            UUID incarnation = CatalogueStore.load(raw, place.dialect()).incarnation();
            raw.rollback();
            return incarnation;
        }
    }

    /** Asked of a database with a catalogue. */
    State state() throws SQLException {
        try (Connection raw = place.session()) {
            State state = !marks(raw).isEmpty() ? State.BEGUN : CatalogueStore.load(raw, place.dialect()).publisher() == null ? State.FRESH : State.WHOLE;
            raw.rollback();
            return state;
        }
    }

    /** @throws SQLException EXTRACT_OCCUPIED */
    void expectFree() throws SQLException {
        if (state() == State.WHOLE) {
            try (Connection raw = place.session()) {
                Catalogue there = CatalogueStore.load(raw, place.dialect());
                raw.rollback();
                throw WaybillError.EXTRACT_OCCUPIED.with(remote, there.publisher());
            }
        }
    }

    /**
     * Makes tables and rows, as far as they are not there; what another snapshot has left is removed first. Each step is one transaction.
     *
     * @throws SQLException EXTRACT_ROWS, REFRESH_TABLE_DIFFERS, EXTRACT_SPOOL, the database's own; what was loaded stays
     */
    void fill(Spool spool, Manifest manifest, Manifest.Share share, Executor beside, int parallel) throws SQLException, IOException {
        spool.checkDefinitions(share);
        SnapshotStart definitions = definitions(spool);
        List<Connection> sessions = new ArrayList<>();
        try {
            sessions.add(place.session());
            begin(sessions.get(0), definitions, manifest.place());
            int lanes = place.dialect().shareSnapshot(sessions.get(0)) == null ? 1 : parallel; // the products that can read in parallel can write so, too
            sessions.get(0).rollback();
            while (sessions.size() < lanes) {
                sessions.add(place.session());
            }
            Set<String> done = marks(sessions.get(0));
            sessions.get(0).rollback();
            load(spool, manifest, share, sessions, done, beside);
        } finally {
            for (Connection session : sessions) {
                session.close();
            }
        }
    }

    private SnapshotStart definitions(Spool spool) throws IOException {
        try (TransactionReader reader = new TransactionReader(spool.readDefinitions(remote))) {
            reader.next();
            return (SnapshotStart) reader.next();
        }
    }

    /** The tables are there, and hold nothing but what this snapshot has brought. */
    private void begin(Connection raw, SnapshotStart definitions, Position from) throws SQLException {
        SnapshotInstaller installer = new SnapshotInstaller(place.dialect());
        Set<String> marks = marks(raw);
        raw.rollback();
        installer.createTables(new OneSession(raw, place.dialect()), definitions);
        if (marks.contains(mark(from))) {
            handler.said("The database for " + remote + " has " + (marks.size() - 1) + " steps of this snapshot already: it goes on from there.");
            return;
        }
        place.dialect().beginWriting(raw);
        List<TableDefinition> local = installer.local(raw, definitions.tables());
        if (marks.isEmpty()) {
            expectEmpty(raw, local);
        } else {
            handler.said("The database for " + remote + " has rows of another snapshot, which was not brought over to the end: they are removed.");
            installer.clear(raw, local);
            forget(raw);
        }
        mark(raw, mark(from), 0);
        raw.commit();
    }

    private void expectEmpty(Connection raw, List<TableDefinition> tables) throws SQLException {
        Dialect dialect = place.dialect();
        for (TableDefinition table : tables) {
            try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT 1 FROM " + dialect.quote(table.shape().schema(), table.shape().name()) + dialect.first(1))) {
                if (row.next()) {
                    throw WaybillError.EXTRACT_ROWS.with(table.shape().qualifiedName(), remote);
                }
            }
        }
    }

    private void load(Spool spool, Manifest manifest, Manifest.Share share, List<Connection> sessions, Set<String> done, Executor beside) throws SQLException, IOException {
        List<Lanes.Work> works = new ArrayList<>();
        List<Integer> tables = share.loads().stream().filter(load -> !load.isLate()).map(Manifest.Load::index).toList();
        for (Manifest.Load load : share.loads()) {
            works.add(new LoadWork(spool, manifest, load, tables, done));
        }
        handler.went("loading " + remote, 0, works.size(), 0);
        Lanes.run(works, sessions, beside);
    }

    /** One step of one transaction; nothing where it was done before. */
    private final class LoadWork implements Lanes.Work {

        private final Spool spool;
        private final Manifest manifest;
        private final Manifest.Load load;
        private final List<Integer> tables;
        private final String mark;
        private final boolean isDone;
        private final int all;

        private LoadWork(Spool spool, Manifest manifest, Manifest.Load load, List<Integer> tables, Set<String> done) {
            this.spool = spool;
            this.manifest = manifest;
            this.load = load;
            this.tables = tables;
            this.mark = mark(manifest.place()) + " " + load.index() + (load.isLate() ? " L" : " R");
            this.isDone = done.contains(mark);
            this.all = manifest.share(remote).orElseThrow().loads().size();
        }

        /** Late references of a table are no reason to wait for anybody. */
        @Override
        public int number() {
            return load.isLate() ? -1 - load.index() : load.index();
        }

        @Override
        public List<Integer> after() {
            return load.isLate() ? tables : load.waits();
        }

        @Override
        public void run(Connection raw) throws SQLException, IOException {
            Manifest.File file = manifest.files().get(load.file());
            if (!isDone) {
                spool.check(file);
                place.dialect().beginWriting(raw);
                long brought = new Applier(place.dialect()).load(raw, manifest.publisher(), new ReceivedTransaction(manifest.place().offset(), manifest.place().digest(), any -> spool.read(file.number())));
                if (brought != file.rows()) {
                    throw WaybillError.EXTRACT_SPOOL.with(remote, "file " + file.number() + " has " + file.rows() + " rows, and " + brought + " were brought over");
                }
                mark(raw, mark, file.rows());
                raw.commit();
            }
            loaded(all, file.rows());
        }
    }

    private synchronized void loaded(int all, long more) {
        loaded++;
        rows += more;
        handler.went("loading " + remote, loaded, all, rows);
    }

    /** All is there, and on disk: nothing of the extraction is needed any more. */
    void finish() throws SQLException {
        try (Connection raw = place.session()) {
            place.dialect().makeDurable(raw);
            raw.commit();
            place.dialect().beginWriting(raw);
            forget(raw);
            raw.commit();
            place.dialect().makeDurable(raw);
            raw.commit();
        }
    }

    private static String mark(Position from) {
        return from.incarnation() + " " + from.offset().bytes() + " " + from.digest();
    }

    private Set<String> marks(Connection raw) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT subject FROM " + place.dialect().catalogueTable("counter") + " WHERE name = ?")) {
            select.setString(1, MARK);
            Set<String> marks = new HashSet<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    marks.add(row.getString(1));
                }
            }
            return marks;
        }
    }

    /** Inserted, not added up: of two who bring the same step the second one fails. */
    private void mark(Connection raw, String subject, long total) throws SQLException {
        try (PreparedStatement insert = raw.prepareStatement("INSERT INTO " + place.dialect().catalogueTable("counter") + " (total, name, subject, last_at) VALUES (?, ?, ?, " + place.dialect().now() + ")")) {
            insert.setLong(1, total);
            insert.setString(2, MARK);
            insert.setString(3, subject);
            insert.executeUpdate();
        }
    }

    private void forget(Connection raw) throws SQLException {
        try (PreparedStatement delete = raw.prepareStatement("DELETE FROM " + place.dialect().catalogueTable("counter") + " WHERE name = ?")) {
            delete.setString(1, MARK);
            delete.executeUpdate();
        }
    }
}
