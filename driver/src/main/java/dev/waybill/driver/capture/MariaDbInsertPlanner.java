// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.Operation;
import dev.waybill.dialect.MariaDbDialect;
import dev.waybill.driver.capture.Plan.Upsert.Lookup;
import dev.waybill.driver.facts.Assignments;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.MariaDbNames;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import dev.waybill.statement.TokenKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Plans of INSERT and REPLACE into a published table of MariaDB. Immutable; any thread. */
final class MariaDbInsertPlanner {

    private final MariaDbNames names;
    private final MariaDbDialect dialect;

    MariaDbInsertPlanner(MariaDbNames names, MariaDbDialect dialect) {
        this.names = names;
        this.dialect = dialect;
    }

    /** One expression for a column: tokens from, to. */
    private record Place(int from, int to) {}

    /**
     * What the text gives, row by row.
     *
     * @param columns in small letters
     * @param rows    a place for each column, of each row
     */
    private record Given(List<String> columns, List<List<Place>> rows) {

        /** The place of a column in a row; null when the text does not give it. */
        Place place(String column, List<Place> row) {
            int at = columns.indexOf(column.toLowerCase(Locale.ROOT));
            return at < 0 ? null : row.get(at);
        }
    }

    private static Plan uncaptured(String why) {
        return new Plan.Uncaptured(why, false);
    }

    Plan plan(SqlText text, Target target, boolean ignore) {
        CapturedTable table = target.captured();
        int duplicate = text.find(target.end(), "DUPLICATE");
        boolean replaces = text.isWord(0, "REPLACE");
        boolean own = text.find(target.end(), "RETURNING") < text.size();
        String returning = text.text() + (own ? ", " : " RETURNING ") + CurrentRows.captured(dialect, table);
        if (replaces || duplicate < text.size()) {
            return ignore ? uncaptured("INSERT IGNORE … ON DUPLICATE KEY UPDATE is not captured") : upsert(text, target, replaces ? text.size() : duplicate - 1, duplicate, returning, own);
        } else if (own) {
            return new Plan.MariaDbReturning(table, Operation.INSERT, returning, true, "");
        }
        Given given = given(text, target, text.size());
        boolean generated = given != null && isDrawn(text, table, given);
        Lookup lookup = given == null || generated || Pinnable.unfindable(table) != null ? null : lookup(text, table, given, table.keyColumns(), CurrentRows.captured(dialect, table));
        return new Plan.MariaDbInsert(table, returning, lookup, generated, given == null ? 0 : given.rows.size(), ignore);
    }

    /** Whether the key is one number that the database draws for every row. */
    private static boolean isDrawn(SqlText text, CapturedTable table, Given given) {
        if (table.identity() == null || !table.keyColumns().equals(List.of(table.identity()))) {
            return false;
        }
        for (List<Place> row : given.rows) {
            Place place = given.place(table.identity(), row);
            if (place != null && !(place.to == place.from + 1 && text.isAny(place.from, "NULL", "DEFAULT"))) {
                return false;
            }
        }
        return true;
    }

    // ---- what the text gives ----

    /** The columns and expressions of VALUES; null for every other form. */
    private static Given given(SqlText text, Target target, int end) {
        int at = target.end();
        List<String> columns = new ArrayList<>();
        if (text.isSymbol(at, "(") && !text.isAny(at + 1, "SELECT", "VALUES", "WITH", "TABLE")) {
            int after = text.afterParentheses(at);
            for (int i = at + 1; i < after - 1; i += 2) {
                if (!text.isName(i) || i + 1 < after - 1 && !text.isSymbol(i + 1, ",")) {
                    return null;
                }
                columns.add(text.value(i).toLowerCase(Locale.ROOT));
            }
            at = after;
        } else {
            target.captured().columns().forEach(column -> columns.add(column.toLowerCase(Locale.ROOT)));
        }
        return text.isAny(at, "VALUES", "VALUE") ? rows(text, at + 1, end, columns) : null;
    }

    private static Given rows(SqlText text, int from, int end, List<String> columns) {
        List<List<Place>> rows = new ArrayList<>();
        int at = from;
        while (text.isSymbol(at, "(")) {
            int after = text.afterParentheses(at);
            List<Place> row = new ArrayList<>();
            for (int i = at + 1; i < after - 1;) {
                int next = Assignments.afterExpression(text, i, after - 1);
                row.add(new Place(i, next));
                i = next + 1;
            }
            if (row.size() != columns.size()) {
                return null;
            }
            rows.add(row);
            at = text.isSymbol(after, ",") ? after + 1 : after;
        }
        return at == end && !rows.isEmpty() ? new Given(columns, rows) : null;
    }

    /** A parameter or a literal: the same value wherever it stands. */
    private static boolean isPlain(SqlText text, Place place) {
        int value = text.isSymbol(place.from, "-") ? place.from + 1 : place.from;
        TokenKind kind = text.kind(value);
        return place.to == value + 1 && (kind == TokenKind.PARAMETER || kind == TokenKind.NUMBER || kind == TokenKind.STRING || kind == TokenKind.BINARY);
    }

