// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One way for messages, seen from one database. One agent thread at a time, except {@link #onArrival}. */
public interface Link extends AutoCloseable {

    /** The longest message that this way carries, in bytes. */
    int maxMessageBytes();

    /**
     * Hands a message over.
     *
     * @param address the recipient's address, from the catalogue
     * @throws LinkException it was not handed over (or one cannot know): the sender will send it again
     */
    void send(String address, byte[] message) throws LinkException;

    /** The longest message that this way takes as far as it knows now, at most {@link #maxMessageBytes}: some learn it from a server when they first send. Senders cut to it. */
    default int sendableBytes() {
        return maxMessageBytes();
    }

    /**
     * As {@link #send}, one of many: it may become visible only with {@link #flush}, which then throws what was wrong with any of them. A way that gains nothing by that sends at once.
     */
    default void sendSoon(String address, byte[] message) throws LinkException {
        send(address, message);
    }

    /**
     * After this, what {@link #send} and {@link #sendSoon} accepted is visible and survives a power cut at this end, as far as the way can promise that. Called after a run of messages; a way that needs nothing does nothing.
     *
     * @throws LinkException some of what was accepted since the last call may not have been handed over
     */
    default void flush() throws LinkException { }

    /** From these addresses something may come: those of all whom this database knows by this way. A way with a mailbox of its own need not know. */
    default void expect(Set<String> addresses) { }

    /**
     * How far was read, where readers take nothing out: everything before is deleted or put aside. Names of places and what was reached there, in the way's own words; empty where the mailbox itself is emptied. The agent keeps it with its delivery
     * state after what was read has been committed, and gives it back by {@link #resume}: what lies between is listed again.
     */
    default Map<String, String> reached() {
        return Map.of();
    }

    /** Before anything is listed: what {@link #reached} said in an earlier life. */
    default void resume(Map<String, String> reached) { }

    /** What this way has lost, as it found out since this was asked last: texts for people, each once, and bounded. What was ours among it is missed and asked for by itself. */
    default List<String> losses() {
        return List.of();
    }

    /**
     * What lies in the own mailbox, oldest first where the way knows, at most this many; without content. The same message is listed again until it is deleted or quarantined.
     */
    List<Arrival> list(int atMost) throws LinkException;

    /** The content, or null when it has gone meanwhile; never more than {@link #maxMessageBytes} plus one byte (so that oversize shows). */
    byte[] read(Arrival arrival) throws LinkException;

    /** Deletes; already gone counts as deleted. Where readers take nothing out it holds for this life, and for the next ones as far as {@link #reached} says. */
    void delete(Arrival arrival) throws LinkException;

    /** As {@link #delete}, but it need not have happened yet: it is listed no more, unless it turns out that it cannot be deleted. A way that gains nothing by that deletes at once. */
    default void deleteSoon(Arrival arrival) throws LinkException {
        delete(arrival);
    }

    /** Takes a message out of the mailbox and keeps it with the reason, where a person finds it; bounded. */
    void quarantine(Arrival arrival, String reason) throws LinkException;

    /** Runs this when something may have arrived (from any thread, cheap); a link that cannot tell never calls it. */
    void onArrival(Runnable wake);

    @Override
    void close();

    /**
     * A message in the mailbox.
     *
     * @param name      how the link knows it; stable until deleted
     * @param sizeBytes length, or -1 when not known
     * @param sender    who sent it, if the way has authenticated that; else null
     */
    record Arrival(String name, long sizeBytes, String sender) {}

    /** A link that does not work now. The text says which, why, and what the address was. */
    final class LinkException extends IOException {
        private static final long serialVersionUID = 1L;

        public LinkException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
