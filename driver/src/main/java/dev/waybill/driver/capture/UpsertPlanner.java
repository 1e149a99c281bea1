// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.driver.capture.Plan.Upsert.Lookup;
import dev.waybill.driver.facts.Assignments;
import dev.waybill.driver.facts.Assignments.Assignment;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.Quoting;
import dev.waybill.driver.facts.Relatives;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import dev.waybill.statement.TokenKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Plans {@code INSERT … ON DUPLICATE KEY UPDATE} (H2 in MySQL's or MariaDB's mode) on a published table. H2 2.5.252 updates the rows whose columns of the violated unique key, as far as the INSERT lists them, equal the expressions of the
 * row that was to be inserted (and fails where it lists none): so these rows can be found afterwards by the same condition, if the expressions say the same then and the update leaves these columns. Immutable; any thread.
 */
final class UpsertPlanner {

    private static final int MAX_LOOKUPS = 1000;

    /** What may stand in the place of a value besides literals and parameters. */
    private static final Set<String> CONSTANTS = Set.of("NULL", "TRUE", "FALSE", "DATE", "TIME", "TIMESTAMP", "UUID");

    private final NameResolver names;
    private final Relatives relatives;

    UpsertPlanner(NameResolver names, Relatives relatives) {
        this.names = names;
        this.relatives = relatives;
    }

    /** @param on where ON DUPLICATE KEY UPDATE stands */
    Plan plan(SqlText text, Target target, int on) {
        CapturedTable table = target.captured();
        if (text.hasNumberedParameters() || relatives.followsOtherColumns(table)) {
            return uncaptured("it has parameters by number, or foreign keys make the database change published rows when it updates");
        }
        List<List<Assignment>> rows = rows(text, target, on);
        if (rows == null) {
            return uncaptured("ON DUPLICATE KEY UPDATE is captured after VALUES or SET only");
        } else if (!leavesKeys(text, on + 4, rows.size(), table)) {
            return uncaptured("ON DUPLICATE KEY UPDATE may change a key");
        }
        List<Lookup> lookups = new ArrayList<>();
        for (List<Assignment> row : rows) {
            for (List<String> key : table.uniqueKeys()) {
                List<Assignment> given = row.stream().filter(value -> key.contains(value.column())).toList();
                if (!given.stream().allMatch(value -> isConstant(text, value))) {
                    return uncaptured("the value for a unique column is computed, and whose row ON DUPLICATE KEY UPDATE has changed cannot be found");
                } else if (!given.isEmpty()) {
                    lookups.add(lookup(text, table, given));
                }
            }
        }
        return lookups.size() > MAX_LOOKUPS ? uncaptured("it has more than " + MAX_LOOKUPS + " unique keys") : new Plan.Upsert(table, lookups);
    }

    private static Lookup lookup(SqlText text, CapturedTable table, List<Assignment> given) {
        String condition = given.stream().map(value -> Quoting.quote(value.column()) + " = " + text.text(value.from(), value.to())).collect(Collectors.joining(" AND "));
        String columns = Arrays.stream(table.captured()).map(Quoting::quote).collect(Collectors.joining(", "));
        int[] parameters = given.stream().flatMap(value -> text.parameterNumbers(value.from(), value.to()).stream()).mapToInt(Integer::intValue).toArray();
        return new Lookup("SELECT " + columns + " FROM " + Quoting.quote(table.name()) + " WHERE " + condition + " FOR UPDATE", parameters);
    }

    /** What each row assigns to each column; null when that cannot be read. */
    private List<List<Assignment>> rows(SqlText text, Target target, int on) {
        if (text.isWord(target.end(), "SET")) {
            Assignments set = Assignments.of(text.part(0, on), target.end() + 1, names);
            return set.known() ? List.of(set.list()) : null;
        }
        List<String> columns = target.captured().columns();
        int at = target.end();
        if (text.isSymbol(at, "(")) {
            int end = text.afterParentheses(at);
            columns = new ArrayList<>();
            for (int i = at + 1; i < end - 1; i += 2) {
                if (!text.isName(i)) {
                    return null;
                }
                columns.add(names.kept(text, i));
            }
            at = end;
        }
        return text.isWord(at, "VALUES") ? rows(text, at + 1, on, columns) : null;
    }

    private static List<List<Assignment>> rows(SqlText text, int from, int end, List<String> columns) {
        List<List<Assignment>> rows = new ArrayList<>();
        for (int at = from; at < end; at++) {
            if (!text.isSymbol(at, "(")) {
                return null;
            }
            int after = text.afterParentheses(at);
            List<Assignment> row = new ArrayList<>();
            for (int value = at + 1; value < after; ) {
                int next = Assignments.afterExpression(text, value, after - 1);
                if (row.size() == columns.size()) {
                    return null;
                }
                row.add(new Assignment(columns.get(row.size()), value, next));
                value = next + 1;
            }
            if (row.size() != columns.size() || after < end && !text.isSymbol(after, ",")) {
                return null;
            }
            rows.add(row);
            at = after;
        }
        return rows;
    }

    /** Whether the update leaves the columns of unique keys as they are, or as the row says that was to be inserted: this may change another key than the violated one, so not the table's own then, and of one row only. */
    private boolean leavesKeys(SqlText text, int from, int rows, CapturedTable table) {
        Assignments update = Assignments.of(text, from, names);
        boolean single = table.uniqueKeys().size() == 1;
        for (List<String> key : table.uniqueKeys()) {
            for (String column : key) {
                Assignment assigned = update.to(column);
                boolean same = assigned == null || assigned.to() == assigned.from() + 1 && text.isName(assigned.from()) && names.kept(text, assigned.from()).equals(column);
                boolean given = assigned != null && text.isWord(assigned.from(), "VALUES") && assigned.to() == assigned.from() + 4 && text.isName(assigned.from() + 2) && names.kept(text, assigned.from() + 2).equals(column);
                if (table.changing().contains(column) || !same && !(given && (single || rows == 1 && !table.keyColumns().contains(column)))) {
                    return false;
                }
            }
        }
        return update.known();
    }

    private static boolean isConstant(SqlText text, Assignment value) {
        for (int i = value.from(); i < value.to(); i++) {
            boolean fits = text.kind(i) == TokenKind.WORD ? CONSTANTS.contains(text.word(i)) : text.kind(i) != TokenKind.SYMBOL || text.isSymbol(i, "-") || text.isSymbol(i, "+");
            if (!fits || text.kind(i) == TokenKind.QUOTED || text.kind(i) == TokenKind.BACKTICK) {
                return false;
            }
        }
        return value.from() >= 0 && value.from() < value.to();
    }

    private static Plan uncaptured(String why) {
        return new Plan.Uncaptured(why, false);
    }
}
