// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.ShapeCache;
import dev.waybill.change.TableName;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Passthrough;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialect.ErrorClass;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.passthrough.PassedText;
import dev.waybill.passthrough.Step;
import dev.waybill.passthrough.StepBook;
import dev.waybill.passthrough.StepState;
import dev.waybill.passthrough.TablesNow;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.Deed;
import dev.waybill.statement.LexerRules;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Statements of PASSTHROUGH that came from the database above (page of {@code passthrough}). What runs in a transaction runs in the one that moves the position; a transaction with statements that commit by themselves here goes alone, they
 * before it, each with a row that says how far it is. One thread.
 */
final class PassedStatements {

    private final Dialect dialect;
    private final InstantSource clock;
    private final StepBook book;
    private final Supplier<Catalogue> catalogue;
    private final ShapeCache shapes = new ShapeCache();
    private Step.Place failed;
    private SQLException failure;
    private boolean hasDefined;
    private boolean hasSteps;

    /** @param catalogue as it is while something is applied */
    PassedStatements(Dialect dialect, InstantSource clock, Supplier<Catalogue> catalogue) {
        this.dialect = dialect;
        this.clock = clock;
        this.book = new StepBook(dialect);
        this.catalogue = catalogue;
    }

    /** Whether statements that may define something have been executed since this was asked last. */
    boolean takeDefined() {
        boolean defined = hasDefined;
        hasDefined = false;
        return defined;
    }

    // ---- as part of the transaction that applies ----

    /** Whether the transaction has to go alone: it has statements that commit by themselves here. Those have no changes beside them, so a look at the beginning tells. */
    boolean goesAlone(Connection raw, ReceivedTransaction transaction) throws SQLException {
        return !dialect.hasTransactionalDdl() && statements(raw, transaction).stream().anyMatch(Passthrough::defines);
    }

    /** Before the first of some transactions is applied. */
    void demandDefined(Connection raw, String sender, ReceivedTransaction first) throws SQLException {
        hasSteps = goesAlone(raw, first);
        if (!hasSteps) {
            return;
        }
        List<Passthrough> all = statements(raw, first);
        for (int ordinal = 0; ordinal < all.size(); ordinal++) {
            Step.Place place = new Step.Place(sender, first.offset().bytes(), ordinal);
            if (place.equals(failed)) {
                return;
            }
            Step step = isMine(all.get(ordinal)) ? book.find(raw, place) : null;
            if (isMine(all.get(ordinal)) && !isDone(step, all.get(ordinal))) {
                throw new DefinitionsFirst();
            }
        }
    }

    /** One statement, in its place: executed, or found to be executed already. */
    void perform(Connection raw, Blame blame, int ordinal, Passthrough passed) throws SQLException {
        if (!isMine(passed)) {
            return;
        }
        Step.Place place = new Step.Place(blame.sender(), blame.offset().bytes(), ordinal);
        if (place.equals(failed)) {
            throw failure;
        }
        if (!dialect.hasTransactionalDdl()) {
            Step step = book.find(raw, place);
            if (isDone(step, passed)) {
                return;
            } else if (passed.defines()) {
                throw WaybillError.PASSTHROUGH_FAILED.with(Step.shortened(passed.statement()), blame.offset(), blame.sender(), "it commits by itself, which a transaction out of its turn must not; execute it by hand and discard the letter");
            }
        }
        execute(raw, place, passed);
    }

    /** A row of a history that its sender has given up may stand in the same place. */
    private static boolean isDone(Step step, Passthrough passed) {
        return step != null && step.state() == StepState.DONE && step.statement().equals(passed.statement());
    }

    /** The position has moved up to here. */
    void passed(Connection raw, String sender, ReceivedTransaction last) throws SQLException {
        if (hasSteps) {
            book.passed(raw, sender, last.offset().bytes());
        }
        if (hasDefined && !catalogue.get().publications().isEmpty()) {
            Deed.announce(raw, dialect); // what is known of published tables is asked anew
        }
    }

    // ---- by themselves ----

    /** Executes what commits by itself of this transaction, and what stands between. What fails for good is kept for {@link #perform}, until {@link #forget}. */
    void define(AgentDatabase database, String sender, ReceivedTransaction transaction) throws SQLException {
        List<Passthrough> all = database.read(raw -> statements(raw, transaction));
        for (int ordinal = 0; ordinal < all.size(); ordinal++) {
            Step.Place place = new Step.Place(sender, transaction.offset().bytes(), ordinal);
            try {
                if (isMine(all.get(ordinal))) {
                    hasDefined = true;
                    step(database, place, all.get(ordinal));
                }
            } catch (SQLException refused) {
                if (refused instanceof SQLTransientException || dialect.classify(refused) == ErrorClass.TRANSIENT || WaybillError.LEASE_LOST.is(refused)) {
                    throw refused;
                }
                failed = place;
                failure = refused;
                return;
            }
        }
    }

    /** The transaction has been dealt with. */
    void forget() {
        failed = null;
        failure = null;
    }

