// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.durable.AgentDatabase;
import dev.waybill.message.Envelope;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;

/**
 * Confirmations that are due. What they speak of is brought to disk before they leave: at once, or, where a backlog waits, beside the next cycle, which applies meanwhile. A confirmation says what was true when it was due; that more has been
 * applied since makes it no less true.
 *
 * <pre>
 *   cycle          1                2                3, no backlog
 *   due            c1               c2
 *   flush beside   └── f1 ───┐      └── f2 ───┐
 *   said                      ──── c1          ──── c2
 * </pre>
 *
 * One thread, which leaves the flush to itself while a backlog waits.
 */
final class Confirming implements AutoCloseable {

    private final AgentDatabase database;
    private final Speech speech;
    private final Beside beside;
    private final List<Word> due = new ArrayList<>();
    private final List<Word> flushing = new ArrayList<>();
    private Beside.Task<Void> flush;
    private long flushedTo;

    Confirming(AgentDatabase database, Speech speech, ThreadFactory threads) {
        this.database = database;
        this.speech = speech;
        this.beside = new Beside(threads, 1);
    }

    /** What is to be said to somebody. */
    private record Word(Neighbour to, Envelope envelope) {}

    /** To be said as soon as what it speaks of, all that was committed so far, is on disk. */
    void confirm(Neighbour to) {
        due.add(new Word(to, speech.confirmation(to)));
    }

    /**
     * Says what can be said: all that is due, unless a backlog waits.
     *
     * @param known who may be spoken to now
     */
    void run(boolean backlog, Set<String> known) throws SQLException {
        if (flush != null && (!backlog || flush.isDone())) {
            end(known);
        }
        if (flush == null && !due.isEmpty()) {
            flushing.addAll(due);
            due.clear();
            begin(backlog, known);
        }
    }

    private void begin(boolean backlog, Set<String> known) throws SQLException {
        long committed = database.committed();
        if (backlog) {
            flushedTo = committed;
            flush = beside.begin(() -> {
                database.makeDurable(committed);
                return null;
            });
        } else {
            say(known, committed);
        }
    }

    private void end(Set<String> known) throws SQLException {
        flush.awaitEnd();
        Beside.Task<Void> ended = flush;
        flush = null;
        ended.outcome();
        say(known, flushedTo);
    }

    private void say(Set<String> known, long committed) throws SQLException {
        for (Word word : flushing) {
            if (known.contains(word.to().name())) {
                speech.say(word.to(), word.envelope(), committed);
            }
        }
        flushing.clear();
    }

    /** Begins anew from what is on record. What was to be said rides on the next message, the hello of who begins if no other. */
    void forget() {
        if (flush != null) {
            flush.awaitEnd();
        }
        flush = null;
        flushing.clear();
        due.clear();
    }

    @Override
    public void close() {
        forget();
        beside.close();
    }
}
