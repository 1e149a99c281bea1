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
    private final Map<String, Done> waiting = new LinkedHashMap<>();
    private Instant notBefore = Instant.MIN;

    Deletions(AgentDatabase database, Inbox inbox, Troubles troubles, AgentEvents events, InstantSource clock) {
        this.database = database;
        this.inbox = inbox;
        this.troubles = troubles;
        this.events = events;
        this.clock = clock;
    }

    /**
     * A message that has done its work.
     *
     * @param caused {@link AgentDatabase#committed} of what it caused
     */
    private record Done(String why, long caused, Instant since) {}

    /** This message can go. */
    void add(String ref, String why) {
        waiting.put(ref, new Done(why, database.committed(), clock.instant()));
        inbox.ignore(ref);
    }

    /** When they must go at the latest; null when none waits. */
    Instant dueAt() {
        if (waiting.isEmpty()) {
            return null;
        }
        Instant due = waiting.values().iterator().next().since().plus(AT_MOST);
        return due.isBefore(notBefore) ? notBefore : due;
    }

    /** Deletes what may wait no longer, or what costs no flush because what it caused is on disk anyway. */
    void run() throws SQLException {
        Instant now = clock.instant();
        if (waiting.isEmpty() || now.isBefore(notBefore)) {
            return;
        }
        if (!now.isBefore(dueAt()) || waiting.size() >= WAITING_AT_MOST) {
            runAll();
        } else {
            deleteWhatIsOnDisk();
        }
    }

    /** Deletes all, now. What cannot be deleted is left alone for a while and tried again. */
    void runAll() throws SQLException {
        database.makeDurable(waiting.values().stream().mapToLong(Done::caused).max().orElse(0));
        deleteWhatIsOnDisk();
    }

    /** In their order. */
    private void deleteWhatIsOnDisk() throws SQLException {
        for (Map.Entry<String, Done> each : List.copyOf(waiting.entrySet())) {
            if (!database.isDurable(each.getValue().caused()) || !delete(each.getKey(), each.getValue().why())) {
                return;
            }
        }
    }

    /** False: its link does not work now. */
    private boolean delete(String ref, String why) {
        Mail mail = Mail.of(ref);
        try {
            inbox.delete(ref);
        } catch (LinkException failed) {
            notBefore = clock.instant().plus(REST);
            troubles.begun(TROUBLE + mail.linkName(), "LINK_DOWN", failed.getMessage());
            return false;
        }
        troubles.over(TROUBLE + mail.linkName());
        waiting.remove(ref);
        events.discarded(mail.linkName(), mail.arrival().name(), why);
        return true;
    }

    /** They stay on the link: the agent begins anew from what is on record. */
    void forget() {
        waiting.clear();
        notBefore = Instant.MIN;
    }
}
