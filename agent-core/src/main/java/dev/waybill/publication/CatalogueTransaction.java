// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableShape;
import dev.waybill.complete.CompleteCapture;
import dev.waybill.complete.SteppedCapture;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Sequencer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;

/**
 * One change of the catalogue: a transaction of its own, a new version, an announcement. Used by one thread.
 *
 * <p>The row of {@code waybill.catalogue} is updated first, so changes follow one another; what is read after that is the truth until the commit. Nothing is left half-done: an error rolls everything back.
 */
final class CatalogueTransaction {

    private final Connection raw;
    private final Dialect dialect;
    private final Catalogue before;

    private CatalogueTransaction(Connection raw, Dialect dialect, Catalogue before) {
        this.raw = raw;
        this.dialect = dialect;
        this.before = before;
    }

    /** What is changed. */
    interface Change {
        void make(CatalogueTransaction transaction) throws SQLException;
    }

    /**
     * Makes the change, commits, announces.
     *
     * @param statement for people: what they said
     * @throws SQLException CATALOGUE_IN_TRANSACTION, PUBLISHER_MISSING, whatever the change throws; then nothing was done
     */
    static Catalogue run(Administration administration, String statement, Change change) throws SQLException {
        return run(administration, statement, false, change);
    }

    /**
     * As {@link #run(Administration, String, Change)}, and while it runs nobody else gives log offsets.
     *
     * @throws SQLException also the database's own when the agent's present transaction does not end within the lock time-out
     */
    static Catalogue runAtHead(Administration administration, String statement, Change change) throws SQLException {
        return run(administration, statement, true, change);
    }

    private static Catalogue run(Administration administration, String statement, boolean atHead, Change change) throws SQLException {
        if (administration.wrote()) {
            throw WaybillError.CATALOGUE_IN_TRANSACTION.with(statement);
        }
        Connection raw = administration.raw();
        boolean autoCommit = raw.getAutoCommit();
        if (autoCommit) {
            raw.setAutoCommit(false);
        } else {
            raw.commit();
        }
        int isolation = raw.getTransactionIsolation();
        try {
            isolate(raw, isolation, Connection.TRANSACTION_READ_COMMITTED);
            return inTransaction(administration, atHead, change);
        } finally {
            isolate(raw, Connection.TRANSACTION_READ_COMMITTED, isolation);
            if (autoCommit) {
                raw.setAutoCommit(true);
            }
        }
    }

    /** What is read after the lock must be what is true then, not what was true when the transaction began. */
    static void isolate(Connection raw, int from, int to) throws SQLException {
        if (from != to) {
            raw.setTransactionIsolation(to);
        }
    }

    private static Catalogue inTransaction(Administration administration, boolean atHead, Change change) throws SQLException {
        Connection raw = administration.raw();
        boolean committed = false;
        try {
            CatalogueTransaction transaction = begin(raw, administration, atHead);
            change.make(transaction);
            Catalogue after = new CatalogueStore(raw, administration.dialect()).load();
            boolean triggers = after.complete() || administration.complete() && !after.publications().isEmpty();
            if (triggers) {
                expectNoConditions(after);
                expectNoObjects(after);
            }
            boolean steps = triggers && !administration.dialect().hasTransactionalDdl();
            if (steps && !CompleteCapture.isFollowed(raw, administration.dialect(), after.captured())) {
                raw.rollback();
                committed = true;
                return inSteps(administration, atHead, change, after);
            }
            if (triggers && !steps) {
                CompleteCapture.follow(raw, administration.dialect(), after.captured(), administration.patience());
                after = new CatalogueStore(raw, administration.dialect()).load();
            }
            raw.commit();
            committed = true;
            administration.board().announce(after);
            return after;
        } finally {
            if (!committed) {
                raw.rollback();
            }
        }
    }

    /** Triggers keep too little of the row before: whoever is to lose it would not be told. */
    private static void expectNoConditions(Catalogue catalogue) throws SQLException {
        for (Publication publication : catalogue.publications()) {
            if (publication.articles().stream().anyMatch(article -> article.choosesRows() || article.clauses().verify().isOn())) {
                throw WaybillError.CONDITION_WITH_TRIGGERS.with(publication.name());
            }
        }
    }

    /** Triggers see the number of a large object, and nothing of what is written into it. */
    private static void expectNoObjects(Catalogue catalogue) throws SQLException {
        for (TableShape table : catalogue.captured().values()) {
            for (ColumnShape column : table.columns()) {
                if (column.type().type() == SqlType.BLOB && !column.type().qualifier().isEmpty()) {
                    throw WaybillError.OBJECTS_WITH_TRIGGERS.with(column.name(), table.qualifiedName());
                }
            }
        }
    }

