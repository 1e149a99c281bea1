// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Which columns a SET clause assigns to.
 *
 * @param columns as the database keeps them
 * @param known   whether the clause could be read; otherwise any column may be among them
 * @param end     the token after the clause
 */
record Assignments(List<String> columns, boolean known, int end) {

    private static final String[] AFTER = {"WHERE", "LIMIT", "FETCH", "ORDER", "OFFSET"};

    /** Reads {@code a = …, t.b = …, (c, d) = …} from this token on. */
    static Assignments of(SqlText text, int from, NameResolver names) {
        int end = text.find(from, AFTER);
        List<String> columns = new ArrayList<>();
        int at = from;
        while (at < end) {
            int next = one(text, at, end, names, columns);
            if (next < 0) {
                return new Assignments(columns, false, end);
            }
            at = next;
        }
        return new Assignments(columns, from < end && !goesOn(text, end), end);
    }

    /** Whether what looked like the end was a column's name: LIMIT and its like can be made one by SET NON_KEYWORDS. */
    private static boolean goesOn(SqlText text, int end) {
        if (text.isWord(end, "WHERE")) {
            return false;
        }
        for (int i = end; i < text.size(); i++) {
            if (text.isSymbol(i, "=")) {
                return true;
            }
        }
        return false;
    }

    /** Whether one of these may get another value; {@code volatileColumns} can change whatever is assigned to. */
    boolean mayChange(Collection<String> watched, Set<String> volatileColumns) {
        return !known || watched.stream().anyMatch(column -> columns.contains(column) || volatileColumns.contains(column));
    }

    private static int one(SqlText text, int from, int end, NameResolver names, List<String> columns) {
        int at = text.isSymbol(from, "(") ? list(text, from + 1, names, columns) : name(text, from, names, columns);
        if (at < 0 || !text.isSymbol(at, "=")) {
            return -1;
        }
        int depth = 0;
        for (int i = at + 1; i < end; i++) {
            depth += text.isSymbol(i, "(") || text.isSymbol(i, "[") ? 1 : text.isSymbol(i, ")") || text.isSymbol(i, "]") ? -1 : 0;
            if (depth == 0 && text.isSymbol(i, ",")) {
                return i + 1;
            }
        }
        return end;
    }

    private static int list(SqlText text, int from, NameResolver names, List<String> columns) {
        int at = name(text, from, names, columns);
        while (at >= 0 && text.isSymbol(at, ",")) {
            at = name(text, at + 1, names, columns);
        }
        return at >= 0 && text.isSymbol(at, ")") ? at + 1 : -1;
    }

    private static int name(SqlText text, int from, NameResolver names, List<String> columns) {
        if (!text.isName(from)) {
            return -1;
        }
        int last = from;
        while (text.isSymbol(last + 1, ".") && text.isName(last + 2)) {
            last += 2;
        }
        columns.add(names.kept(text, last));
        return last + 1;
    }
}
