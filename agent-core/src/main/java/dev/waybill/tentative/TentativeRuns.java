// SPDX-License-Identifier: Apache-2.0
package dev.waybill.tentative;

import dev.waybill.aftercommit.Errand;
import dev.waybill.aftercommit.JobConnections;
import dev.waybill.aftercommit.SyncUser;
import dev.waybill.call.CallBook;
import dev.waybill.call.RemoteClasses;
import dev.waybill.dialect.CatalogueSql;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.tentative.TentativeCodec.Judged;
import dev.waybill.tentative.TentativeCodec.Outcome;
import dev.waybill.tentative.TentativeCodec.Propagated;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Carries out what replicas have saved, each transaction once: its statements, what its validator writes, and the verdict are one transaction. A message that comes again finds the verdict. One thread, but for the runs; of one replica one
 * transaction is under way.
 */
public final class TentativeRuns implements AutoCloseable {

    private static final int RUNS = 2;
    private static final long IDLE_SECONDS = 10;

    private final AgentDatabase database;
    private final Dialect dialect;
    private final TentativeBook book;
    private final CallBook rights;
    private final JobConnections connections;
    private final InstantSource clock;
    private final Runnable wake;
    private final ThreadPoolExecutor threads;
    private final Set<String> running = new HashSet<>();
    private final List<Said> known = new ArrayList<>();
    private final Queue<Said> ended = new ConcurrentLinkedQueue<>();

    /** A verdict that is to be said; none when it is to be asked for again. */
    public record Said(String node, Judged verdict) {}

