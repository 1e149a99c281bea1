// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.IMetricsTracker;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadFactory;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The agent's database through a small pool of raw connections. The pool has a fixed size, and where the database may live in this process no keep-alive and no life time: its housekeeper interrupts, and
 * a thread that is interrupted inside an embedded database takes the file down. The agent's thread, and beside it three others that only transact or make durable.
 */
public final class PooledAgentDatabase implements AgentDatabase, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(PooledAgentDatabase.class.getName());
    /** Held, because loggers are not. */
    private static final Logger POOL_LOG = Logger.getLogger(HikariConfig.class.getPackageName());

    static {
        // In the driver's self-contained jar the pool is ours alone, and what it says of its life at INFO is no news to the application. Elsewhere its logging is whoever's it is.
        if (POOL_LOG.getName().startsWith("dev.waybill.")) {
            POOL_LOG.setLevel(Level.WARNING);
        }
    }

    /** Three for the agent's thread, which works on one while another answers a question; two for what runs beside it, of which two are flushes that wait for nobody else, so that a third waits for one of them at the most. */
    private static final int CONNECTIONS = 5;
    /** No message says, besides its transactions, what these commit. */
    private static final Set<DurableStep> UNSAID = EnumSet.of(DurableStep.SEQUENCE, DurableStep.CLEAR_OUTBOX, DurableStep.MARK_SENT, DurableStep.MARK_CONFIRMED);
    private static final long CONNECT_MILLIS = 10_000;
    private static final long KEEP_ALIVE_MILLIS = 120_000;
    private static final long LIFE_MILLIS = 1_800_000;

    private final Dialect dialect;
    private final ShieldedDataSource source;
    private final HikariDataSource pool;
    private final boolean embedded;
    private final Lease lease;
    private final StepGuard guard;
    /** Null where the database bounds waits by itself. */
    private final WaitWatch watch;
    /** Held for moments only: nobody who looks waits for a commit. */
    private final Object commits = new Object();
    /** The numbers of those that have begun and not ended: a flush beside them may have come too early for them. */
    private final NavigableSet<Long> underWay = new TreeSet<>();
    /** Commits so far, each counted before it is done, so that who sees its outcome finds it counted; and how many of them are on disk. One at first is not, because a former agent may have left it so. */
    private long committed = 1;
    private long committedElse = 1;
    private long durable;

    private PooledAgentDatabase(Dialect dialect, ShieldedDataSource source, HikariDataSource pool, boolean embedded, Lease lease, StepGuard guard, WaitWatch watch) {
        this.dialect = dialect;
        this.source = source;
        this.pool = pool;
        this.embedded = embedded;
        this.lease = lease;
        this.guard = guard;
        this.watch = watch;
    }

    /**
     * Connects. The lease is not yet taken.
     *
     * @param name    tells agents of one process apart in the lease row
     * @param threads for the pool's own threads and for opening connections
     */
    public static PooledAgentDatabase open(AgentHome home, String name, InstantSource clock, StepGuard guard, ThreadFactory threads) throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setPoolName("waybill-agent " + name);
        WaitWatch watch = home.dialect().waits() == null ? null : new WaitWatch(home.dialect().waits());
        ShieldedDataSource source = new ShieldedDataSource(() -> watched(begin(home.connections().open(), home.dialect()), watch), threads);
        config.setDataSource(source);
        config.setThreadFactory(threads);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(CONNECTIONS);
        config.setKeepaliveTime(home.dialect().mayBeEmbedded() ? 0 : KEEP_ALIVE_MILLIS);
        config.setMaxLifetime(home.dialect().mayBeEmbedded() ? 0 : LIFE_MILLIS);
        config.setIdleTimeout(0);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setAutoCommit(false);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setInitializationFailTimeout(1);
        config.setMetricsTrackerFactory((pool, stats) -> tellOf(source));
        Lease lease = new Lease(home.dialect(), LeaseHolder.here(name), home.settings().leaseTime(), clock);
        boolean embedded = source.openAhead(CONNECTIONS, home.dialect()::isEmbedded);
        try {
            HikariDataSource pool = open(config, source);
            begin(pool, home.dialect(), embedded ? 1 : CONNECTIONS);
            if (watch != null) {
                start(watch, source, pool, threads);
            }
            return new PooledAgentDatabase(home.dialect(), source, pool, embedded, lease, guard, watch);
        } catch (SQLException failed) {
            source.closeAfter(failed);
            throw failed;
        } catch (RuntimeException failed) {
            source.closeAfter(failed);
            throw failed.getCause() instanceof SQLException sql ? sql : new SQLException(failed.getMessage(), failed);
        }
    }

    private static HikariDataSource open(HikariConfig config, ShieldedDataSource source) {
        try {
            return new HikariDataSource(config);
        } finally {
            source.takenOver(); // the first one, or what became of it: the pool tells only of those after it
        }
    }

    private static IMetricsTracker tellOf(ShieldedDataSource source) {
        return new IMetricsTracker() {
            @Override
            public void recordConnectionCreatedMillis(long millis) {
                source.takenOver();
            }
        };
    }

    private static void start(WaitWatch watch, ShieldedDataSource source, HikariDataSource pool, ThreadFactory threads) throws SQLException {
        try {
            watch.start(source.open(), threads);
        } catch (SQLException | RuntimeException failed) {
            pool.close();
            throw failed;
        }
    }

    private static Connection watched(Connection raw, WaitWatch watch) throws SQLException {
        return watch == null ? raw : watch.watched(raw);
    }

    private static Connection begin(Connection raw, Dialect dialect) throws SQLException {
        try {
            dialect.beginAgentSession(raw);
            return raw;
        } catch (SQLException | RuntimeException failed) {
            raw.close();
            throw failed;
        }
    }

    /** Waits until the pool has so many connections and asks for the rights that are needed. */
    private static void begin(HikariDataSource pool, Dialect dialect, int connections) throws SQLException {
        List<Connection> all = new ArrayList<>();
        try {
            while (all.size() < connections) {
                all.add(pool.getConnection());
            }
            dialect.demandAgentRights(all.get(0));
            for (Connection each : all) {
                each.rollback();
                each.close();
            }
        } catch (SQLException | RuntimeException failed) {
            pool.close();
            throw failed;
        }
    }

    /** Whether the database lives in this process. */
    boolean isEmbedded() {
        return embedded;
    }

    /** Takes or renews the lease. Returns false, quietly, when another agent has it. */
    public boolean takeLease() throws SQLException {
        if (lease.isFresh()) {
            return true;
        }
        try (Connection raw = pool.getConnection()) {
            dialect.beginWriting(raw);
            boolean taken = lease.take(raw);
            if (taken) {
                commit(raw, DurableStep.LEASE);
            } else {
                raw.rollback();
            }
            return taken;
        } catch (SQLException | RuntimeException failed) {
            lease.forget();
            throw failed;
        }
    }

    /** Whether the lease was taken and is not known to be lost. */
    boolean holdsLease() {
        return lease.isHeld();
    }

    @Override
    public boolean followsKill() {
        return lease.followsKill();
    }

    /** Frees the lease, so that a successor need not wait. */
    public void giveBackLease() throws SQLException {
        try (Connection raw = pool.getConnection()) {
            if (lease.isHeld()) {
                dialect.beginWriting(raw);
                lease.giveBack(raw);
                commit(raw, DurableStep.LEASE);
            }
        }
    }

    @Override
    public <T> T transact(DurableStep step, Work<T> work) throws SQLException {
        if (watch == null) {
            return transaction(step, work);
        }
        watch.begin();
        try {
            return transaction(step, work);
        } finally {
            watch.end();
        }
    }

    private <T> T transaction(DurableStep step, Work<T> work) throws SQLException {
        try (Connection raw = pool.getConnection()) {
            try {
                dialect.beginWriting(raw);
                lease.check(raw);
                T result = work.run(raw);
                commit(raw, step);
                return result;
            } catch (SQLException | RuntimeException | Error failed) {
                rollback(raw, failed);
                throw failed;
            }
        }
    }

    private void commit(Connection raw, DurableStep step) throws SQLException {
        guard.<Void, SQLException>perform(step, () -> {
            long number = begin(step);
            try {
                raw.commit();
            } finally {
                end(number);
            }
            return null;
        });
    }

    private long begin(DurableStep step) {
        synchronized (commits) {
            committed++; // before: a COMMIT that fails may have committed
            committedElse = UNSAID.contains(step) ? committedElse : committed;
            underWay.add(committed);
            return committed;
        }
    }

    private void end(long number) {
        synchronized (commits) {
            underWay.remove(number);
            commits.notifyAll();
        }
    }

    /** Waits until all commits up to this one have ended; up to where all have then. */
    private long ended(long upTo) {
        boolean interrupted = false;
        try {
            synchronized (commits) {
                while (!underWay.isEmpty() && underWay.first() <= upTo) {
                    try {
                        commits.wait();
                    } catch (InterruptedException foreign) {
                        interrupted = true;
                    }
                }
                return underWay.isEmpty() ? committed : underWay.first() - 1;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public <T> T read(Work<T> work) throws SQLException {
        try (Connection raw = pool.getConnection()) {
            T result;
            try {
                result = work.run(raw);
            } catch (SQLException | RuntimeException | Error failed) {
                rollback(raw, failed);
                throw failed;
            }
            raw.rollback();
            return result;
        }
    }

    @Override
    public <T> T readSnapshot(Work<T> work) throws SQLException {
        return read(raw -> {
            try {
                dialect.beginSnapshot(raw);
                return work.run(raw);
            } finally {
                raw.rollback();
                raw.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
        });
    }

    private static void rollback(Connection raw, Throwable failed) {
        try {
            raw.rollback();
        } catch (SQLException alsoFailed) {
            failed.addSuppressed(alsoFailed);
        }
    }

    /** Somebody else committed something that this agent may speak of. */
    void touched() {
        synchronized (commits) {
            committed++;
            committedElse = committed;
        }
    }

    @Override
    public long committedElse() {
        synchronized (commits) {
            return committedElse;
        }
    }

    @Override
    public long committed() {
        synchronized (commits) {
            return committed;
        }
    }

    @Override
    public void makeDurable() throws SQLException {
        makeDurable(committed());
    }

    @Override
    public void makeDurable(long upTo) throws SQLException {
        if (isDurable(upTo)) {
            return;
        }
        long reached = ended(upTo);
        guard.<Void, SQLException>perform(DurableStep.MAKE_DURABLE, () -> {
            try (Connection raw = pool.getConnection()) {
                dialect.makeDurable(raw);
                raw.commit();
            }
            synchronized (commits) {
                durable = Math.max(durable, reached);
            }
            return null;
        });
    }

    @Override
    public boolean isDurable(long upTo) {
        synchronized (commits) {
            return durable >= upTo;
        }
    }

    @Override
    public StepGuard guard() {
        return guard;
    }

    /** Closes the connections; nothing may be running on them. */
    @Override
    public void close() {
        try {
            if (watch != null) {
                watch.close();
            }
            source.close();
        } catch (SQLException gone) {
            LOG.log(System.Logger.Level.DEBUG, "a connection that the pool does not have could not be closed", gone);
        }
        pool.close();
    }
}
