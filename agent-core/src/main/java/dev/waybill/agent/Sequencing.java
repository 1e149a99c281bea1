// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.journal.HalfKept;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Sequenced;
import dev.waybill.journal.Sequencer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

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
    /** Behind a backlog deleting waits so long: it costs as much as all else that this end does, and where the other end shares the processors, it gets them first. */
    private static final Duration REST = Duration.ofMillis(300);

    private final AgentDatabase database;
    private final Dialect dialect;
    private final Sequencer sequencer;
    private final AgentJournal view;
    private final String look;
    private final AgentEvents events;
    private final Beside beside;
    /** Where small transactions are sequenced in two steps; otherwise null. */
    private final Clearing clearing;
    private final InstantSource clock;
    private Beside.Task<Sequenced> ahead;
    private boolean more;
    private boolean looked;
    private Extent durable;
    /** When there was a backlog last; null when deleting need not wait for it any more. */
    private Instant backlogAt;

    /** @param embedded whether the database lives in this process, and cannot be another one without this agent's learning it */
    Sequencing(AgentDatabase database, boolean embedded, Dialect dialect, Sequencer sequencer, AgentJournal view, ThreadFactory threads, InstantSource clock, AgentEvents events) {
        this.database = database;
        this.dialect = dialect;
        this.sequencer = sequencer;
        this.view = view;
        List<String> places = dialect.waitingSigns().stream().map(place -> "SELECT 1 FROM " + place + dialect.first(1)).toList();
        this.look = places.size() == 1 ? places.get(0) : places.stream().collect(Collectors.joining(") UNION ALL (", "(", ")"));
        this.clock = clock;
        this.events = events;
        this.beside = new Beside(threads, 2);
        this.clearing = embedded && dialect.mayKeepHalves() ? new Clearing(database, sequencer) : null;
    }

    /** One bounded step; returns what it did, or null when the outbox is empty. */
    Sequenced run() throws SQLException {
        boolean wasBehind = more || ahead != null;
        Sequenced done = ahead != null ? outcome() : step();
        more = done != null && done.more();
        if (more || wasBehind) {
            backlogAt = clock.instant();
        }
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
        if (!looked) {
            if (!database.<Boolean>read(this::isWaiting)) {
                return null;
            }
            begin();
        }
        return next();
    }

    /** What was sequenced before is out of the way. */
    private void begin() throws SQLException {
        int again = dialect.mayKeepHalves() ? database.transact(DurableStep.CLEAR_OUTBOX, sequencer::deleteBroughtBack) : 0;
        if (dialect.mayKeepHalves() && database.followsKill()) {
            leaveOutHalves();
        }
        looked = true;
        if (again > 0) {
            LOG.log(System.Logger.Level.INFO, "{0} rows of the outbox stood in the journal already and were deleted: an agent ended before it could do that, or the database was killed and brought them back. Nothing is sent twice.", again);
        }
    }

    /** What the database lost when it was killed is not sent, though its outbox row was kept: the source is right. */
    private void leaveOutHalves() throws SQLException {
        HalfKept.Halves halves = database.readSnapshot(new HalfKept(dialect)::look);
        if (!halves.alone().isEmpty()) {
            int rows = database.transact(DurableStep.CLEAR_OUTBOX, raw -> dialect.deleteFromOutbox(raw, halves.alone().toArray(Long[]::new)));
            LOG.log(System.Logger.Level.WARNING, "The database was killed and kept {0} transactions by half: what they were to send, and nothing of what they wrote. They were not sent, and their rows in the outbox were deleted, so that "
                    + "the replicas show what is here.", rows);
        }
        if (halves.unreadable() > 0 || !halves.torn().isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "The database was killed and seems to have kept transactions by half: rows are not what the transactions {0} in the outbox made of them, and {1} rows of the outbox are counted and cannot be "
                    + "read. What these wrote may be here and not at the replicas, or the reverse. Compare the tables, or SYNCHRONIZE their subscriptions.", halves.torn(), halves.unreadable());
        }
    }

    /** Null when nothing waits. */
    private Sequenced next() throws SQLException {
        if (clearing != null) {
            return clearing.step();
        }
        return database.<Boolean>read(this::isWaiting) ? database.transact(DurableStep.SEQUENCE, sequencer::sequence) : null;
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
        boolean unfinished = sendAndGoOn(sending);
        if (unfinished || backlogAt != null) {
            backlogAt = clock.instant();
        }
        return unfinished;
    }

    private boolean sendAndGoOn(Sending sending) throws SQLException {
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
        Sequenced done = next();
        for (int steps = 1; steps < STEPS_AHEAD && done != null && done.more() && isSending.get() && (clearing == null || clearing.makeRoom(isSending::get)); steps++) {
            Sequenced another = next();
            done = another == null ? done.andNothing() : done.and(another);
        }
        return done;
    }

    /**
     * The rows of what was sequenced are deleted, some of them, unless more is to be sequenced first.
     *
     * @param idle whether this cycle sequenced nothing
     * @return whether that is to be gone on with
     */
    boolean clear(boolean idle) throws SQLException {
        return clearing != null && !more && (isRested() || !clearing.hasRoom()) && clearing.clearInCycle(idle);
    }

    private boolean isRested() {
        Instant at = clearAt();
        if (at == null || !clock.instant().isBefore(at)) {
            backlogAt = null;
        }
        return backlogAt == null;
    }

    /** When rows that wait are to be deleted; null when none wait for a time. */
    Instant clearAt() {
        return clearing == null || backlogAt == null ? null : backlogAt.plus(REST);
    }

    /** The outbox has only what is not sequenced, for good: before anybody else sequences, and before the journal is trimmed. */
    void settle() throws SQLException {
        if (ahead != null) {
            ahead.outcome(); // nobody knows what a step that failed has done
        }
        if (clearing != null) {
            clearing.clearAll();
        }
    }

    /**
     * {@link #settle}, and says so to whoever begins next: he need not look for what was sequenced already, unless he finds that somebody has sequenced since.
     *
     * @param flush brings everything to disk, whoever committed it
     */
    void handOver(Flush flush) throws SQLException {
        settle();
        LogOffset head = looked || !database.<Boolean>read(this::isWaiting) ? database.<LogOffset>read(sequencer::notYetCleared) : null;
        if (head != null) {
            flush.run();
            database.<Void>transact(DurableStep.CLEAR_OUTBOX, raw -> {
                sequencer.cleared(raw, head);
                return null;
            });
        }
    }

    /** Brings to disk what was committed. */
    interface Flush {
        void run() throws SQLException;
    }

    /** {@link #settle}, for those who need it. */
    interface Beforehand {
        void settle() throws SQLException;
    }

    /** Begins anew from what is on record. */
    void forget() {
        ahead = null;
        more = false;
        looked = false;
        durable = null;
        backlogAt = null;
        if (clearing != null) {
            clearing.forget();
        }
    }

    @Override
    public void close() {
        beside.close();
    }
}
