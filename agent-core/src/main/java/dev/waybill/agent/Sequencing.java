// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.journal.Sequenced;
import dev.waybill.journal.Sequencer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Gives committed transactions their log offsets, if there are any. While a backlog is being sent, the next step runs beside the sending, in a thread of its own; its outcome counts from the next {@link #run} on. Nothing runs
 * when a method returns. One thread.
 */
final class Sequencing implements AutoCloseable {

    /** A step that runs beside the sending is longer than the first, after which sending begins. */
    private static final int TIMES_AHEAD = 4;
    private static final long IDLE_SECONDS = 10;

    private final AgentDatabase database;
    private final Dialect dialect;
    private final Sequencer sequencer;
    private final String look;
    private final AgentEvents events;
    private final ThreadPoolExecutor beside;
    private FutureTask<Sequenced> ahead;
    private boolean more;

    Sequencing(AgentDatabase database, Dialect dialect, Sequencer sequencer, ThreadFactory threads, AgentEvents events) {
        this.database = database;
        this.dialect = dialect;
        this.sequencer = sequencer;
        this.look = "SELECT 1 FROM " + dialect.waitingRows() + " FETCH FIRST 1 ROW ONLY";
        this.events = events;
        this.beside = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        this.beside.allowCoreThreadTimeOut(true);
    }

    /** One bounded step; returns what it did, or null when the outbox is empty. */
    Sequenced run() throws SQLException {
        Sequenced done = ahead != null ? outcome() : step();
        more = done != null && done.more();
        if (done != null) {
            events.sequenced((int) done.transactions(), done.head().offset());
        }
        return done;
    }

    private Sequenced step() throws SQLException {
        return database.<Boolean>read(this::isWaiting) ? database.transact(DurableStep.SEQUENCE, sequencer::sequence) : null;
    }

    private boolean isWaiting(Connection raw) throws SQLException {
        dialect.beginLook(raw);
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(look)) {
            return row.next();
        }
    }

    /** Work that transacts nothing, so that neither waits for the other. */
    interface Sending {
        boolean send() throws SQLException;
    }

    /** Sends, and goes on sequencing meanwhile when the last step left something. */
    boolean goOnDuring(Sending sending) throws SQLException {
        if (!more || ahead != null) {
            return sending.send();
        }
        begin(() -> database.transact(DurableStep.SEQUENCE, raw -> sequencer.sequence(raw, TIMES_AHEAD)));
        try {
            return sending.send();
        } finally {
            awaitEnd();
        }
    }

    private void begin(Callable<Sequenced> step) {
        ahead = new FutureTask<>(step);
        beside.execute(ahead);
    }

    /** It is never left running, nor interrupted. */
    private void awaitEnd() {
        boolean interrupted = false;
        while (!ahead.isDone()) {
            try {
                ahead.get();
            } catch (ExecutionException told) {
                break; // by outcome()
            } catch (InterruptedException foreign) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Sequenced outcome() throws SQLException {
        FutureTask<Sequenced> ended = ahead;
        ahead = null;
        try {
            return ended.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof SQLException database) {
                throw database;
            }
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw failed.getCause() instanceof RuntimeException unexpected ? unexpected : new IllegalStateException(failed.getCause());
        } catch (InterruptedException foreign) {
            throw new IllegalStateException(foreign);
        }
    }

    /** Begins anew from what is on record. */
    void forget() {
        ahead = null;
        more = false;
    }

    @Override
    public void close() {
        beside.shutdown();
    }
}