    /** @param connections null where this agent is to leave statements alone */
    public TentativeRuns(AgentDatabase database, Dialect dialect, JobConnections connections, ThreadFactory factory, InstantSource clock, Runnable wake) {
        this.database = database;
        this.dialect = dialect;
        this.book = new TentativeBook(dialect);
        this.rights = new CallBook(dialect);
        this.connections = connections;
        this.clock = clock;
        this.wake = wake;
        this.threads = new ThreadPoolExecutor(RUNS, RUNS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        this.threads.allowCoreThreadTimeOut(true);
    }

    /** A replica sends it. When this returns, the message may go: the replica says it again until it hears a verdict. */
    public void take(String node, Propagated work, Instant saidAt) throws SQLException {
        Judged before = database.read(raw -> book.known(raw, node, work.id(), work.attempt()));
        if (before != null) {
            known.add(new Said(node, before));
        } else if (saidAt.isBefore(clock.instant().minus(TentativeBook.HISTORY.dividedBy(2)))) {
            return; // its verdict may have been forgotten; who still waits says it again
        } else if (running.add(node)) {
            threads.execute(() -> perform(node, work));
        }
    }

    /** To be called in each cycle: what is to be said, all of it on disk before. */
    public List<Said> judged() {
        List<Said> now = new ArrayList<>(known);
        known.clear();
        for (Said one = ended.poll(); one != null; one = ended.poll()) {
            running.remove(one.node());
            if (one.verdict() != null) {
                now.add(one);
            }
        }
        return now;
    }

    private void perform(String node, Propagated work) {
        Judged verdict = null;
        try {
            verdict = database.guard().<Judged, SQLException>perform(DurableStep.RUN_TENTATIVE, () -> run(node, work));
        } catch (SQLException | RuntimeException | Error failed) {
            System.getLogger(TentativeRuns.class.getName()).log(System.Logger.Level.WARNING, "What " + node + " has saved could not be carried out now; it is asked for again.", failed);
        }
        ended.add(new Said(node, verdict));
        wake.run();
    }

    /** Null: it passes by itself, and is tried again when it is said again. */
    private Judged run(String node, Propagated work) throws SQLException {
        Right right = database.read(raw -> right(raw, node));
        if (right == null || connections == null) {
            SQLException why = connections == null ? WaybillError.CALL_NOT_HERE.with() : WaybillError.CALL_DENIED.with(node, "PROPAGATE", "PROPAGATE", node);
            return new Judged(work.id(), work.attempt(), Outcome.ERROR, why.getSQLState(), why.getMessage());
        }
        try (Connection connection = right.runAs().isEmpty() ? connections.open() : user(right).connect(connections)) {
            connection.setAutoCommit(false);
            if (connection.isWrapperFor(Errand.Taker.class)) {
                connection.unwrap(Errand.Taker.class).on(new Errand(node, 0, true));
            }
            return new Carrying(connection, node, work, right).run();
        }
    }

    private static SyncUser user(Right right) throws SQLException {
        if (right.user() == null) {
            throw WaybillError.SYNC_USER_UNKNOWN.with(right.runAs());
        }
        return right.user();
    }

    /** @param validator null for none */
    private record Right(String runAs, SyncUser user, CallBook.Callable validator) {}

    private Right right(Connection raw, String node) throws SQLException {
        CallBook.Propagation granted = rights.propagation(raw, node);
        if (granted == null) {
            return null;
        }
        CallBook.Callable validator = granted.validator().isEmpty() ? null : rights.procedure(raw, granted.validator());
        if (validator == null && !granted.validator().isEmpty()) {
            throw WaybillError.PROCEDURE_UNKNOWN.with(granted.validator());
        }
        return new Right(granted.runAs(), granted.runAs().isEmpty() ? null : SyncUser.of(raw, dialect, granted.runAs()), validator);
    }

    /** One transaction on its connection. */
    private final class Carrying {

        private static final String ROLLBACK = "SYS_ROLLBACK";

        private final Connection connection;
        private final String node;
        private final Propagated work;
        private final Right right;
        private final Board board;

        private Carrying(Connection connection, String node, Propagated work, Right right) throws SQLException {
            this.connection = connection;
            this.node = node;
            this.work = work;
            this.right = right;
            this.board = Board.of(connection);
        }

        private Judged run() throws SQLException {
            Judged verdict;
            try {
                verdict = carriedOut();
                if (verdict == null) {
                    connection.rollback();
                    return null;
                }
            } catch (SQLException | RuntimeException failed) {
                connection.rollback();
                if (failed instanceof SQLException error && passes(error)) {
                    return null;
                }
                String state = failed instanceof SQLException error && error.getSQLState() != null ? error.getSQLState() : "38000";
                verdict = new Judged(work.id(), work.attempt(), Outcome.ERROR, state, String.valueOf(failed.getMessage()));
            }
            if (verdict.outcome() == Outcome.REJECTED || verdict.outcome() == Outcome.ERROR) {
                connection.rollback();
                if (!say(verdict)) {
                    connection.rollback();
                    return null;
                }
            }
            connection.commit();
            return verdict;
        }

        private boolean passes(SQLException failed) {
            return failed instanceof SQLTransientException || failed instanceof SQLRecoverableException || dialect.classify(failed) == Dialect.ErrorClass.TRANSIENT;
        }

        /** False: an agent that came before this one, and is late, carries it out; its verdict is found when it is asked for again. */
        private boolean say(Judged verdict) throws SQLException {
            try {
                board.inTransaction(raw -> TentativeBook.judge(new CatalogueSql(raw, dialect), dialect, node, work.number(), verdict, clock.instant()));
                return true;
            } catch (SQLException failed) {
                if (dialect.classify(failed) != Dialect.ErrorClass.DUPLICATE) {
                    throw failed;
                }
                return false;
            }
        }

        /** Null when somebody else does it. */
        private Judged carriedOut() throws SQLException {
            List<String> statements = work.statements();
            Verdict decided = new Verdict.Accept();
            if (right.validator() != null && right.validator().ofClass()) {
                decided = RemoteClasses.find(right.validator().body(), TransactionValidator.class).validate(connection, new TentativeTransaction(node, work.number(), statements, work.properties()));
            }
            if (decided instanceof Verdict.Reject no) {
                return new Judged(work.id(), work.attempt(), Outcome.REJECTED, no.code(), no.text());
            } else if (decided instanceof Verdict.Amend other) {
                statements = other.statements();
            }
            Outcome outcome = decided instanceof Verdict.Amend ? Outcome.AMENDED : Outcome.ACCEPTED;
            Judged well = new Judged(work.id(), work.attempt(), outcome, "", decided instanceof Verdict.Amend other ? other.text() : "");
            if (!say(well)) { // first, so that a statement that commits by itself, whatever it is, is not carried out again
                return null;
            }
            Map<String, String> parameters = new TreeMap<>(work.properties());
            parameters.put("node", node);
            board.inTransaction(raw -> Board.put(new CatalogueSql(raw, dialect), parameters));
            for (String statement : statements) {
                execute(statement);
            }
            if (right.validator() != null && !right.validator().ofClass()) {
                execute(right.validator().body());
            }
            Map<String, String> left = new TreeMap<>();
            board.inTransaction(raw -> left.putAll(Board.takeAll(new CatalogueSql(raw, dialect))));
            boolean rejected = "YES".equalsIgnoreCase(left.get(ROLLBACK));
            return rejected ? new Judged(work.id(), work.attempt(), Outcome.REJECTED, left.getOrDefault("SYS_ERROR_CODE", ""), left.getOrDefault("SYS_ERROR_TEXT", "")) : well;
        }

        private void execute(String sql) throws SQLException {
            if (!SavedWork.mayRun(sql)) {
                throw WaybillError.SAVE_REFUSED.with(sql.length() <= 100 ? sql : sql.substring(0, 100) + " …");
            }
            try (Statement statement = connection.createStatement()) {
                boolean rows = statement.execute(sql);
                while (rows || statement.getUpdateCount() != -1) {
                    rows = statement.getMoreResults();
                }
            }
        }
    }

    /** Begins anew: what is under way ends by itself. */
    public void forgetWhatWasRead() {
        known.clear();
    }

    /** Whether something is under way. */
    public boolean isBusy() {
        return !running.isEmpty();
    }

    /** Waits a moment for what is under way. */
    public boolean awaitOne(Duration atMost) {
        long until = System.nanoTime() + atMost.toNanos();
        boolean underWay = isBusy();
        while (underWay && ended.isEmpty() && System.nanoTime() < until) {
            LockSupport.parkNanos(1_000_000);
        }
        return underWay;
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
