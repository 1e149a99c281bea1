// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TransactionRecord.Passthrough;
import dev.waybill.change.TransactionRecord.PassthroughEnd;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialect.ErrorClass;
import dev.waybill.driver.capture.ConnectionCapture.Call;
import dev.waybill.driver.setting.CaptureMode;
import dev.waybill.error.WaybillError;
import dev.waybill.passthrough.PassedText;
import dev.waybill.passthrough.Step;
import dev.waybill.passthrough.StepBook;
import dev.waybill.passthrough.TablesNow;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.publication.Deed;
import dev.waybill.publication.RemoteUser;
import dev.waybill.publication.Subscription;
import dev.waybill.statement.WaybillStatement.OfConnection;
import dev.waybill.statement.WaybillStatement.StartPassthrough;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * PASSTHROUGH on one connection: while it is on, statements that write are recorded for others, in their place among the changes of the transaction, and executed here unless ONLY was said. Under the connection's lock.
 *
 * <pre>
 *   part of its transaction   PASSTHROUGH text ─► the statement, captured as always ─► PASSTHROUGH_END      all in the caller's transaction
 *   commits by itself here    commit ─► row BEGUN, commit ─► the statement ─► PASSTHROUGH text and the row away, commit
 * </pre>
 */
final class Passing {

    /** Longer lists do not fit into a record of the audit; with more, it is said several times. */
    private static final int MOST_RECIPIENTS = 20_000;

    private final CapturingConnection connection;
    private StartPassthrough mode;
    private List<String> recipients = List.of();

    Passing(CapturingConnection connection) {
        this.connection = connection;
    }

    /** Turns it on for these, or off. */
    void turn(OfConnection statement) throws SQLException {
        if (statement instanceof StartPassthrough start) {
            recipients = recipients(start);
            mode = start;
        } else {
            mode = null;
        }
    }

    private List<String> recipients(StartPassthrough start) throws SQLException {
        Catalogue catalogue = connection.session().aside(() -> CatalogueStore.load(connection.raw(), dialect()));
        if (connection.settings().capture() == CaptureMode.COMPLETE || catalogue.complete()) {
            throw WaybillError.PASSTHROUGH_RECIPIENT.with("anybody", "triggers capture what is written here (waybill.capture=complete), and do not know by which statement");
        }
        List<String> found = start.publication() == null ? start.recipients() : subscribers(catalogue, start);
        if (found.isEmpty() || found.size() > MOST_RECIPIENTS) {
            throw WaybillError.PASSTHROUGH_RECIPIENT.with("subscription to " + start.publication(), found.isEmpty() ? "nobody below has it and has been started" : "it has more than " + MOST_RECIPIENTS + " subscribers");
        }
        for (String name : found) {
            RemoteUser user = catalogue.remoteUser(name).orElse(null);
            if (user == null || user.consolidated()) {
                throw WaybillError.PASSTHROUGH_RECIPIENT.with(name, user == null ? "nobody of this name was granted REMOTE" : "it is the database above, which takes statements from nobody below");
            } else if (catalogue.subscriptionsOf(name).stream().noneMatch(Subscription::isLive)) {
                throw WaybillError.PASSTHROUGH_RECIPIENT.with(name, "it has no subscription that was started, so nothing is sent to it");
            }
        }
        return List.copyOf(found);
    }

    private static List<String> subscribers(Catalogue catalogue, StartPassthrough start) {
        String value = start.value().isEmpty() ? null : start.value();
        return catalogue.subscriptions().stream().filter(Subscription::isLive).filter(subscription -> subscription.publication().equals(start.publication()))
                .filter(subscription -> value == null || value.equals(subscription.value())).map(Subscription::subscriber).distinct()
                .filter(name -> catalogue.remoteUser(name).filter(user -> !user.consolidated()).isPresent()).toList();
    }

    /** Whether a statement with this plan is for others too: not reads, not what concerns the session or the transaction, not statements that are ours. */
    boolean takes(Plan plan, String sql) {
        return mode != null && !(plan instanceof Plan.Pass && PassedText.of(sql, connection.names().rules()).readsOnly() || plan instanceof Plan.Own || plan instanceof Plan.TransactionText || plan instanceof Plan.Names || plan instanceof Plan.Script);
    }

    /** Statements that are ours are said where they are to be carried out. */
    void refuseOwn() throws SQLException {
        if (mode != null) {
            throw WaybillError.PASSTHROUGH_REFUSED.with("it is one of Waybill's own, which are said to the database that they are about");
        }
    }

