// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;

/**
 * What was done to one row that travels on; what the row came to be is read when all that waited for others has been performed.
 *
 * @param work     as it came
 * @param assigned whether the columns of the work were assigned
 * @param oldKey   under which the row was
 * @param newKey   under which it is
 * @param before   what it was here; null for none
 * @param resolved whether the sender has to hear what it came to be
 * @param conflict of the line in {@code waybill.conflict}, or -1
 * @param outcome  for that line
 */
record Done(Work work, TableShape shape, boolean assigned, RowImage oldKey, RowImage newKey, RowImage before, boolean resolved, long conflict, String outcome) {

    static final long NO_CONFLICT = -1;

    /** Performed as it came. */
    static Done asItCame(Work work, TableShape shape, RowImage before) {
        return new Done(work, shape, true, work.keyImage(), work.kind() == Kind.UPDATE_KEY ? work.change().after() : work.keyImage(), before, false, NO_CONFLICT, null);
    }

    /** Whatever was done to the row under this key: who sent the change has to hear what it came to be. */
    static Done outcome(Work work, TableShape shape, RowImage key, RowImage before, long conflict, String outcome) {
        return new Done(work, shape, false, key, key, before, true, conflict, outcome);
    }
}
