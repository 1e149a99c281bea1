// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.facts.MariaDbNames;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The tables between which MariaDB's UPDATE and DELETE of several tables choose their rows, and which of them a name in the statement means. Immutable; any thread.
 *
 * @param tables in their order; queries in parentheses are not among them, since nothing can be written to them
 * @param to     the token after them
 */
record MariaDbJoin(List<Joined> tables, int to) {

    /** Words that end a table of a list; what follows belongs to its condition or is the next one. */
    private static final String[] NEXT = {"JOIN", "STRAIGHT_JOIN"};
    private static final String[] NO_ALIAS = {"JOIN", "STRAIGHT_JOIN", "INNER", "CROSS", "LEFT", "RIGHT", "NATURAL", "OUTER", "ON", "USING", "SET", "WHERE", "ORDER", "LIMIT", "USE", "FORCE", "IGNORE", "RETURNING"};

    MariaDbJoin {
        tables = List.copyOf(tables);
    }

    /**
     * @param alias     by which the statement calls it; its own name where it has none
     * @param qualifier the same as it stands in a text before a column
     */
    record Joined(Target target, String alias, String qualifier) {}

    /** Reads them; null where they are not of a form that is known. */
    static MariaDbJoin of(SqlText text, int from, int to, MariaDbNames names) {
        List<Joined> tables = new ArrayList<>();
        int at = from;
        while (at < to) {
            int after = text.isSymbol(at, "(") ? inParentheses(text, at, names, tables) : one(text, at, names, tables);
            if (after < 0) {
                return null;
            }
            at = next(text, after, to);
        }
        return at == to && !tables.isEmpty() ? new MariaDbJoin(tables, to) : null;
    }

    private static int one(SqlText text, int at, MariaDbNames names, List<Joined> tables) {
        Target target = names.target(text, at);
        if (target == null || text.isWord(target.end(), "PARTITION") || text.isWord(target.end(), "FOR")) {
            return -1;
        }
        int alias = text.isWord(target.end(), "AS") ? target.end() + 1 : target.end();
        boolean named = text.isName(alias) && (alias > target.end() || !text.isAny(alias, NO_ALIAS));
        tables.add(new Joined(target, named ? text.value(alias) : target.name().name(), named ? text.text(alias, alias + 1) : text.text(at, target.end())));
        return named ? alias + 1 : target.end();
    }

    /** A query, or a join within a join. */
    private static int inParentheses(SqlText text, int at, MariaDbNames names, List<Joined> tables) {
        int after = text.afterParentheses(at);
        if (text.isAny(at + 1, "SELECT", "WITH", "VALUES")) {
            return after;
        }
        MariaDbJoin inner = of(text, at + 1, after - 1, names);
        if (inner == null) {
            return -1;
        }
        tables.addAll(inner.tables);
        return after;
    }

    /** The start of the next table, or the end. */
    private static int next(SqlText text, int from, int to) {
        int depth = 0;
        for (int i = from; i < to; i++) {
            depth += text.isSymbol(i, "(") || text.isSymbol(i, "{") ? 1 : text.isSymbol(i, ")") || text.isSymbol(i, "}") ? -1 : 0;
            if (depth == 0 && (text.isSymbol(i, ",") || text.isAny(i, NEXT))) {
                return i + 1;
            }
        }
        return to;
    }

    /** The table whose last name stands before this token, as {@code a}, {@code t} or {@code d.t}; null for none, or when it cannot be told. */
    Joined named(SqlText text, int to) {
        String name = text.value(to - 1).toLowerCase(Locale.ROOT);
        Joined found = null;
        for (Joined table : tables) {
            if (table.alias.toLowerCase(Locale.ROOT).equals(name)) {
                if (found != null) {
                    return null;
                }
                found = table;
            }
        }
        return found;
    }

    /** The published table of which this column is one; null where no published one has it. The database refuses a name that two of them have. */
    Joined with(String column) {
        return tables.stream().filter(table -> table.target.isPublished() && table.target.captured().columns().stream().anyMatch(column::equalsIgnoreCase)).findFirst().orElse(null);
    }
}