    /** A batch of a prepared statement has values that are no part of its text. */
    void refuseBatch(Plan plan, String sql) throws SQLException {
        if (takes(plan, sql)) {
            throw refused("it is a batch of a prepared statement");
        }
    }

    private SQLException refused(String why) {
        connection.refused();
        return WaybillError.PASSTHROUGH_REFUSED.with(why);
    }

    /** Executes it here unless ONLY was said, and records it for others. */
    Outcome run(Plan plan, Source source, Call call) throws SQLException {
        PassedText text = PassedText.of(source.sql(), connection.names().rules());
        boolean commits = plan instanceof Plan.MayCommit || plan instanceof Plan.Uncaptured uncaptured && uncaptured.mayCommit();
        String refusal = call == Call.QUERY ? "it is called as a query" : text.refusal();
        if (refusal == null && commits && !mode.only() && dialect().hasTransactionalDdl()) {
            refusal = "it may end the transaction here; with PASSTHROUGH ONLY it is passed on and not executed here";
        }
        if (refusal != null) {
            throw refused(refusal);
        }
        Passthrough passed = new Passthrough(recipients, mode.product(), commits || text.defines(), source.sql());
        if (mode.only()) {
            return connection.inTransaction(() -> {
                record(passed);
                connection.recorder().pass(connection.publisher(), new PassthroughEnd());
                return Outcome.count(0, null);
            });
        }
        return commits ? committing(passed, source, call) : connection.inTransaction(() -> within(plan, passed, source, call));
    }

    /** A statement that fails leaves nobody knowing what its transaction holds: it can only be rolled back. */
    private Outcome within(Plan plan, Passthrough passed, Source source, Call call) throws SQLException {
        record(passed);
        try {
            Outcome outcome = connection.execution().here(plan, source, call);
            connection.recorder().pass(connection.publisher(), new PassthroughEnd());
            return outcome;
        } catch (SQLException | RuntimeException failed) {
            connection.recorder().fail(failed);
            throw failed;
        }
    }

    private void record(Passthrough passed) throws SQLException {
        connection.recorder().pass(connection.publisher(), passed);
        new Deed(connection.raw(), dialect(), connection.database().clock()).note("PASSTHROUGH" + (mode.only() ? " ONLY" : "") + " FOR " + String.join(", ", passed.recipients()), "said here", null, passed.statement());
    }

    // ---- statements that commit by themselves here ----

    private Outcome committing(Passthrough passed, Source source, Call call) throws SQLException {
        Connection raw = connection.raw();
        StepBook book = new StepBook(dialect());
        boolean autoCommit = connection.isAutoCommit();
        if (autoCommit) {
            connection.transaction().end();
        } else {
            connection.commit(); // as the statement itself would
        }
        begin(book, raw, passed);
        Outcome outcome;
        try {
            outcome = connection.execution().here(connection.plan(source.sql()), source, call);
        } catch (SQLException | RuntimeException failed) {
            book.remove(raw, Step.Place.HERE);
            end(raw);
            throw failed;
        }
        if (!autoCommit) {
            connection.begin();
        }
        connection.inTransaction(() -> {
            record(passed);
            connection.recorder().pass(connection.publisher(), new PassthroughEnd());
            book.remove(raw, Step.Place.HERE);
            return null;
        });
        if (!autoCommit) {
            connection.commit();
        }
        return outcome;
    }

    private void begin(StepBook book, Connection raw, Passthrough passed) throws SQLException {
        try {
            book.add(raw, StepBook.begun(Step.Place.HERE, passed.statement(), TablesNow.of(raw, dialect()).text(), connection.database().clock().instant()));
            end(raw);
        } catch (SQLException failed) {
            if (!raw.getAutoCommit()) {
                raw.rollback();
            }
            Step open = dialect().classify(failed) == ErrorClass.DUPLICATE ? book.find(raw, Step.Place.HERE) : null;
            throw open == null ? failed : WaybillError.PASSTHROUGH_OPEN.with(Step.shortened(open.statement()), open.begunAt(), "another connection executes it, or was interrupted");
        }
    }

    private static void end(Connection raw) throws SQLException {
        if (!raw.getAutoCommit()) {
            raw.commit();
        }
    }

    private Dialect dialect() {
        return connection.database().dialect();
    }
}
