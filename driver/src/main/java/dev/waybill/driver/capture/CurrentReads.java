// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.facts.SqlText;
import java.util.ArrayList;
import java.util.List;

/**
 * Parts of a text whose queries inside read rows as they are now. MariaDB's UPDATE and DELETE do so with all of their queries; of a locking read only the outermost one does, and those inside show the transaction's snapshot, and with it other
 * rows than the statement would find. Stateless; any thread.
 */
final class CurrentReads {

    private static final String SHARED = " LOCK IN SHARE MODE ";

    private CurrentReads() {}

    /** These tokens as text, each query inside with shared locks; null where that cannot be written, as for UNION. */
    static String text(SqlText text, int from, int to) {
        List<Integer> open = new ArrayList<>();
        StringBuilder current = new StringBuilder();
        int copied = from;
        for (int i = from; i < to; i++) {
            if (text.isSymbol(i, "(")) {
                open.add(i);
            } else if (text.isSymbol(i, ")") && !open.isEmpty()) {
                int start = open.remove(open.size() - 1);
                if (!text.isAny(start + 1, "SELECT", "WITH")) {
                    continue;
                } else if (isSet(text, start + 1, i)) {
                    return null;
                } else if (text.find(start + 1, "LOCK", "FOR") >= i) {
                    current.append(text.text(copied, i)).append(SHARED);
                    copied = i;
                }
            }
        }
        return current + text.text(copied, to);
    }

    private static boolean isSet(SqlText text, int from, int to) {
        return text.find(from, "UNION", "EXCEPT", "INTERSECT", "MINUS", "PROCEDURE", "INTO") < to;
    }

    /** Whether a query stands between these tokens. */
    static boolean areIn(SqlText text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.isAny(i, "SELECT", "WITH", "TABLE", "VALUES")) {
                return true;
            }
        }
        return false;
    }
}
