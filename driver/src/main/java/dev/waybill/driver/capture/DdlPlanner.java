// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.driver.facts.CapturedTable;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.SqlText;
import dev.waybill.driver.facts.Target;
import dev.waybill.error.WaybillError;
import java.util.Arrays;

/**
 * Plans CREATE, ALTER and DROP. All of them commit on H2, even those that fail. What would take a published table's shape away from the stream is refused; columns and constraints may be added, and whatever the
 * publication does not name may change. Immutable; any thread.
 */
final class DdlPlanner {

    private final DatabaseFacts facts;
    private final NameResolver names;
    private final OwnTables own;

    DdlPlanner(DatabaseFacts facts, NameResolver names) {
        this.facts = facts;
        this.names = names;
        this.own = new OwnTables(facts, names);
    }

    Plan plan(SqlText text) {
        String refused = facts.isNothingPublished() ? null : refusedTable(text);
        if (refused != null) {
            return new Plan.Refused(() -> WaybillError.PUBLISHED_SHAPE.with(text.word(0) + " " + text.word(1), refused));
        }
        String ours = own.changedBy(text);
        return ours != null ? OwnTables.refused(text.word(0) + " " + text.word(1), ours) : new Plan.MayCommit(true, text.find(0, "TEMPORARY", "TEMP") < text.size(), null);
    }

    /** The published table that this would harm, or null. */
    private String refusedTable(SqlText text) {
        if (text.isWords(0, "DROP", "ALL")) {
            return facts.captured().keySet().iterator().next().toString();
        } else if (text.isWords(0, "DROP", "SCHEMA") || text.isWords(0, "ALTER", "SCHEMA")) {
            return inSchema(text, afterIfExists(text, 2));
        } else if (text.isWords(0, "DROP", "TABLE")) {
            return dropped(text, afterIfExists(text, 2));
        } else if (text.isWords(0, "ALTER", "TABLE")) {
            return altered(text, afterIfExists(text, 2));
        }
        return null;
    }

    private static int afterIfExists(SqlText text, int index) {
        return text.isWords(index, "IF", "EXISTS") ? index + 2 : index;
    }

    private String inSchema(SqlText text, int name) {
        return facts.captured().keySet().stream().filter(table -> text.isName(name) && names.isSame(text, name, table.schema())).map(TableName::toString).findFirst().orElse(null);
    }

    private String dropped(SqlText text, int from) {
        Target target = names.target(text, from);
        while (target != null) {
            if (target.isPublished()) {
                return target.name().toString();
            }
            target = text.isSymbol(target.end(), ",") ? names.target(text, target.end() + 1) : null;
        }
        return null;
    }

    private String altered(SqlText text, int from) {
        Target target = names.target(text, from);
        if (target == null || !target.isPublished()) {
            return null;
        }
        return isHarmless(text, target.end(), target.captured()) ? null : target.name().toString();
    }

    private boolean isHarmless(SqlText text, int at, CapturedTable table) {
        if (text.isAny(at, "ADD", "SET") || text.isWords(at, "RENAME", "CONSTRAINT") || text.isWords(at, "DROP", "CONSTRAINT")) {
            return true;
        } else if (text.isWord(at, "ALTER")) {
            int column = afterIfExists(text, text.isWord(at + 1, "COLUMN") ? at + 2 : at + 1);
            return !isCaptured(text, column, table) || isHarmlessChange(text, column + 1);
        } else if (text.isWord(at, "DROP") && !text.isWord(at + 1, "PRIMARY")) {
            return !dropsCaptured(text, afterIfExists(text, text.isWord(at + 1, "COLUMN") ? at + 2 : at + 1), table);
        }
        return false;
    }

    private boolean isCaptured(SqlText text, int index, CapturedTable table) {
        return !text.isName(index) || names.isAny(text, index, Arrays.asList(table.captured()));
    }

    private static boolean isHarmlessChange(SqlText text, int at) {
        return text.isAny(at, "RESTART", "SELECTIVITY") || text.isWord(at, "DROP") && !text.isWord(at + 1, "EXPRESSION")
                || text.isWord(at, "SET") && text.isAny(at + 1, "DEFAULT", "NOT", "NULL", "ON", "VISIBLE", "INVISIBLE", "GENERATED");
    }

    private boolean dropsCaptured(SqlText text, int from, CapturedTable table) {
        for (int i = from; i < text.size(); i++) {
            if (text.isName(i) && isCaptured(text, i, table)) {
                return true;
            }
        }
        return false;
    }
}
