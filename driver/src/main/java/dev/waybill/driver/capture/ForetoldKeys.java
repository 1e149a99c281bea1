// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.dialect.Dialect;
import dev.waybill.driver.facts.Assignments;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.SqlText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a SET clause makes of keys, as columns of a query of the same rows. Immutable; any thread.
 *
 * @param columns    to be put behind others; empty for nothing
 * @param parameters of the statement's own parameters those in them
 */
record ForetoldKeys(String columns, List<Integer> parameters) {

    static final ForetoldKeys NONE = new ForetoldKeys("", List.of());

    /** These give the same for the same values, wherever they stand. */
    private static final Set<String> FUNCTIONS = Set.of("CONCAT", "CONCAT_WS", "UPPER", "LOWER", "UCASE", "LCASE", "TRIM", "LTRIM", "RTRIM", "LPAD", "RPAD", "LEFT", "RIGHT", "SUBSTR", "SUBSTRING", "REPLACE", "REVERSE", "REPEAT", "ABS", "SIGN", "MOD",
            "FLOOR", "CEIL", "CEILING", "GREATEST", "LEAST", "COALESCE", "IFNULL", "NULLIF", "IF", "INTERVAL", "CASE", "WHEN", "THEN", "ELSE", "AND", "OR", "NOT", "IN", "DIV", "DATE_ADD", "DATE_SUB", "CHAR_LENGTH", "LENGTH");
    private static final Set<String> REFUSED = Set.of("SELECT", "DEFAULT", "NEXT", "PREVIOUS", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "LOCALTIMESTAMP", "UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP", "SYSDATE");

    ForetoldKeys {
        parameters = List.copyOf(parameters);
    }

    /** Null where that cannot be told from the text: MariaDB evaluates from left to right, and what was assigned before is seen by what follows. */
    static ForetoldKeys of(SqlText text, int from, int to, CapturedTable table, Dialect dialect) {
        StringBuilder columns = new StringBuilder();
        List<Integer> parameters = new ArrayList<>();
        for (String column : table.keyColumns()) {
            Set<String> before = new HashSet<>();
            int[] expression = expression(text, from, to, column, before);
            if (expression == null && table.changing().contains(column)) {
                return null;
            } else if (expression == null) {
                columns.append(", ").append(dialect.quote(column));
            } else if (!isForetold(text, expression[0], expression[1], before, table)) {
                return null;
            } else {
                columns.append(", ").append(text.text(expression[0], expression[1]));
                parameters.addAll(text.parameterNumbers(expression[0], expression[1]));
            }
        }
        return new ForetoldKeys(columns.toString(), parameters);
    }

    /** Where what is assigned to a column stands, and what is assigned before; null where nothing is. */
    private static int[] expression(SqlText text, int from, int to, String column, Set<String> before) {
        for (int at = from; at < to;) {
            int name = at;
            while (text.isSymbol(name + 1, ".") && text.isName(name + 2)) {
                name += 2;
            }
            int end = Assignments.afterExpression(text, name + 2, to);
            if (text.value(name).equalsIgnoreCase(column)) {
                return new int[] {name + 2, end};
            }
            before.add(text.value(name).toLowerCase(Locale.ROOT));
            at = end + 1;
        }
        return null;
    }

    private static boolean isForetold(SqlText text, int from, int to, Set<String> before, CapturedTable table) {
        for (int i = from; i < to; i++) {
            String value = text.value(i).toLowerCase(Locale.ROOT);
            boolean calls = text.isSymbol(i, "(") && i > from && text.isName(i - 1) && !FUNCTIONS.contains(text.word(i - 1));
            boolean changed = text.isName(i) && (before.contains(value) || table.changing().stream().anyMatch(value::equalsIgnoreCase));
            if (calls || changed || REFUSED.contains(text.word(i)) || value.startsWith("@") || text.isSymbol(i, ":=")) {
                return false;
            }
        }
        return to > from;
    }

    /** Its parameters, then these. */
    int[] with(int[] others) {
        return IntStream.concat(parameters.stream().mapToInt(Integer::intValue), IntStream.of(others)).toArray();
    }
}