    /** A locking read of the rows with these values in these columns, or null when the text does not give them plainly. */
    private Lookup lookup(SqlText text, CapturedTable table, Given given, List<String> columns, String selected) {
        List<String> conditions = new ArrayList<>();
        List<Integer> parameters = new ArrayList<>();
        for (List<Place> row : given.rows) {
            List<String> equal = new ArrayList<>();
            for (String column : columns) {
                Place place = given.place(column, row);
                if (place == null || !isPlain(text, place)) {
                    return null;
                }
                equal.add(dialect.quote(column) + " = " + text.text(place.from, place.to));
                parameters.addAll(text.parameterNumbers(place.from, place.to));
            }
            conditions.add("(" + String.join(" AND ", equal) + ")");
        }
        String sql = "SELECT " + selected + " FROM " + dialect.quote(table.name().schema(), table.name().name()) + " WHERE " + String.join(" OR ", conditions) + " FOR UPDATE";
        return new Lookup(sql, parameters.stream().mapToInt(Integer::intValue).toArray());
    }

    // ---- ON DUPLICATE KEY UPDATE, REPLACE ----

    /** The columns that ON DUPLICATE KEY UPDATE assigns, in small letters; none where they cannot be read. */
    Set<String> assigned(SqlText text) {
        int update = text.find(text.find(1, "DUPLICATE"), "UPDATE");
        return update < text.size() ? Pinnable.assigned(text, update + 1, text.find(update, "RETURNING")) : Set.of();
    }

    /**
     * Where every row that it can touch has a unique key that the text gives plainly, these rows are read before and after it, and it runs as it is. Otherwise it tells the rows itself: those of ON DUPLICATE KEY UPDATE as long as they keep their
     * keys, those of REPLACE where it can only take away the row with the same key.
     */
    private Plan upsert(SqlText text, Target target, int end, int duplicate, String returning, boolean own) {
        CapturedTable table = target.captured();
        boolean replaces = duplicate >= text.size();
        Set<String> assigned = replaces ? Set.of() : changing(text, table);
        if (!replaces && assigned == null) {
            return uncaptured("what ON DUPLICATE KEY UPDATE assigns cannot be made out");
        } else if (!replaces && Pinnable.isInKey(table, assigned)) {
            return uncaptured("ON DUPLICATE KEY UPDATE may change a key");
        } else if (!replaces && names.changesFurther(table.name(), assigned)) {
            return uncaptured("foreign keys act upon what ON DUPLICATE KEY UPDATE changes");
        }
        boolean keepsUnique = table.uniqueKeys().stream().flatMap(List::stream).noneMatch(column -> assigned.contains(column.toLowerCase(Locale.ROOT)));
        Given given = own || !keepsUnique ? null : given(text, target, end);
        Plan looked = given == null ? null : looked(text, table, given, replaces);
        if (looked != null) {
            return looked;
        } else if (!replaces || table.uniqueKeys().stream().allMatch(key -> Set.copyOf(key).equals(Set.copyOf(table.keyColumns())))) {
            return new Plan.MariaDbReturning(table, Operation.UPSERT, returning, own, replaces ? "'Handler_update', 'Handler_delete'" : "'Handler_update'");
        }
        return uncaptured("REPLACE may delete rows by unique keys that its text does not give plainly");
    }

    /** The columns that get other values, in small letters: {@code id = LAST_INSERT_ID(id)} gives none. Null where they cannot be read. */
    private Set<String> changing(SqlText text, CapturedTable table) {
        Set<String> assigned = assigned(text);
        if (assigned.isEmpty()) {
            return null;
        }
        Set<String> changing = new HashSet<>(assigned);
        int update = text.find(text.find(1, "DUPLICATE"), "UPDATE");
        int end = text.find(update, "RETURNING");
        for (int at = update + 1; at < end;) {
            int next = Assignments.afterExpression(text, at, end);
            String column = text.value(at).toLowerCase(Locale.ROOT);
            boolean kept = next == at + 6 && text.isWord(at + 2, "LAST_INSERT_ID") && text.isSymbol(at + 3, "(") && text.value(at + 4).equalsIgnoreCase(column) || next == at + 3 && text.value(at + 2).equalsIgnoreCase(column);
            if (kept && text.isName(at)) {
                changing.remove(column);
            }
            at = next + 1;
        }
        return changing;
    }

    /** Every row that it can touch has a unique key that the text gives: each of them is given plainly, or cannot meet another row. Null where that is not so. */
    private Plan looked(SqlText text, CapturedTable table, Given given, boolean replaces) {
        List<Lookup> before = new ArrayList<>();
        List<Lookup> after = new ArrayList<>();
        boolean certain = false;
        for (List<String> key : table.uniqueKeys()) {
            if (cannotMeet(text, table, given, key)) {
                continue;
            }
            Lookup keys = lookup(text, table, given, key, CurrentRows.keys(dialect, table));
            if (keys == null) {
                return null;
            }
            before.add(keys);
            after.add(lookup(text, table, given, key, CurrentRows.captured(dialect, table)));
            certain |= !key.contains(table.identity()) && key.stream().noneMatch(column -> table.facts(column).nullable());
        }
        return certain || given.rows.size() == 1 && !after.isEmpty() ? new Plan.MariaDbUpsert(table, replaces ? before : List.of(), after) : null;
    }

    /** A number that the database draws is new; NULL is equal to nothing. */
    private static boolean cannotMeet(SqlText text, CapturedTable table, Given given, List<String> key) {
        if (key.equals(List.of(String.valueOf(table.identity())))) {
            return given.rows.stream().allMatch(row -> {
                Place place = given.place(table.identity(), row);
                return place == null || place.to == place.from + 1 && text.isAny(place.from, "NULL", "DEFAULT");
            });
        }
        return key.stream().anyMatch(column -> table.facts(column).nullable() && !table.facts(column).defaulted() && given.columns.indexOf(column.toLowerCase(Locale.ROOT)) < 0);
    }
}
