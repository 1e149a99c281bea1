// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialect.ErrorClass;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.PoisonPolicy;
import dev.waybill.refresh.SnapshotInstaller;
import dev.waybill.rights.Rights;
import dev.waybill.rights.SenderRights;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.sql.Savepoint;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Performs received transactions on a database. See the package page for what is guaranteed and how. One thread.
 */
public final class Applier {

    private final Dialect dialect;
    private final ApplyLimits limits;
    private final Landings landings;
    private final SnapshotInstaller installer;
    private final Bookkeeping bookkeeping;
    private final ReceivedTables received;
    private final DeadLetters letters;
    private final ReadAhead ahead;
    private final SenderRights rights;
    private final Relay relay;
    private final PassedStatements passed;

    /** Reading in the caller's thread, of senders who may write everything. */
    public Applier(Dialect dialect) {
        this(dialect, Runnable::run, SenderRights.TRUSTING, UUID::randomUUID);
    }

    /**
     * @param reader performs one task after the other: takes the next transactions apart while these are being performed; does nothing in the database
     * @param rights what each sender may write
     */
    public Applier(Dialect dialect, Executor reader, SenderRights rights) {
        this(dialect, reader, rights, UUID::randomUUID);
    }

    /**
     * @param reader as {@link #Applier(Dialect, Executor, SenderRights)} has it
     * @param rights what each sender may write
     * @param ids    fresh ones, for the entries of what travels on
     */
    public Applier(Dialect dialect, Executor reader, SenderRights rights, Supplier<UUID> ids) {
        this(dialect, reader, rights, ids, InstantSource.system());
    }

    /**
     * @param reader as {@link #Applier(Dialect, Executor, SenderRights)} has it
     * @param rights what each sender may write
     * @param ids    fresh ones, for the entries of what travels on
     * @param clock  for times that people read
     */
    public Applier(Dialect dialect, Executor reader, SenderRights rights, Supplier<UUID> ids, InstantSource clock) {
        this(dialect, ApplyLimits.USUAL, reader, new DeadLetters(dialect), rights, ids, clock);
    }

    public Applier(Dialect dialect, ApplyLimits limits) {
        this(dialect, limits, new DeadLetters(dialect));
    }

    Applier(Dialect dialect, ApplyLimits limits, DeadLetters letters) {
        this(dialect, limits, Runnable::run, letters, SenderRights.TRUSTING);
    }

    Applier(Dialect dialect, ApplyLimits limits, Executor reader, DeadLetters letters, SenderRights rights) {
        this(dialect, limits, reader, letters, rights, UUID::randomUUID, InstantSource.system());
    }

    private Applier(Dialect dialect, ApplyLimits limits, Executor reader, DeadLetters letters, SenderRights rights, Supplier<UUID> ids, InstantSource clock) {
        this.relay = new Relay(dialect, ids);
        this.passed = new PassedStatements(dialect, clock, relay::catalogue);
        this.dialect = dialect;
        this.rights = rights;
        this.ahead = new ReadAhead(reader);
        this.limits = limits;
        this.landings = new Landings(dialect);
        this.installer = new SnapshotInstaller(dialect);
        this.bookkeeping = new Bookkeeping(dialect);
        this.received = new ReceivedTables(dialect);
        this.letters = letters;
    }

    /**
     * Creates the tables that snapshots among these transactions need, before {@link #apply}, in step CREATE_TABLES (where DDL commits it commits by itself). Idempotent; does nothing for ordinary transactions.
     *
     * @throws SQLException a table is here with other columns or types; nothing of the snapshot was applied
     */
    public void prepare(AgentDatabase database, List<ReceivedTransaction> transactions) throws SQLException {
        List<SnapshotStart> snapshots = database.read(raw -> {
            List<SnapshotStart> found = new ArrayList<>();
            for (ReceivedTransaction transaction : transactions) {
                SnapshotStart snapshot = snapshot(raw, transaction);
                if (snapshot != null) {
                    found.add(snapshot);
                }
            }
            return found;
        });
        for (SnapshotStart snapshot : snapshots) {
            installer.createTables(database, snapshot);
            landings.forget();
        }
    }

    /**
     * Executes what {@link DefinitionsFirst} told of, each statement by itself; {@link #apply} comes next, with this transaction alone, and says what failed. {@link #defined} is behind both.
     *
     * @throws SQLException transient: later again
     */
    public void define(AgentDatabase database, String sender, ReceivedTransaction first) throws SQLException {
        SenderRights asked = rights;
        database.<Void>read(raw -> {
            try (Statements statements = new Statements(raw, dialect)) {
                Blame blame = new Blame(dialect, sender);
                blame.at(first.offset());
                new Guard(statements, asked.of(raw, sender), blame).admitPassthrough();
            }
            return null;
        });
        passed.define(database, sender, first);
    }