    private void step(AgentDatabase database, Step.Place place, Passthrough passed) throws SQLException {
        Step step = begunBefore(database, place, passed);
        if (step != null && (step.state() == StepState.DONE || isFoundDone(database, step))) {
            return;
        }
        if (!passed.defines()) {
            database.<Void>transact(DurableStep.CREATE_TABLES, raw -> {
                execute(raw, place, passed);
                book.add(raw, new Step(place, StepState.DONE, passed.statement(), "", clock.instant()));
                return null;
            });
            return;
        }
        if (step == null) {
            database.<Void>transact(DurableStep.MARK_RECEIVED, raw -> {
                book.add(raw, StepBook.begun(place, passed.statement(), TablesNow.of(raw, dialect).text(), clock.instant()));
                return null;
            });
            database.makeDurable();
        }
        try {
            database.<Void>transact(DurableStep.CREATE_TABLES, raw -> {
                execute(raw, place, passed);
                book.done(raw, place);
                return null;
            });
        } catch (SQLException refused) {
            if (WaybillError.PASSTHROUGH_FAILED.is(refused)) {
                remove(database, place);
            }
            throw refused;
        }
    }

    private Step begunBefore(AgentDatabase database, Step.Place place, Passthrough passed) throws SQLException {
        Step step = database.read(raw -> book.find(raw, place));
        if (step == null || step.statement().equals(passed.statement())) {
            return step;
        }
        remove(database, place);
        return null;
    }

    private void remove(AgentDatabase database, Step.Place place) throws SQLException {
        database.<Void>transact(DurableStep.MARK_RECEIVED, raw -> {
            book.remove(raw, place);
            return null;
        });
    }

    /** Somebody stopped while it was executed: what tables tell. */
    private boolean isFoundDone(AgentDatabase database, Step step) throws SQLException {
        PassedText text = PassedText.of(step.statement(), rules());
        TablesNow.Finding finding = database.read(raw -> TablesNow.of(raw, dialect).finding(step.tablesBefore(), text));
        if (finding == TablesNow.Finding.UNKNOWN) {
            throw WaybillError.PASSTHROUGH_UNKNOWN.with(Step.shortened(step.statement()), step.place().logOffset(), step.place().sender(), step.begunAt(), "neither do tables tell it, nor may it be executed twice");
        }
        if (finding == TablesNow.Finding.EXECUTED) {
            database.<Void>transact(DurableStep.MARK_RECEIVED, raw -> {
                book.done(raw, step.place());
                note(raw, "PASSTHROUGH FOUND EXECUTED", step.place(), step.statement());
                return null;
            });
        }
        return finding == TablesNow.Finding.EXECUTED;
    }

    // ---- both ----

    private void execute(Connection raw, Step.Place place, Passthrough passed) throws SQLException {
        refusePublished(place, passed);
        try (Statement statement = raw.createStatement()) {
            statement.execute(passed.statement());
        } catch (SQLException refused) {
            if (refused instanceof SQLTransientException || dialect.classify(refused) == ErrorClass.TRANSIENT) {
                throw refused;
            }
            throw WaybillError.PASSTHROUGH_FAILED.because(refused, Step.shortened(passed.statement()), place.logOffset(), place.sender(), refused.getMessage());
        }
        hasDefined |= passed.defines();
        note(raw, "PASSTHROUGH", place, passed.statement());
    }

    private void note(Connection raw, String what, Step.Place place, String statement) throws SQLException {
        new Deed(raw, dialect, clock).note(what, place.sender() + " at " + place.logOffset(), null, statement);
    }

    /** Rows that it changes here would not travel on: nobody captures what an agent does. */
    private void refusePublished(Step.Place place, Passthrough passed) throws SQLException {
        PassedText text = PassedText.of(passed.statement(), rules());
        if (text.changesRows()) {
            for (TableName table : catalogue.get().publishedTables()) {
                if (text.names(table.name())) {
                    throw WaybillError.PASSTHROUGH_PUBLISHED.with(Step.shortened(passed.statement()), place.logOffset(), place.sender(), table);
                }
            }
        }
    }

    private boolean isMine(Passthrough passed) {
        return passed.product().isEmpty() || passed.product().equalsIgnoreCase(dialect.name());
    }

    /** As a session has them that nobody changed. */
    private LexerRules rules() {
        return switch (dialect.name()) {
            case "postgresql" -> LexerRules.POSTGRESQL;
            case "sqlite" -> LexerRules.SQLITE;
            case "hsqldb" -> LexerRules.HSQLDB;
            case "mariadb" -> LexerRules.MARIADB;
            default -> LexerRules.H2;
        };
    }

    /** Up to the first change. */
    private List<Passthrough> statements(Connection raw, ReceivedTransaction transaction) throws SQLException {
        List<Passthrough> found = new ArrayList<>();
        try (TransactionReader reader = transaction.read(raw, shapes)) {
            TransactionRecord record = reader.next();
            while (record != null && !(record instanceof Change) && !(record instanceof SnapshotStart)) {
                if (record instanceof Passthrough passed) {
                    found.add(passed);
                }
                record = reader.next();
            }
            return found;
        } catch (IOException unreadable) {
            return List.of(); // whoever applies it reads it again and says what is wrong, with the sender's name
        }
    }
}
