// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.apply.Applier;
import dev.waybill.apply.ApplyResult;
import dev.waybill.apply.DefinitionsFirst;
import dev.waybill.apply.ReceivedTransaction;
import dev.waybill.change.MalformedException;
import dev.waybill.delivery.Continuation;
import dev.waybill.delivery.ReceiverAction;
import dev.waybill.delivery.ReceiverEvent.Failure;
import dev.waybill.delivery.ReceiverEvent;
import dev.waybill.delivery.Unit;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.link.Link.LinkException;
import dev.waybill.message.BodyFrame;
import dev.waybill.message.Message;
import dev.waybill.message.MessageKind;
import dev.waybill.publication.CatalogueBoard;
import dev.waybill.publication.PeerRequest;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.refresh.Counters;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Applies what a receiver says is next: units are unfolded into transactions, each passes {@link Continuation}, and as many as possible go into one commit with the position. One thread.
 *
 * <pre>
 *   units ─► unfold, R1 for each transaction ─► whole run of APPLY ─► prepare tables ─► [lease, changes, log_received] commit ─► Applied
 *                                            └► first that is not: ApplyFailed with its reason, after what stands before it was applied
 * </pre>
 */
final class Applying {

    private final AgentDatabase database;
    private final CatalogueBoard board;
    private final Dialect dialect;
    private final Applier applier;
    private final Inbox inbox;
    private final Staging staging;
    private final Troubles troubles;
    private final AgentEvents events;
    private final InstantSource clock;
    /** The last transaction of each sender that halts because he may not write what is in it: each is counted once, however often it is tried. */
    private final Map<String, LogOffset> refused = new HashMap<>();

    Applying(AgentDatabase database, CatalogueBoard board, Dialect dialect, Applier applier, Inbox inbox, Staging staging, Troubles troubles, AgentEvents events, InstantSource clock) {
        this.database = database;
        this.board = board;
        this.dialect = dialect;
        this.applier = applier;
        this.inbox = inbox;
        this.staging = staging;
        this.troubles = troubles;
        this.events = events;
        this.clock = clock;
    }

    /** A statement has changed the catalogue. */
    void catalogueChanged() {
        applier.catalogueChanged();
    }

    /** Performs the action and tells the neighbour what came of it. */
    void perform(Neighbour from, ReceiverAction.Apply action) throws SQLException {
        Run run = unfold(from, action);
        List<ReceivedTransaction> left = run.transactions;
        while (!left.isEmpty()) {
            int done = applyGroup(from, run, left);
            if (done == 0) {
                return;
            }
            left = left.subList(done, left.size());
        }
        if (run.failure != null) {
            from.tell(new ReceiverEvent.ApplyFailed(run.failed, run.failure, run.reason, clock.instant()));
        }
    }

    /** Applies the beginning of these in one commit; returns how many, 0 when it failed and the neighbour knows. */
    private int applyGroup(Neighbour from, Run run, List<ReceivedTransaction> transactions) throws SQLException {
        ApplyResult result;
        try {
            if (run.hasSnapshot && from.user().consolidated()) {
                applier.prepare(database, transactions);
            }
            result = applied(from, transactions);
        } catch (SQLException failed) {
            if (WaybillError.LEASE_LOST.is(failed) || !isWhereItWas(from)) {
                throw failed;
            }
            return failed(from, run, transactions.get(0), failed);
        }
        if (board != null) {
            board.receives(result.firstMet());
        }
        Position reached = new Position(from.receiving().kept().senderIncarnation(), result.last().offset(), result.last().digest());
        from.applied(reached, clock.instant());
        events.applied(from.name(), result.transactions(), result.rows(), reached.offset());
        from.once(null, clock.instant());
        if (result.diverged() != null) {
            troubles.diverged(from.name());
        }
        if (result.halt() != null) {
            return failed(from, run, transactions.get(result.transactions()), result.halt());
        }
        return result.transactions();
    }

    private ApplyResult applied(Neighbour from, List<ReceivedTransaction> transactions) throws SQLException {
        ApplyResult result;
        try {
            result = database.transact(DurableStep.APPLY, raw -> apply(raw, from, transactions));
        } catch (DefinitionsFirst alone) {
            result = alone(from, transactions.subList(0, 1));
        }
        if (applier.takeDefined() && board != null) {
            board.announce(database.read(raw -> CatalogueStore.load(raw, dialect)));
        }
        return result;
    }

    private ApplyResult alone(Neighbour from, List<ReceivedTransaction> transaction) throws SQLException {
        try {
            applier.define(database, from.name(), transaction.get(0));
            return database.transact(DurableStep.APPLY, raw -> apply(raw, from, transaction));
        } finally {
            applier.defined();
        }
    }

    private int failed(Neighbour from, Run run, ReceivedTransaction transaction, SQLException why) throws SQLException {
        boolean isRefused = WaybillError.APPLY_NOT_ADMITTED.is(why) || WaybillError.APPLY_ROW_NOT_ITS.is(why);
        if (isRefused && !transaction.offset().equals(refused.put(from.name(), transaction.offset()))) {
            database.<Void>transact(DurableStep.MARK_RECEIVED, raw -> {
                new Counters(dialect).add(raw, Counters.REFUSED, from.name(), 1);
                return null;
            });
        }
        from.tell(new ReceiverEvent.ApplyFailed(run.unitOf(transaction.offset()), failureOf(why), why.getMessage(), clock.instant()));
        return 0;
    }

