// SPDX-License-Identifier: Apache-2.0
package dev.waybill.audience;

import dev.waybill.change.KeyImage;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionRecord.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One row that was changed, once or several times: what it was before the first of these changes, and what it is. One thread. */
final class NetRow {

    final List<Change> changes = new ArrayList<>();
    /** By publication. */
    final Map<String, Set<KeyImage>> had = new HashMap<>();
    /** Likewise. */
    final Map<String, Set<KeyImage>> has = new HashMap<>();
    /** Null for one that was not there. */
    RowImage before;
    /** Null for one that is gone. */
    RowImage after;
    /** Whether nobody knows what it was. */
    boolean isVague;

    boolean isMoved() {
        return !had.equals(has);
    }
}
