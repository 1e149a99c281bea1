// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Sequenced;
import dev.waybill.journal.Sequencer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Gives committed transactions their log offsets, if there are any. While a backlog is being sent, two things go on beside the sending: the next steps, one after the other as long as it lasts, and making durable what the last ones moved.
 *
 * <pre>
 *   cycle       1              2                3                  4
 *   sequenced   1 ─┐  2        3, 4, 5          6, 7               8         step 1 in the cycle, the others beside the sending of the cycle before
 *   durable        └► 1        2                3, 4, 5            6, 7
 *   sent              1        ─                2                  3, 4, 5   only what is durable, so that sending waits for no disk but the link's
 * </pre>
 *
 * Steps are short, so that a sending which ends soon does not wait long for the last one. The outcome of a step counts from the next {@link #run} on. Nothing runs when a method returns. One thread.
 */
final class Sequencing implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Sequencing.class.getName());

    /** Most steps beside one sending: what they move is sent in the next cycle but one. */
    private static final int STEPS_AHEAD = 100;

    private final AgentDatabase database;
    private final Dialect dialect;
    private final Sequencer sequencer;
    private final AgentJournal view;
    private final String look;
    private final AgentEvents events;
    private final Beside beside;
    private Beside.Task<Sequenced> ahead;
    private boolean more;
    private boolean looked;
    private Extent durable;

    Sequencing(AgentDatabase database, Dialect dialect, Sequencer sequencer, AgentJournal view, ThreadFactory threads, AgentEvents events) {
        this.database = database;
        this.dialect = dialect;
        this.sequencer = sequencer;
        this.view = view;
        this.look = "SELECT 1 FROM " + dialect.waitingRows() + dialect.first(1);
        this.events = events;
        this.beside = new Beside(threads);
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

    private Sequenced outcome() throws SQLException {
        Beside.Task<Sequenced> ended = ahead;
        ahead = null;
        return ended.outcome();
    }

    private Sequenced step() throws SQLException {
        if (!database.<Boolean>read(this::isWaiting)) {
            return null;
        }
        int[] again = new int[1];
        Sequenced done = database.transact(DurableStep.SEQUENCE, raw -> {
            again[0] = looked ? 0 : sequencer.deleteBroughtBack(raw);
            return sequencer.sequence(raw);
        });
        looked = true;
        if (again[0] > 0) {
            LOG.log(System.Logger.Level.WARNING, "{0} rows of the outbox stood in the journal already and were deleted: the database was killed and brought them back. Nothing is sent twice."
                    + " It may have kept half of other transactions, too: hold the tables against the replicas, or SYNCHRONIZE the subscriptions.", again[0]);
        }
        return done;
    }

    private boolean isWaiting(Connection raw) throws SQLException {
        dialect.beginLook(raw);
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery(look)) {
            return row.next();
        }
    }

    /**
     * How far the journal may be sent.
     *
     * @param upTo     entries up to here
     * @param speaksOf {@link AgentDatabase#committed} of them
     */
    record Extent(LogOffset upTo, long speaksOf) {}

    /** Sending, which transacts nothing, so that neither waits for the other. */
    interface Sending {
        boolean send(Extent extent) throws SQLException;
    }

    /** Sends, and goes on sequencing meanwhile when the last step left something. */
    boolean goOnDuring(Sending sending) throws SQLException {
        Extent all = new Extent(view.head().offset(), database.committed());
        if (!more || ahead != null) {
            durable = null;
            return sending.send(all);
        }
        boolean isCovered = durable != null && durable.speaksOf() >= database.committedElse(); // a confirmation rides on every message
        Extent extent = isCovered ? durable : all;
        AtomicBoolean isSending = new AtomicBoolean(true);
        ahead = beside.begin(() -> stepsDuring(isSending));
        Beside.Task<Void> flush = beside.begin(() -> {
            if (extent != all) {
                database.makeDurable(all.speaksOf());
            }
            return null;
        });
        boolean unfinished;
        try {
            unfinished = sending.send(extent);
        } finally {
            isSending.set(false);
            ahead.awaitEnd();
            flush.awaitEnd();
        }
        flush.outcome();
        durable = all;
        return unfinished;
    }

    private Sequenced stepsDuring(AtomicBoolean isSending) throws SQLException {
        Sequenced done = database.transact(DurableStep.SEQUENCE, sequencer::sequence);
        for (int steps = 1; steps < STEPS_AHEAD && done.more() && isSending.get(); steps++) {
            done = done.and(database.transact(DurableStep.SEQUENCE, sequencer::sequence));
        }
        return done;
    }

    /** Begins anew from what is on record. */
    void forget() {
        ahead = null;
        more = false;
        looked = false;
        durable = null;
    }

    @Override
    public void close() {
        beside.close();
    }
}
