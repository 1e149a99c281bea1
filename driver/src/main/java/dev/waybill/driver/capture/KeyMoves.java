// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.KeyImage;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.driver.facts.CapturedTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rows of one statement that got new keys, put into an order in which they can be repeated one by one: a row moves only to a key that is free by then. Where keys go round in a circle (a swap, say) one row of it leaves as a DELETE and
 * comes back as an INSERT. One thread.
 */
final class KeyMoves {

    private final CapturedTable table;
    private final Map<KeyImage, Move> byOldKey = new LinkedHashMap<>();
    private final List<Change> changes = new ArrayList<>();

    KeyMoves(CapturedTable table) {
        this.table = table;
    }

    /** The row that had the old key has the new one. */
    void add(KeyImage oldKey, RowImage old, KeyImage newKey, RowImage after) {
        byOldKey.put(oldKey, new Move(old, newKey, after));
    }

    /** Everything in order. */
    List<Change> inOrder() {
        while (!byOldKey.isEmpty()) {
            follow(byOldKey.keySet().iterator().next());
        }
        return changes;
    }

    /** From a row to the one that stands in its way, and so on; the last of them moves first. */
    private void follow(KeyImage start) {
        List<Move> chain = new ArrayList<>();
        KeyImage at = start;
        for (Move move = byOldKey.remove(at); move != null; move = byOldKey.remove(at)) {
            chain.add(move);
            at = move.newKey;
        }
        boolean circle = at.equals(start);
        Move first = chain.get(0);
        if (circle) {
            changes.add(table.gone(first.old));
        }
        for (int i = chain.size() - 1; i >= (circle ? 1 : 0); i--) {
            changes.add(table.moved(chain.get(i).old, chain.get(i).after));
        }
        if (circle) {
            changes.add(table.change(Operation.INSERT, first.after));
        }
    }

    private record Move(RowImage old, KeyImage newKey, RowImage after) {}
}
