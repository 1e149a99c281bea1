// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.TableName;
import java.time.Duration;
import java.util.Set;

/**
 * Where the connections of one process to one database learn of catalogue changes, and where an announcer learns which writers began before. Any thread.
 *
 * <p>Nothing is locked on the way of a writer: it stores one volatile number when it begins to write and one when it ends.
 */
public interface CatalogueBoard {

    /** The newest catalogue announced in this process, {@link Catalogue#NONE} before the first: a volatile read. */
    Catalogue catalogue();

    /**
     * Called after the transaction of this catalogue has committed, or by whoever loaded it from the database. An older version of the same incarnation changes nothing; another incarnation always replaces.
     */
    void announce(Catalogue catalogue);

    /** The tables that other databases send to this one, as far as this process knows: a volatile read. */
    Received received();

    /** Called after the transaction that met these tables has committed, or by whoever loaded them from the database. */
    void receives(Set<TableName> tables);

    /** Called after a database was revoked: these came from it alone. */
    void receivesNoMore(Set<TableName> tables);

    /** A new writer of this process, idle. Closed with its connection. */
    Writer register();

    /** How many writers are active that began under a version below this one. */
    int writersBefore(long version);

    /**
     * Waits, without spinning, until no writer is active that began under a version below this one.
     *
     * @return whether it is so within the time
     */
    boolean awaitWritersBefore(long version, Duration atMost) throws InterruptedException;

    /** Called by whoever committed an outbox row, so that the agent need not poll; cheap, never blocks. */
    void signalCommit();

    /** Runs this (cheap, non-blocking) at each {@link #signalCommit} and {@link #announce}; closing the result ends it. */
    CommitHandler onCommit(Runnable wake);

    /**
     * Tables that this database receives. Immutable.
     *
     * @param revision grows with every change of the tables
     */
    record Received(Set<TableName> tables, long revision) {

        /** Before the database was asked. */
        public static final Received UNKNOWN = new Received(Set.of(), 0);

        public Received {
            tables = Set.copyOf(tables);
        }
    }

    /** What {@link #onCommit} gave. */
    interface CommitHandler extends AutoCloseable {
        @Override
        void close();
    }

    /** One connection's mark. As thread-safe as the connection. */
    interface Writer extends AutoCloseable {

        /**
         * Marks this connection as writing and returns the catalogue to plan under: every announcer that comes later sees the mark. Called before the first writing statement of a transaction is planned, and again
         * (then it changes nothing and returns what it returned) before each further one.
         */
        Catalogue begin();

        /** The transaction (or the autocommit statement) is over: committed, rolled back, or never written. */
        void end();

        /** Ends, for good. */
        @Override
        void close();
    }
}
