// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Which columns a SET clause assigns to, and what.
 *
 * @param list  one for each column, in order
 * @param known whether the clause could be read; otherwise any column may be among them
 * @param end   the token after the clause
 */
public record Assignments(List<Assignment> list, boolean known, int end) {

    /**
     * @param column as the database keeps it
     * @param from   first token of the expression; -1 when the value has none of its own: DEFAULT, or one of a row that a query gives
     * @param to     the token after it
     */
    public record Assignment(String column, int from, int to) {}

    private static final String[] AFTER = {"WHERE", "LIMIT", "FETCH", "ORDER", "OFFSET"};

    /** Reads {@code a = …, t.b = …, (c, d) = …} from this token on. */
    public static Assignments of(SqlText text, int from, NameResolver names) {
        int end = text.find(from, AFTER);
        List<Assignment> list = new ArrayList<>();
        int at = from;
        while (at < end) {
            int next = one(text, at, end, names, list);
            if (next < 0) {
                return new Assignments(list, false, end);
            }
            at = next;
        }
        return new Assignments(list, from < end && !goesOn(text, end), end);
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

    /** Whether one of these may get another value; those that are {@code changing} can change whatever is assigned to. */
    public boolean mayChange(Collection<String> watched, Set<String> changing) {
        return !known || watched.stream().anyMatch(column -> to(column) != null || changing.contains(column));
    }

    /** What is assigned to this column; null when nothing is. */
    public Assignment to(String column) {
        return list.stream().filter(assignment -> assignment.column.equals(column)).findFirst().orElse(null);
    }

    private static int one(SqlText text, int from, int end, NameResolver names, List<Assignment> list) {
        List<String> columns = new ArrayList<>();
        boolean row = text.isSymbol(from, "(");
        int at = row ? columns(text, from + 1, names, columns) : name(text, from, names, columns);
        if (at < 0 || !text.isSymbol(at, "=")) {
            return -1;
        }
        int after = afterExpression(text, at + 1, end);
        if (row) {
            rowValues(text, at + 1, after, columns, list);
        } else {
            list.add(value(text, columns.get(0), at + 1, after));
        }
        return after == end ? end : after + 1;
    }

    private static Assignment value(SqlText text, String column, int from, int to) {
        return to == from + 1 && text.isWord(from, "DEFAULT") ? new Assignment(column, -1, -1) : new Assignment(column, from, to);
    }

    private static void rowValues(SqlText text, int from, int after, List<String> columns, List<Assignment> list) {
        List<Assignment> values = new ArrayList<>();
        boolean isList = text.isSymbol(from, "(") && text.afterParentheses(from) == after && !text.isAny(from + 1, "SELECT", "VALUES", "TABLE", "WITH");
        int at = from + 1;
        while (isList && at < after - 1 && values.size() < columns.size()) {
            int next = afterExpression(text, at, after - 1);
            values.add(value(text, columns.get(values.size()), at, next));
            at = next + 1;
        }
        boolean fits = values.size() == columns.size() && at >= after - 1;
        columns.stream().map(column -> new Assignment(column, -1, -1)).forEach(unknown -> list.add(fits ? values.get(columns.indexOf(unknown.column)) : unknown));
    }

    /** The comma that ends the expression, or the end. */
    public static int afterExpression(SqlText text, int from, int end) {
        int depth = 0;
        for (int i = from; i < end; i++) {
            depth += text.isSymbol(i, "(") || text.isSymbol(i, "[") ? 1 : text.isSymbol(i, ")") || text.isSymbol(i, "]") ? -1 : 0;
            if (depth == 0 && text.isSymbol(i, ",")) {
                return i;
            }
        }
        return end;
    }

    private static int columns(SqlText text, int from, NameResolver names, List<String> columns) {
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