    /** What a person wants put aside is one transaction, the one at which the stream halted: the next. Where it works meanwhile, there is nothing to be put aside any more, and no later one is. Either is in the commit. */
    private ApplyResult apply(Connection raw, Neighbour from, List<ReceivedTransaction> transactions) throws SQLException {
        ApplyResult result = applier.apply(raw, from.name(), from.isOnce() ? transactions.subList(0, 1) : transactions, from.poison());
        if (from.isOnce()) {
            Requests.done(raw, dialect, from.name(), PeerRequest.LeaveOut.class::isInstance);
        }
        return result;
    }

    /** A COMMIT that failed may have committed: then what is in memory is out of date, and the next cycle has to begin from what is on record. */
    private boolean isWhereItWas(Neighbour from) throws SQLException {
        String sql = "SELECT log_received FROM " + dialect.catalogueTable("remote_user") + " WHERE user_name = ?";
        return database.<Boolean>read(raw -> {
            try (PreparedStatement select = raw.prepareStatement(sql)) {
                select.setString(1, from.name());
                try (ResultSet row = select.executeQuery()) {
                    return row.next() && row.getLong(1) == from.receiving().kept().offset().bytes();
                }
            }
        });
    }

    private Failure failureOf(SQLException failed) {
        boolean passes = failed instanceof SQLTransientException || dialect.classify(failed) == Dialect.ErrorClass.TRANSIENT;
        return passes ? Failure.TRANSIENT : Failure.POISON;
    }

    /** Unfolds as many units as can be applied, up to the first that cannot. */
    private Run unfold(Neighbour from, ReceiverAction.Apply action) throws SQLException {
        Run run = new Run(action.units());
        Position at = action.from();
        for (Unit unit : action.units()) {
            try {
                at = unfold(from, unit, at, run);
            } catch (MalformedException malformed) {
                run.fail(unit, Failure.POISON, malformed.getMessage());
            } catch (LinkException away) {
                run.fail(unit, Failure.TRANSIENT, away.getMessage());
            } catch (IOException broken) {
                run.fail(unit, Failure.LOST, String.valueOf(broken.getMessage()));
            }
            if (run.failure != null) {
                break;
            }
        }
        return run;
    }

    private Position unfold(Neighbour from, Unit unit, Position at, Run run) throws IOException, SQLException {
        Continuation continuation = unit.continuing(at);
        List<ReceivedTransaction> transactions = new ArrayList<>();
        List<ReceivedTransaction> all = unit instanceof Unit.Whole whole ? transactionsOf(whole, run) : transactionsOf(from, (Unit.Group) unit, run);
        for (ReceivedTransaction transaction : all) {
            switch (continuation.transaction(transaction.offset(), transaction.digest())) {
                case APPLY -> transactions.add(transaction);
                case SKIP -> { }
                case SPLIT -> run.fail(unit, Failure.SPLIT, "The digest of " + from.name() + " at offset " + transaction.offset() + " differs: two histories under one incarnation. Nothing was applied.");
                case UNVERIFIED -> run.fail(unit, Failure.UNVERIFIED, "The digest at " + at.offset() + " cannot be checked with this message.");
                case MALFORMED -> run.fail(unit, Failure.POISON, "The offsets in the message do not rise to that of its header.");
                default -> throw new IllegalStateException();
            }
        }
        if (run.failure == null && !continuation.isWhole()) {
            run.fail(unit, Failure.POISON, "The message does not end where its header says.");
        }
        if (run.failure == null) {
            run.transactions.addAll(transactions);
        }
        return continuation.reached();
    }

    private List<ReceivedTransaction> transactionsOf(Unit.Whole whole, Run run) throws IOException {
        Message message = inbox.read(whole.ref());
        if (message == null) {
            run.fail(whole, Failure.LOST, "The message has gone from the link.");
            return List.of();
        }
        run.hasSnapshot |= message.envelope().kind() == MessageKind.SNAPSHOT;
        byte[] body = message.body();
        List<ReceivedTransaction> transactions = new ArrayList<>();
        for (BodyFrame frame : BodyFrame.of(body)) {
            transactions.add(new ReceivedTransaction(frame.offset(), frame.digest(), new ReceivedTransaction.InMemory(body, frame.start(), frame.start() + (int) frame.length())));
        }
        return transactions;
    }

    private List<ReceivedTransaction> transactionsOf(Neighbour from, Unit.Group group, Run run) throws IOException, SQLException {
        var incarnation = from.receiving().kept().senderIncarnation();
        BodyFrame head = database.<BodyFrame>read(raw -> {
            run.hasSnapshot |= staging.kind(raw, from.name(), incarnation, group) == MessageKind.SNAPSHOT.code();
            try (InputStream in = staging.open(raw, from.name(), incarnation, group)) {
                return BodyFrame.head(in);
            } catch (IOException broken) {
                throw new SQLException(broken);
            }
        });
        return List.of(new ReceivedTransaction(head.offset(), head.digest(), raw -> {
            InputStream in = staging.open(raw, from.name(), incarnation, group);
            in.skipNBytes(head.start());
            return in;
        }));
    }

    /** Units unfolded so far, and where that ended. */
    private static final class Run {
        private final List<Unit> units;
        private final List<ReceivedTransaction> transactions = new ArrayList<>();
        private boolean hasSnapshot;
        private Unit failed;
        private Failure failure;
        private String reason;

        private Run(List<Unit> units) {
            this.units = units;
        }

        private void fail(Unit unit, Failure why, String text) {
            if (failure == null) {
                failed = unit;
                failure = why;
                reason = text;
            }
        }

        private Unit unitOf(LogOffset offset) {
            return units.stream().filter(unit -> !unit.last().isBefore(offset)).findFirst().orElseThrow();
        }
    }
}
