// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionRecord.Passthrough;
import dev.waybill.change.TransactionRecord.PassthroughEnd;
import dev.waybill.change.TransactionRecord.Seen;
import dev.waybill.change.TransactionRecord.SnapshotEnd;
import dev.waybill.change.TransactionRecord.SnapshotReference;
import dev.waybill.change.TransactionRecord.SnapshotStart;

/** Where a transaction is, for checking its records in the same way before writing and after reading. One thread. */
final class TransactionState {

    private boolean begun;
    private boolean ended;
    private boolean inSnapshot;
    private boolean passing;
    private long changes;
    private long snapshotRows;

    TransactionState copy() {
        TransactionState copy = new TransactionState();
        copy.become(this);
        return copy;
    }

    void become(TransactionState other) {
        begun = other.begun;
        ended = other.ended;
        inSnapshot = other.inSnapshot;
        passing = other.passing;
        changes = other.changes;
        snapshotRows = other.snapshotRows;
    }

    /** As a new one. */
    void clear() {
        begun = false;
        ended = false;
        inSnapshot = false;
        passing = false;
        changes = 0;
        snapshotRows = 0;
    }

    /** It has not ended after all. */
    void reopen() {
        if (!ended) {
            throw new IllegalStateException("a transaction is opened again that has not ended");
        }
        ended = false;
    }

    long changes() {
        return changes;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Takes the record in, or says what is wrong with it at this place. */
    String apply(TransactionRecord record) {
        if (record instanceof Begin) {
            return begin();
        }
        if (!isOpen()) {
            return "a record before the beginning or after the end of a transaction";
        }
        if (record instanceof Change change) {
            return applyChange(change.operation());
        }
        if (record instanceof SnapshotStart) {
            return startSnapshot();
        }
        if (record instanceof SnapshotEnd end) {
            return endSnapshot(end.rows());
        }
        if (record instanceof Passthrough || record instanceof PassthroughEnd) {
            return pass(record instanceof Passthrough);
        }
        if (record instanceof Seen) {
            return changes > 0 || inSnapshot ? "what the sender had seen stands behind a change" : null;
        }
        if (record instanceof SnapshotReference) {
            return inSnapshot ? "a reference to a snapshot inside a snapshot" : null;
        }
        return end((End) record);
    }

    /** Takes a change in, or says what is wrong with it at this place. */
    String applyChange(Operation operation) {
        if (!isOpen()) {
            return "a change before the beginning or after the end of a transaction";
        }
        if (inSnapshot && operation != Operation.INSERT) {
            return operation + " inside a snapshot";
        }
        changes++;
        snapshotRows += inSnapshot ? 1 : 0;
        return null;
    }

    boolean isOpen() {
        return begun && !ended;
    }

    String begin() {
        if (begun) {
            return "a transaction begins twice";
        }
        begun = true;
        return null;
    }

    private String pass(boolean begins) {
        if (inSnapshot || passing == begins) {
            return inSnapshot ? "a statement inside a snapshot" : begins ? "a statement inside of what another one changed" : "what a statement changed ends twice";
        }
        passing = begins;
        return null;
    }

    private String startSnapshot() {
        if (inSnapshot) {
            return "a snapshot inside a snapshot";
        }
        inSnapshot = true;
        snapshotRows = 0;
        return null;
    }

    private String endSnapshot(long rows) {
        if (!inSnapshot || rows != snapshotRows) {
            return "a snapshot ends with " + rows + " rows, " + (inSnapshot ? snapshotRows + " came" : "none was begun");
        }
        inSnapshot = false;
        return null;
    }

    private String end(End end) {
        if (inSnapshot || passing || end.changes() != changes) {
            return "a transaction ends with " + end.changes() + " changes, " + changes + " came" + (inSnapshot ? ", inside a snapshot" : passing ? ", inside of what a statement changed" : "");
        }
        ended = true;
        return null;
    }
}
