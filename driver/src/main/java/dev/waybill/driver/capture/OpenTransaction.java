// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.audience.Settlement;
import dev.waybill.change.TableName;
import dev.waybill.driver.capture.CapturingConnection.RawCall;
import dev.waybill.driver.capture.CapturingConnection.Step;
import dev.waybill.driver.largeobject.RowsOfObjects;
import dev.waybill.driver.largeobject.WrittenObjects;
import dev.waybill.driver.recording.FencedCommit;
import dev.waybill.driver.recording.PipedCommit;
import dev.waybill.driver.recording.Recorder;
import dev.waybill.driver.recording.WrittenTables;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueBoard;
import dev.waybill.publication.CatalogueStore;
import java.util.UUID;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * The transaction of one connection: what it has written, under which catalogue, and how it ends. Used under the connection's lock, except {@link #isAutoCommit}.
 *
 * <pre>
 *   idle ── first write ─► writing (marked on the board; planned under one catalogue) ── COMMIT of any kind: versions compared, last part, COMMIT ─► idle
 *                                                                                     └─ ROLLBACK, or a failed COMMIT, which rolls back         ─► idle
 * </pre>
 */
final class OpenTransaction implements AutoCloseable {

    private final Connection raw;
    private final DatabaseCapture database;
    private final ProductSession session;
    private final ConnectionPlans plans;
    private final CatalogueBoard.Writer mark;
    private final Recorder recorder;
    private final WrittenTables written = new WrittenTables();
    private final WrittenObjects objects = new WrittenObjects();
    private final RowsOfObjects rowsOfObjects;
    private final Step<Boolean> finishing = this::finishAndCommit;
    private Catalogue planned;
    private boolean writing;
    private boolean turnedByText;
    private boolean concernsAgent;
    private UUID tentative;
    private volatile boolean autoCommit;

    OpenTransaction(Connection raw, DatabaseCapture database, ProductSession session, ConnectionPlans plans) throws SQLException {
        this.raw = raw;
        this.database = database;
        this.session = session;
        this.plans = plans;
        this.mark = database.board().register();
        this.recorder = database.recorder(raw);
        this.rowsOfObjects = new RowsOfObjects(raw, database.dialect());
        this.autoCommit = raw.getAutoCommit();
    }

    Recorder recorder() {
        return recorder;
    }

    WrittenTables written() {
        return written;
    }

    /** What it has done with large objects. */
    WrittenObjects objects() {
        return objects;
    }

    boolean isAutoCommit() {
        return autoCommit;
    }

    /** Whether it has been marked as writing. */
    boolean isWriting() {
        return writing;
    }

    /** It writes from now on; what it writes is captured under one catalogue. */
    void begin() throws SQLException {
        if (!writing) {
            mark();
        }
        plans.book(planned);
    }

    /** As {@link #begin}, where nothing can be asked. */
    void mark() {
        Catalogue now = mark.begin();
        if (planned != now) {
            planned = now;
            recorder.settling(now.hasAudiences() ? new Settlement(raw, database.dialect(), now) : null);
        }
        writing = true;
    }

    /** What it has written so far is for the agent to see soon after its COMMIT, though nothing may be recorded. */
    void concernsAgent() {
        concernsAgent = true;
    }

    /** The same for all that this transaction saves for the database above. */
    UUID tentative() {
        if (tentative == null) {
            tentative = UUID.randomUUID();
        }
        return tentative;
    }

    /** The catalogue under which statements are planned now. */
    Catalogue catalogue() {
        return writing ? planned : database.board().catalogue();
    }

    // ---- COMMIT ----

    /** {@code Connection.commit()}. */
    void commit() throws SQLException {
        if (!writing || session.isFailed()) {
            committing(raw::commit);
        } else {
            ending(finishing);
        }
    }

    /** Runs what commits the transaction: everything recorded goes along, or the transaction is rolled back and ends as after a failed COMMIT. */
    void committing(RawCall commit) throws SQLException {
        if (!writing) {
            commit.run();
            plans.settled();
            session.savepoints().clear();
            synchronizeEnded();
        } else if (session.isFailed()) {
            rollingBack(commit);
        } else {
            ending(() -> {
                boolean recorded = readyToCommit();
                commit.run();
                return recorded;
            });
        }
    }

    /** COMMIT of a transaction that has failed rolls it back, in the database's own words. */
    private void rollingBack(RawCall commit) throws SQLException {
        try {
            commit.run();
        } finally {
            end();
            synchronizeEnded();
        }
    }

    private void ending(Step<Boolean> commit) throws SQLException {
        boolean recorded;
        try {
            recorded = commit.run();
        } catch (SQLException failed) {
            if (session.keepsOpen(failed)) {
                recorder.reset();
                throw failed;
            }
            TableName table = written.first();
            undo(failed);
            throw fenced(failed, table);
        } catch (RuntimeException | Error failed) {
            undo(failed);
            throw failed;
        }
        ended(recorded);
        synchronizeEnded();
    }