    /** Once more, with the triggers made between two tries, where making them would end the transaction. What is wanted may be another thing the next time only if somebody has changed the catalogue meanwhile. */
    private static Catalogue inSteps(Administration administration, boolean atHead, Change change, Catalogue wanted) throws SQLException {
        Connection raw = administration.raw();
        Catalogue after = wanted;
        try (SteppedCapture capture = new SteppedCapture(raw, administration.dialect(), administration.patience())) {
            boolean committed = false;
            while (!committed) {
                capture.make(after.captured());
                raw.commit();
                after = begun(administration, atHead, change, capture);
                committed = capture.isMade(after.captured());
            }
            administration.board().announce(after);
            capture.clear();
            raw.commit();
        }
        return after;
    }

    /** One try: committed only if the triggers are there. */
    private static Catalogue begun(Administration administration, boolean atHead, Change change, SteppedCapture capture) throws SQLException {
        Connection raw = administration.raw();
        boolean committed = false;
        try {
            CatalogueTransaction transaction = begin(raw, administration, atHead);
            change.make(transaction);
            Catalogue after = new CatalogueStore(raw, administration.dialect()).load();
            if (capture.isMade(after.captured())) {
                capture.begin(after.captured());
                after = new CatalogueStore(raw, administration.dialect()).load();
                raw.commit();
                committed = true;
            }
            return after;
        } finally {
            if (!committed) {
                raw.rollback();
            }
        }
    }

    private static CatalogueTransaction begin(Connection raw, Administration administration, boolean atHead) throws SQLException {
        Dialect dialect = administration.dialect();
        dialect.beginWriting(raw);
        if (!dialect.hasCatalogue(raw)) {
            throw WaybillError.PUBLISHER_MISSING.with();
        }
        if (atHead) {
            Deed.lockLease(raw, dialect);
        }
        nextVersion(raw, dialect);
        return new CatalogueTransaction(raw, dialect, new CatalogueStore(raw, dialect).load());
    }

    /**
     * In a transaction of {@link #runAtHead}: gives their log offsets to all transactions that are committed and visible at one moment, now, and returns the head after them. Those that commit later lie behind it.
     */
    LogOffset sequenceToNow(InstantSource clock) throws SQLException {
        Sequencer sequencer = new Sequencer(dialect, clock);
        sequencer.deleteBroughtBack(raw); // what an agent has moved and not deleted yet
        return sequencer.sequenceExactly(raw, sequencer.settled(raw)).head().offset();
    }

    /**
     * Who writes in another process does not look at our board: nothing that begins to be captured may begin while there is somebody.
     *
     * @throws SQLException OUTSIDE_DATABASE
     */
    static void expectNobodyElsewhere(Administration administration, String statement) throws SQLException {
        int elsewhere = administration.dialect().sessionsElsewhere(administration.raw());
        if (elsewhere > 0) {
            throw WaybillError.OUTSIDE_DATABASE.with(statement, elsewhere);
        }
    }

    /** Locks the catalogue until the transaction ends and counts its version up. */
    static void nextVersion(Connection raw, Dialect dialect) throws SQLException {
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + dialect.catalogueTable("catalogue") + " SET version = version + 1 WHERE one = 1")) {
            update.executeUpdate();
        }
    }

    /** The catalogue as it was when this began, with the new version. */
    Catalogue before() {
        return before;
    }

    /** The version that this change makes. */
    long version() {
        return before.version();
    }

    Dialect dialect() {
        return dialect;
    }

    Connection raw() {
        return raw;
    }

    /** Runs SQL in which {@code #name} stands for one of our tables; returns the update count. */
    int execute(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values)) {
            return statement.executeUpdate();
        }
    }

    /** The number in the first column of the only row. */
    long number(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values); ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    /** The text in the first column of the only row. */
    String text(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values); ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    /** The publication in force under this name. */
    Publication publication(String name) throws SQLException {
        return before.publication(name).orElseThrow(() -> WaybillError.PUBLICATION_UNKNOWN.with(name, names()));
    }

    long publicationId(String name) throws SQLException {
        return number("SELECT publication_id FROM #publication WHERE publication_name = ? AND until_version IS NULL", name);
    }

    private String names() {
        return before.publications().isEmpty() ? "none" : String.join(", ", before.publications().stream().map(Publication::name).toList());
    }

    private PreparedStatement prepare(String sql, Object... values) throws SQLException {
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (int mark = sql.indexOf('#'); mark >= 0; mark = sql.indexOf('#', from)) {
            int end = mark + 1;
            while (end < sql.length() && (Character.isLetter(sql.charAt(end)) || sql.charAt(end) == '_')) {
                end++;
            }
            text.append(sql, from, mark).append(dialect.catalogueTable(sql.substring(mark + 1, end)));
            from = end;
        }
        PreparedStatement statement = raw.prepareStatement(text.append(sql.substring(from)).toString());
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
