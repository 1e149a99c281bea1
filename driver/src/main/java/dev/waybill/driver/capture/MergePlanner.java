// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.Quoting;
import dev.waybill.driver.facts.Relatives;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import java.util.Collections;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Plans MERGE, and REPLACE as H2 has it (a MERGE by the primary key), on a published table. The generated-keys channel gives every row that was inserted or updated, without saying which: they travel as UPSERT. A MERGE that could give a row another key is not captured. Immutable; any
 * thread.
 */
final class MergePlanner {

    private final NameResolver names;
    private final Relatives relatives;

    MergePlanner(NameResolver names, Relatives relatives) {
        this.names = names;
        this.relatives = relatives;
    }

    Plan plan(SqlText text, Target target) {
        CapturedTable table = target.captured();
        if (relatives.followsOtherColumns(table)) {
            return uncaptured("foreign keys make the database change published rows when it updates");
        }
        int using = text.find(target.end(), "USING");
        return using < text.size() ? using(text, target, using) : byKey(text, target);
    }

    /** {@code MERGE INTO t (columns) KEY (columns) VALUES …}: rows are found by the key, or the key is not among the columns: either way it stays as it is. */
    private Plan byKey(SqlText text, Target target) {
        CapturedTable table = target.captured();
        boolean listed = text.isSymbol(target.end(), "(") && !text.isAny(target.end() + 1, "SELECT", "VALUES", "TABLE", "WITH");
        int at = listed ? text.afterParentheses(target.end()) : target.end();
        boolean other = text.isWord(at, "KEY") && text.isSymbol(at + 1, "(") && !names(text, at + 2, text.afterParentheses(at + 1) - 1).equals(Set.copyOf(table.keyColumns()));
        if (other && !(listed && Collections.disjoint(names(text, target.end(), at), table.keyColumns()))) {
            return uncaptured("MERGE finds its rows by other columns than the key of " + table + ", and may change the key");
        }
        return table.keyColumns().stream().anyMatch(table.changing()::contains) ? uncaptured("MERGE may change a key that is computed") : new Plan.KeysWrite(table, Operation.UPSERT);
    }

    private Set<String> names(SqlText text, int from, int to) {
        return IntStream.range(from, to).filter(text::isName).mapToObj(index -> names.kept(text, index)).collect(Collectors.toSet());
    }

    private Plan using(SqlText text, Target target, int using) {
        CapturedTable table = target.captured();
        int on = text.find(using, "ON");
        int when = text.find(on, "WHEN");
        if (when >= text.size() || assignsKey(text, when, table)) {
            return uncaptured("MERGE may change a key");
        }
        if (!deletes(text, when)) {
            return new Plan.KeysWrite(table, Operation.UPSERT);
        } else if (text.hasNumberedParameters() || text.find(using, "CASE") < when || !relatives.onDelete(table.name()).isEmpty()) {
            return uncaptured("MERGE deletes rows, and it cannot be worked out what goes with them");
        }
        String keys = table.oldColumns().stream().map(Quoting::quote).collect(Collectors.joining(", "));
        String before = "SELECT " + keys + " FROM " + text.text(2, using) + " WHERE EXISTS (SELECT 1 FROM " + text.text(using + 1, on) + " WHERE " + text.text(on + 1, when) + ") FOR UPDATE";
        return new Plan.MergeDelete(table, before, text.parameterNumbers(using, when).stream().mapToInt(Integer::intValue).toArray());
    }

    private static boolean deletes(SqlText text, int from) {
        for (int i = from; i < text.size(); i++) {
            if (text.isWords(i, "THEN", "DELETE")) {
                return true;
            }
        }
        return false;
    }

    /** Whether after a SET a key column stands before an equals sign, alone or in a row: more than that is not looked at, so a condition can look like one. */
    private boolean assignsKey(SqlText text, int from, CapturedTable table) {
        if (table.keyColumns().stream().anyMatch(table.changing()::contains)) {
            return true;
        }
        for (int set = text.find(from, "SET"); set < text.size(); set = text.find(set + 1, "SET")) {
            for (int i = set + 1; i < text.size() && !text.isWords(i, "THEN", "INSERT"); i++) {
                boolean row = text.isSymbol(i, "(") && text.isSymbol(text.afterParentheses(i), "=") && names(text, i, text.afterParentheses(i)).stream().anyMatch(table.keyColumns()::contains);
                if (row || text.isName(i) && text.isSymbol(i + 1, "=") && names.isAny(text, i, table.keyColumns())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Plan uncaptured(String why) {
        return new Plan.Uncaptured(why, false);
    }
}
