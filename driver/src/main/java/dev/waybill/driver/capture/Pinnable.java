// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.ValueKind;
import dev.waybill.driver.facts.Assignments;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.statement.TokenKind;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** What a statement's text and its table have to say before its rows are pinned ({@link PinnedWriting}). */
final class Pinnable {

    /** Before a parenthesis these call nothing. */
    private static final Set<String> NO_FUNCTIONS = Set.of("IN", "AND", "OR", "NOT", "WHERE", "BETWEEN", "LIKE", "XOR", "BY");

    private Pinnable() {}

    /** Why rows of this table cannot be found again by their keys; null when they can. */
    static String unfindable(CapturedTable table) {
        for (int key : table.key()) {
            ValueKind kind = table.type(key).kind();
            if (kind == ValueKind.TIMESTAMP_WITH_ZONE || kind == ValueKind.REAL || kind == ValueKind.DOUBLE) {
                return "rows cannot be found for certain by a key of type " + table.type(key).type();
            }
        }
        return null;
    }

    /** The columns named before each {@code =}, in small letters; none when one cannot be read. */
    static Set<String> assigned(SqlText text, int from, int to) {
        Set<String> columns = new HashSet<>();
        for (int at = from; at < to;) {
            int name = at;
            while (text.isSymbol(name + 1, ".") && text.isName(name + 2)) {
                name += 2;
            }
            if (!text.isName(name) || !text.isSymbol(name + 1, "=") && !text.isSymbol(name + 1, ":=")) {
                return Set.of();
            }
            columns.add(text.value(name).toLowerCase(Locale.ROOT));
            at = Assignments.afterExpression(text, name + 2, to) + 1;
        }
        return columns;
    }

    /** Whether these columns, in small letters, or what changes with every UPDATE, are in the key. */
    static boolean isInKey(CapturedTable table, Set<String> assigned) {
        return table.keyColumns().stream().anyMatch(column -> assigned.contains(column.toLowerCase(Locale.ROOT)) || table.changing().contains(column));
    }

    /** Whether a condition says the same of a row each time: it names columns and values alone. */
    static boolean isOfTheRow(SqlText text, int from) {
        for (int i = from; i < text.size(); i++) {
            boolean calls = text.isSymbol(i, "(") && i > from && text.isName(i - 1) && !NO_FUNCTIONS.contains(text.word(i - 1));
            if (calls || text.isAny(i, "SELECT", "WITH", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP", "UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP", "SYSDATE", "NEXT", "PREVIOUS") || isVariable(text, i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isVariable(SqlText text, int at) {
        return text.isSymbol(at, "@") || text.kind(at) != TokenKind.STRING && text.kind(at) != TokenKind.PARAMETER && text.value(at).startsWith("@");
    }

    /** The numbers of the parameters in this part of a text. */
    static int[] numbers(SqlText text, int from, int to) {
        return text.parameterNumbers(from, to).stream().mapToInt(Integer::intValue).toArray();
    }
}
