// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/**
 * The agents beside the applications of this process: one for each database, started with the first connection to a database that has a publisher (or when one is granted), ended with the last. Any thread.
 *
 * <p>The driver tells of every connection that it opens and closes, except read-only ones. No call waits for the database; only {@link #connectionClosed} of the last connection waits, bounded, for the agent's
 * present step, so that an embedded database is free when the application has let it go.
 */
public final class AgentRegistry {

    private static final Duration LET_GO_WITHIN = Duration.ofSeconds(3);

    private final Function<AgentHome, AgentLoop.Factory> loops;
    private final ThreadFactory threads;
    private final Map<String, Beside> databases = new HashMap<>();

    /** Of a process. */
    public AgentRegistry(AgentSurroundings around) {
        this(home -> DatabaseLoop.factory(home, around), around.threads());
    }

    AgentRegistry(Function<AgentHome, AgentLoop.Factory> loops, ThreadFactory threads) {
        this.loops = loops;
        this.threads = threads;
    }

    /** A connection of the application to this database was opened. */
    public synchronized void connectionOpened(AgentHome home, boolean hasPublisher) {
        Beside beside = databases.computeIfAbsent(home.databaseKey(), key -> new Beside(home));
        beside.connections++;
        if (hasPublisher) {
            start(beside);
        }
    }

    /** GRANT PUBLISH was said on a connection of this process. */
    public synchronized void publisherGranted(String databaseKey) {
        Beside beside = databases.get(databaseKey);
        if (beside != null) {
            start(beside);
        }
    }

    /** A connection told by {@link #connectionOpened} was closed (after its raw connection). */
    public void connectionClosed(String databaseKey) {
        AgentRunner ending = forget(databaseKey);
        if (ending != null) {
            ending.stop();
            awaitEnd(ending);
        }
    }

    private synchronized AgentRunner forget(String databaseKey) {
        Beside beside = databases.get(databaseKey);
        if (beside == null || --beside.connections > 0) {
            return null;
        }
        databases.remove(databaseKey);
        return beside.runner;
    }

    private static void awaitEnd(AgentRunner ending) {
        try {
            ending.awaitEnd(LET_GO_WITHIN);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(Beside beside) {
        if (beside.runner == null || beside.runner.isStopping()) {
            beside.runner = new AgentRunner(loops.apply(beside.home)).start(threads);
        }
    }

    private static final class Beside {
        private final AgentHome home;
        private int connections;
        private AgentRunner runner;

        private Beside(AgentHome home) {
            this.home = home;
        }
    }
}