    /**
     * Compares the catalogue's version and writes the last part: afterwards the COMMIT has to follow.
     *
     * @return whether something is recorded
     */
    private boolean readyToCommit() throws SQLException {
        compareCatalogue();
        if (writing && session.piped() != null) {
            session.piped().check(planned, defers());
        }
        return recorder.finish();
    }

    /** As {@link #readyToCommit}; when it fails, the transaction is rolled back. */
    boolean readyOrUndone() throws SQLException {
        try {
            return readyToCommit();
        } catch (SQLException | RuntimeException | Error failed) {
            undo(failed);
            throw failed;
        }
    }

    /** As {@link #readyToCommit} with the COMMIT, where both travel together. */
    boolean finishAndCommit() throws SQLException {
        compareCatalogue();
        FencedCommit piped = session.piped();
        if (piped == null) {
            boolean recorded = recorder.finish();
            raw.commit();
            return recorded;
        }
        boolean recorded = recorder.finish((id, part, buffer, length) -> piped.commit(planned, defers(), id, part, buffer, length));
        if (!recorded) {
            piped.commit(planned);
        }
        return recorded;
    }

    /**
     * What runs a statement that is a transaction by itself together with the last part.
     *
     * @param kept the writer of an earlier time, to use again when it fits
     */
    AloneWriter aloneWriter(AloneWriter kept, String sql, int parameters) throws SQLException {
        return kept != null && kept.isFor(planned) ? kept : AloneWriter.of(kept, (PipedCommit) session.piped(), planned, sql, parameters);
    }

    /** Runs it. */
    void finishWith(AloneWriter writer, Object[] values) throws SQLException {
        compareCatalogue();
        recorder.finish((id, part, buffer, length) -> writer.write(values, id, part, buffer, length));
    }

    private void compareCatalogue() throws SQLException {
        Catalogue now = database.board().catalogue();
        if (writing && now != planned) {
            database.refuseBecamePublished(written, planned, now);
        }
        if (writing) {
            Catalogue seen = session.catalogueNow(planned);
            if (seen != null) {
                database.board().announce(seen);
                database.refuseBecamePublished(written, planned, seen);
            }
            session.gather(recorder, plans.last().facts().publisher());
            rowsOfObjects.gather(plans.last().facts(), objects, written, recorder);
        }
    }

    /** Whether constraints may wait for COMMIT. */
    boolean defers() {
        return plans.last().facts().beyond() != null && plans.last().facts().beyond().deferrable();
    }

    /** Another process has changed the catalogue: it is read, and what the application did under the older one is to be done again. The transaction is over. */
    SQLException fenced(SQLException failed, TableName table) throws SQLException {
        if (!database.dialect().isFenceRaised(failed)) {
            return failed;
        }
        session.aside(() -> {
            database.board().announce(CatalogueStore.load(raw, database.dialect()));
            return null;
        });
        return WaybillError.WRITTEN_BEFORE_PUBLISHED.because(failed, table == null ? "that it wrote" : table);
    }

    // ---- its end ----

    /** It is committed. */
    void ended(boolean recorded) {
        wroteLocally();
        boolean tells = recorded || concernsAgent;
        end();
        if (tells) {
            database.board().signalCommit();
        }
    }

    /** This transaction, now committed, has written these tables: those that are received from others are counted. */
    void wroteLocally() {
        if (plans.last() != null && !plans.last().facts().received().isEmpty()) {
            written.tables().forEach(this::wrote);
        }
    }

    /** This table has been written to, and that is committed. */
    void wrote(TableName table) {
        if (table != null && plans.last().facts().received().contains(table)) {
            database.localWrites().add(table);
        }
    }

    /** It is over. */
    void end() {
        plans.settled();
        recorder.reset();
        session.savepoints().clear();
        session.ended();
        written.clear();
        objects.clear();
        concernsAgent = false;
        tentative = null;
        if (writing) {
            writing = false;
            mark.end();
        }
    }

    private void undo(Throwable cause) {
        try {
            session.rollBack(raw);
        } catch (SQLException second) {
            cause.addSuppressed(second);
        }
        end();
        try {
            synchronizeAutoCommit();
        } catch (SQLException second) {
            cause.addSuppressed(second);
        }
    }

    /** As {@link #synchronizeAutoCommit} after the end of a transaction, which changes the mode only when a text has turned it: the database is not asked when it cannot have. */
    void synchronizeEnded() throws SQLException {
        if (turnedByText || !session.keepsMode()) {
            synchronizeAutoCommit();
        }
    }

    /** A text has run that may turn the mode, at once or with the end of its transaction. */
    void textMayTurnMode() {
        turnedByText = true;
    }

    /** BEGIN as text turns the mode off until the end of its transaction. */
    void synchronizeAutoCommit() throws SQLException {
        boolean now = session.isAutoCommit();
        if (now != autoCommit) {
            autoCommit = now; // a volatile field costs more to write than to read
        }
    }

    @Override
    public void close() throws SQLException {
        mark.close();
        session.close();
        recorder.close();
    }
}