    /** What {@link #define} has begun is over, well or not. */
    public void defined() {
        passed.forget();
        landings.forget();
    }

    /** Whether statements that may define something have been executed since this was asked last: who knows something of tables has to ask anew. */
    public boolean takeDefined() {
        return passed.takeDefined();
    }

    /** A statement has changed the catalogue: what is remembered of it is read again. */
    public void catalogueChanged() {
        received.forget();
    }

    /** As {@link #apply(Connection, String, List, PoisonPolicy)} under HALT. */
    public ApplyResult apply(Connection raw, String sender, List<ReceivedTransaction> transactions) throws SQLException {
        return apply(raw, sender, transactions, PoisonPolicy.HALT);
    }

    /**
     * Applies transactions in order, whole, up to the bound of a group, and moves {@code log_received} and {@code digest_received} of the sender in the same transaction, which the caller commits.
     *
     * @param raw          auto-commit off, inside step APPLY
     * @param sender       name of the remote user whose journal it is
     * @param transactions not empty, in the sender's order, the first one following {@code log_received}
     * @param policy       what is done with one that cannot be applied
     * @throws SQLException transient ({@link SQLTransientException}): roll back and try again later; anything else: the first transaction can neither be applied nor put aside (HALT) until its cause is removed.
     *         The caller rolls back in both cases
     */
    public ApplyResult apply(Connection raw, String sender, List<ReceivedTransaction> transactions, PoisonPolicy policy) throws SQLException {
        if (landings.isFull()) {
            landings.forget();
        }
        landings.met();
        Blame blame = new Blame(dialect, sender);
        Onward onward = relay.from(raw, sender);
        passed.demandDefined(raw, sender, transactions.get(0));
        boolean inOrder = onward != null && relay.isRelaying(sender) || letters.anyParked(raw, sender);
        ApplyResult result = inOrder ? ordered(raw, blame, transactions, policy, onward) : quickly(raw, blame, transactions, policy, onward);
        bookkeeping.moveTo(raw, sender, result.last());
        passed.passed(raw, sender, result.last());
        return result.meeting(received.meet(raw, sender, landings.met()));
    }

    /**
     * Performs what no stream brought: rows of an extraction, on tables that nobody else writes. No position moves, nothing travels on, nothing is put aside.
     *
     * @param raw    auto-commit off; the caller commits
     * @param sender whose tables these are from now on
     * @return the number of rows
     * @throws SQLException as it came; the caller rolls back
     */
    public long load(Connection raw, String sender, ReceivedTransaction rows) throws SQLException {
        landings.forget();
        Blame blame = new Blame(dialect, sender);
        Tally tally = new Tally();
        try (Statements statements = new Statements(raw, dialect)) {
            GroupRun run = new PlannedRun(statements, landings, installer, passed, blame, new Guard(statements, Rights.ALL, blame), limits, tally, null);
            run.read(rows);
            run.flush();
        }
        bookkeeping.record(raw, tally);
        received.meet(raw, sender, landings.met());
        return tally.rows();
    }

    private ApplyResult quickly(Connection raw, Blame blame, List<ReceivedTransaction> transactions, PoisonPolicy policy, Onward onward) throws SQLException {
        Savepoint before = raw.setSavepoint();
        try {
            return planned(raw, blame, transactions, onward);
        } catch (SQLException failure) {
            throwIfTransient(blame, failure);
            raw.rollback(before);
            landings.forget();
            return ordered(raw, blame, transactions, policy, onward);
        }
    }

    private ApplyResult planned(Connection raw, Blame blame, List<ReceivedTransaction> transactions, Onward onward) throws SQLException {
        Tally tally = new Tally();
        try (Statements statements = new Statements(raw, dialect)) {
            Guard guard = new Guard(statements, rights.of(raw, blame.sender()), blame);
            GroupRun run = new PlannedRun(statements, landings, installer, passed, blame, guard, limits, tally, onward);
            int count = 0;
            ahead.begin(transactions);
            for (long changes = 0; count < transactions.size() && (count == 0 || changes < limits.groupChanges()); count++) {
                ReceivedTransaction transaction = transactions.get(count);
                List<Change> read = ahead.changes(transaction);
                if (read == null && count > 0 && passed.goesAlone(raw, transaction)) {
                    break;
                }
                changes += read == null ? run.read(transaction) : run.take(transaction, read);
            }
            run.flush();
            bookkeeping.record(raw, tally);
            letters.settle(raw, blame.sender(), transactions.get(count - 1).offset(), run.replaced());
            return result(transactions, count, tally, null);
        }
    }

