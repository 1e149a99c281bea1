// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import java.util.UUID;

/**
 * Where the connections of one process to one embedded database learn of catalogue changes, and where an announcer learns which writers began before.
 * Nothing is locked on the way of a writer: it stores one volatile number when it begins to write and one when it ends.
 */
public interface CatalogueBoard {

    /** The newest version announced in this process; a volatile read. */
    long version();

    /** Called after the catalogue transaction of this version has committed. */
    void announce(long version, UUID incarnation);

    /** A new writer of this process, idle. Closed with its connection. */
    Writer register();

    /**
     * Waits until no writer is active that began under a version below this one.
     *
     * @return whether it is so within the time
     */
    boolean awaitWritersBefore(long version, java.time.Duration atMost) throws InterruptedException;

    /** Called by whoever committed an outbox row, so that the agent need not poll; cheap, never blocks. */
    void signalCommit();

    /** Runs this (cheap, non-blocking) at each {@link #signalCommit} and {@link #announce}; closing the result ends it. */
    AutoCloseable onCommit(Runnable wake);

    /** One connection's mark. */
    interface Writer extends AutoCloseable {

        /** Marks this connection as writing and returns the version to plan under: every announcer that comes later sees the mark. */
        long begin();

        /** The transaction (or the autocommit statement) is over. */
        void end();

        @Override
        void close();
    }
}
