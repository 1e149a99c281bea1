// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A statement of PostgreSQL that changes rows, as its tokens have it. Immutable; any thread.
 *
 * @param verb      its first token behind a WITH
 * @param alias     by which its rows are named in it
 * @param end       after the table's name and alias
 * @param returning where the application's RETURNING stands; the size when there is none
 */
record PostgresWrite(SqlText text, int verb, Target target, String alias, int end, int returning) {

    static PostgresWrite of(SqlText text, int verb, Target target) {
        int at = text.isSymbol(target.end(), "*") ? target.end() + 1 : target.end();
        boolean as = text.isWord(at, "AS");
        boolean bare = !as && !text.isWord(verb, "INSERT") && text.isName(at) && !text.isAny(at, "SET", "USING", "WHERE", "RETURNING", "FROM");
        int end = as ? at + 2 : bare ? at + 1 : at;
        String alias = as || bare ? text.text(end - 1, end) : text.text(target.end() - 1, target.end());
        int returning = text.find(end, "RETURNING");
        return new PostgresWrite(text, verb, target, alias, end, returning);
    }

    /** The published table that it writes to. */
    CapturedTable table() {
        return target.captured();
    }

    /** The same, asked for these columns alone. */
    PostgresWrite taking(Set<String> columns) {
        return new PostgresWrite(text, verb, new Target(target.name(), table().taking(columns), target.end()), alias, end, returning);
    }

    /** Where its ON CONFLICT stands; the size when there is none. */
    int conflict() {
        int on = text.find(end, "ON");
        while (on < text.size() && !text.isWord(on + 1, "CONFLICT")) {
            on = text.find(on + 1, "ON");
        }
        return on;
    }

    /** Whether its ON CONFLICT updates. */
    boolean isUpdatingConflict() {
        for (int i = conflict(); i < returning; i++) {
            if (text.isWords(i, "DO", "UPDATE")) {
                return true;
            }
        }
        return false;
    }

    /** Where the SET clause that begins here ends. {@code a IS DISTINCT FROM b} is part of it. */
    int endOfSet(int set) {
        int end = text.find(set, "FROM", "WHERE", "RETURNING");
        while (text.isWord(end, "FROM") && text.isWord(end - 1, "DISTINCT")) {
            end = text.find(end + 1, "FROM", "WHERE", "RETURNING");
        }
        return end;
    }

    /** The columns that stand before the equals signs; null when that cannot be read. */
    Set<String> assigned(NameResolver names, int from, int to) {
        Set<String> columns = new LinkedHashSet<>();
        int at = from;
        while (at < to) {
            int equals = at;
            while (equals < to && !text.isSymbol(equals, "=")) {
                equals++;
            }
            if (equals == to || !(text.isName(at) || text.isSymbol(at, "("))) {
                return null;
            }
            for (int i = at; i < equals; i++) {
                if (text.isName(i)) {
                    columns.add(names.kept(text, i));
                }
            }
            at = afterValue(equals, to);
        }
        return from < to ? columns : null;
    }

    private int afterValue(int from, int to) {
        int depth = 0;
        for (int i = from; i < to; i++) {
            depth += text.isSymbol(i, "(") || text.isSymbol(i, "[") ? 1 : text.isSymbol(i, ")") || text.isSymbol(i, "]") ? -1 : 0;
            if (depth == 0 && text.isSymbol(i, ",")) {
                return i + 1;
            }
        }
        return to;
    }
}