    private ApplyResult ordered(Connection raw, Blame blame, List<ReceivedTransaction> transactions, PoisonPolicy policy, Onward onward) throws SQLException {
        Tally tally = new Tally();
        PuttingAside aside = new PuttingAside(raw, dialect, letters, blame.sender(), policy);
        int count = 0;
        SQLException halt = null;
        try (Statements statements = new Statements(raw, dialect)) {
            for (; halt == null && count < transactions.size() && (count == 0 || tally.rows() < limits.groupChanges()); count++) {
                ReceivedTransaction transaction = transactions.get(count);
                if (count > 0 && passed.goesAlone(raw, transaction)) {
                    break;
                }
                blame.at(transaction.offset());
                Savepoint before = raw.setSavepoint();
                try {
                    if (!aside.hasToWait(transaction)) {
                        tally.add(oneByOne(statements, blame, transaction, onward));
                    }
                } catch (SQLException failure) {
                    throwIfTransient(blame, failure);
                    raw.rollback(before);
                    halt = aside.putAside(transaction, failure);
                    if (halt != null && count-- == 0) {
                        throw halt;
                    }
                }
            }
        }
        bookkeeping.record(raw, tally);
        return result(transactions, count, tally, halt).diverging(aside.isUsed() ? new Divergence(dialect).review(raw, blame.sender()) : null);
    }

    /** One transaction in exactly its order; what is parked and what it brings anew is settled with it. */
    private Tally oneByOne(Statements statements, Blame blame, ReceivedTransaction transaction, Onward onward) throws SQLException {
        if (onward != null) {
            return travelling(statements, blame, transaction, onward);
        }
        Tally tally = new Tally();
        Guard guard = new Guard(statements, rights.of(statements.raw(), blame.sender()), blame);
        GroupRun run = new OrderedRun(statements, landings, installer, passed, blame, guard, new OneByOne(statements, dialect, blame, guard, tally, limits.parkedRows()));
        run.read(transaction);
        run.flush();
        letters.settle(statements.raw(), blame.sender(), transaction.offset(), run.replaced());
        return tally;
    }

    /** The same where something of it may travel on. What hinders a change for good is dealt with in a second try. */
    private Tally travelling(Statements statements, Blame blame, ReceivedTransaction transaction, Onward onward) throws SQLException {
        Savepoint before = statements.raw().setSavepoint();
        try {
            return travelling(statements, blame, transaction, onward, false);
        } catch (SQLException hindered) {
            if (!WaybillError.APPLY_DUPLICATE.is(hindered) && !WaybillError.APPLY_REFERENCE.is(hindered)) {
                throw hindered;
            }
            statements.raw().rollback(before);
            return travelling(statements, blame, transaction, onward, true);
        }
    }

    private Tally travelling(Statements statements, Blame blame, ReceivedTransaction transaction, Onward onward, boolean careful) throws SQLException {
        Tally tally = new Tally();
        Guard guard = new Guard(statements, rights.of(statements.raw(), blame.sender()), blame);
        try (OnwardRun run = new OnwardRun(statements, landings, installer, passed, blame, guard, new OneByOne(statements, dialect, blame, guard, tally, limits.parkedRows()), onward, careful)) {
            run.read(transaction);
            run.end();
            letters.settle(statements.raw(), blame.sender(), transaction.offset(), run.replaced());
        }
        return tally;
    }

    /**
     * Applies a transaction by itself, out of its turn, without moving {@code log_received}: a dead letter.
     *
     * @throws SQLException it cannot be applied; the caller rolls back to where it was before
     */
    void applyAlone(Connection raw, String sender, ReceivedTransaction transaction) throws SQLException {
        landings.forget();
        Blame blame = new Blame(dialect, sender);
        blame.at(transaction.offset());
        try (Statements statements = new Statements(raw, dialect)) {
            bookkeeping.record(raw, oneByOne(statements, blame, transaction, relay.from(raw, sender)));
        } catch (SQLException failure) {
            throwIfTransient(blame, failure);
            throw failure;
        }
    }

    private static ApplyResult result(List<ReceivedTransaction> transactions, int count, Tally tally, SQLException halt) {
        long gone = tally.gone().values().stream().mapToLong(Long::longValue).sum();
        return new ApplyResult(transactions.get(count - 1), count, tally.rows(), gone, halt, Set.of());
    }

    private void throwIfTransient(Blame blame, SQLException failure) throws SQLException {
        if (WaybillError.APPLY_POSTPONED.is(failure)) {
            throw failure;
        }
        if (failure instanceof SQLTransientException || dialect.classify(failure) == ErrorClass.TRANSIENT) {
            throw WaybillError.APPLY_POSTPONED.because(failure, blame.offset(), blame.sender(), failure.getSQLState(), failure.getErrorCode());
        }
    }

    private SnapshotStart snapshot(Connection raw, ReceivedTransaction transaction) throws SQLException {
        try (TransactionReader reader = transaction.read(raw, landings.shapes())) {
            reader.next();
            return reader.next() instanceof SnapshotStart snapshot ? snapshot : null;
        } catch (IOException unreadable) {
            return null; // apply() reads it again and says what is wrong, with the sender's name
        }
    }
}
