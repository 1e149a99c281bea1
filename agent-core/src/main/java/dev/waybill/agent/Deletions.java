// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.durable.AgentDatabase;
import dev.waybill.link.Link.LinkException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages that have done their work and wait to be deleted. What they caused must be on disk before, and flushing a database for a deletion alone would be a waste: so they wait, a short while, until something else
 * flushes it. A crash meanwhile leaves duplicates, which are recognised. One thread.
 */
final class Deletions {

    /** Longer than a confirmation waits: that flushes, too. */
    private static final Duration AT_MOST = Duration.ofMillis(400);
    private static final Duration REST = Duration.ofSeconds(5);
    private static final int WAITING_AT_MOST = 500;
    private static final String TROUBLE = "deleting on link ";

    private final AgentDatabase database;
    private final Inbox inbox;
    private final Troubles troubles;
    private final AgentEvents events;
    private final InstantSource clock;
    private final Map<String, String> waiting = new LinkedHashMap<>();
    private Instant since;
    private long caused;

    Deletions(AgentDatabase database, Inbox inbox, Troubles troubles, AgentEvents events, InstantSource clock) {
        this.database = database;
        this.inbox = inbox;
        this.troubles = troubles;
        this.events = events;
        this.clock = clock;
    }

    /** This message can go. */
    void add(String ref, String why) {
        if (waiting.isEmpty()) {
            since = clock.instant();
        }
        waiting.put(ref, why);
        caused = database.committed();
        inbox.ignore(ref);
    }

    /** When they must go at the latest; null when none waits. */
    Instant dueAt() {
        return waiting.isEmpty() ? null : since.plus(AT_MOST);
    }

    /** Deletes what may wait no longer, or what costs no flush because what it caused is on disk anyway. */
    void run() throws SQLException {
        boolean due = !waiting.isEmpty() && !clock.instant().isBefore(dueAt());
        if (due || since != null && !clock.instant().isBefore(since) && (!waiting.isEmpty() && database.isDurable(caused) || waiting.size() >= WAITING_AT_MOST)) {
            runAll();
        }
    }

    /** Deletes all, now. What cannot be deleted is left alone for a while and tried again. */
    void runAll() throws SQLException {
        if (waiting.isEmpty()) {
            return;
        }
        database.makeDurable(caused);
        for (String ref : List.copyOf(waiting.keySet())) {
            Mail mail = Mail.of(ref);
            try {
                inbox.delete(ref);
            } catch (LinkException failed) {
                since = clock.instant().plus(REST);
                troubles.begun(TROUBLE + mail.linkName(), "LINK_DOWN", failed.getMessage());
                return;
            }
            troubles.over(TROUBLE + mail.linkName());
            events.discarded(mail.linkName(), mail.arrival().name(), waiting.remove(ref));
        }
    }

    /** They stay on the link: the agent begins anew from what is on record. */
    void forget() {
        waiting.clear();
    }
}
