// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** One record of a transaction, in the order of the transaction: {@link Begin}, then changes, then {@link End}. */
public sealed interface TransactionRecord {

    /**
     * The first record.
     *
     * @param transactionId random, of the transaction at its origin
     * @param publisher     publisher at which the transaction was first committed
     * @param user          database user who ran it; empty when not known
     * @param path          databases through which it came, oldest first; empty at its origin
     */
    record Begin(UUID transactionId, String publisher, String user, List<Hop> path) implements TransactionRecord {
        public Begin {
            path = List.copyOf(path);
        }
    }

    /**
     * How far the sender had applied the receiver's journal when it committed this transaction: in a transaction that goes upward, behind {@link Begin}; and in the entry that the receiver makes of it, as it came.
     *
     * @param incarnation of the receiver's history
     * @param logOffset   in its journal
     */
    record Seen(UUID incarnation, long logOffset) implements TransactionRecord {}

    /** A database through which a transaction came: its publisher, its incarnation, the transaction's offset in its journal. */
    record Hop(String publisher, UUID incarnation, long logOffset) {}

    /**
     * A change of one row (or, for TRUNCATE, of all).
     *
     * @param oldKey values of the key columns before an UPDATE that changed them, all others absent; null when the key did not change
     * @param before what the row was, as far as captured; null when nothing was
     * @param after  what the row is; null for DELETE and TRUNCATE
     * @param notes  typed remarks; empty for plain changes
     */
    record Change(TableShape table, Operation operation, RowImage oldKey, RowImage before, RowImage after, List<Note> notes) implements TransactionRecord {
        public Change {
            notes = List.copyOf(notes);
        }

        /** Whether it has a note of this type. */
        public boolean has(int note) {
            for (Note each : notes) {
                if (each.type() == note) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * A typed remark on a change. Reserved types: 1 audience before, 2 audience after (never sent to anybody), 3 version column, 4 resolver output, 5 cascaded (the change was worked out from a
     * foreign key; at apply a DELETE that finds nothing is then counted as already gone), 6 perhaps gone (a DELETE of a row that the receiver may never have had), 7 asked (no change, but the wish to be told what this row is), 8 moved (no change of the row, but of its audience), 9 kept (for those alone who had the row and have it). Unknown types are kept and passed on.
     */
    record Note(int type, byte[] content) {
        /** Who of the subscribers had the row before the change, where that is worked out by sub-queries and parents. */
        public static final int AUDIENCE_BEFORE = 1;
        /** Who has it after. */
        public static final int AUDIENCE_AFTER = 2;
        /** What the row came to be differs from what its sender sent, who is to hear of it. */
        public static final int RESOLVED = 4;
        /** The change was worked out from a foreign key's action. */
        public static final int CASCADED = 5;
        /** A DELETE of a row that the receiver may never have had: that it finds nothing means nothing. */
        public static final int PERHAPS_GONE = 6;
        /** An UPDATE of nothing, with the key alone: a remote asks the database above what this row is there. */
        public static final int ASKED = 7;
        /** An UPDATE of nothing: the row stays as it is, and other subscribers have it. In the journal only. */
        public static final int MOVED = 8;
        /** A change that only those get who had the row and have it: others are told by moves. In the journal only. */
        public static final int KEPT = 9;

        @Override
        public boolean equals(Object other) {
            return other instanceof Note note && type == note.type && Arrays.equals(content, note.content);
        }

        @Override
        public int hashCode() {
            return 31 * type + Arrays.hashCode(content);
        }
    }

    /**
     * Where a snapshot lies: in the journal it stands for the snapshot, which is sent in place of the entry that holds it (Begin, this, End). It never travels.
     *
     * @param publication the publication's name
     * @param value       the subscription's value; null for none
     * @param spoolId     the spool that holds the encoded snapshot
     */
    record SnapshotReference(String publication, String value, UUID spoolId) implements TransactionRecord {}

    /**
     * The beginning of a snapshot: what follows until {@link SnapshotEnd} are INSERTs that replace the whole content of these tables at the replica, parents first. UPDATEs
     * after the end close cycles of foreign keys: these rows were inserted with NULL there.
     *
     * @param publication the publication's name
     * @param value       the subscription's value; null for none
     * @param tables      how to create what is missing, parents first
     */
    record SnapshotStart(String publication, String value, List<TableDefinition> tables) implements TransactionRecord {
        public SnapshotStart {
            tables = List.copyOf(tables);
        }
    }

    /** The end of a snapshot, with the number of INSERTs for a check in pairs. */
    record SnapshotEnd(long rows) implements TransactionRecord {}

    /**
     * A statement of PASSTHROUGH. What it changed where it was said follows, up to {@link PassthroughEnd}, for those who do not get the statement: who gets the one gets nothing of the other.
     *
     * @param recipients who executes it: names of remote users
     * @param product    of which the recipient has to be, as {@code Dialect.name()} has it; empty for any
     * @param defines    whether it may end the transaction in which it runs, on some product: everything but INSERT, UPDATE, DELETE, MERGE and their like. A transaction that has one has no changes for its recipients
     * @param statement  as it was said
     */
    record Passthrough(List<String> recipients, String product, boolean defines, String statement) implements TransactionRecord {
        public Passthrough {
            recipients = List.copyOf(recipients);
        }
    }

    /** What a statement of PASSTHROUGH changed where it was said ends here. */
    record PassthroughEnd() implements TransactionRecord {}

    /** The last record: the time of the commit by the writer's clock, and the number of changes for a check in pairs. */
    record End(Instant committedAt, long changes) implements TransactionRecord {}
}
