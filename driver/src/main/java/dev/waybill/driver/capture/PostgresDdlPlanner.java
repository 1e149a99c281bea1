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
import java.util.Set;

/**
 * Plans PostgreSQL's definitions, which are part of their transaction. What would take a published table's shape or rows away from the stream is refused; columns and constraints may be added, and whatever the publication does not name may
 * change. Immutable; any thread.
 */
final class PostgresDdlPlanner {

    /** What the names of our triggers begin with. */
    private static final String TRIGGERS = "!waybill";

    private final DatabaseFacts facts;
    private final NameResolver names;

    PostgresDdlPlanner(DatabaseFacts facts, NameResolver names) {
        this.facts = facts;
        this.names = names;
    }

    Plan plan(SqlText text, PostgresDmlPlanner dml) {
        boolean temporary = text.find(0, "TEMPORARY", "TEMP") < text.size() || facts.beyond() == null || mentions(text, "PG_TEMP");
        Plan defines = new Plan.Defines(temporary);
        String ours = new OwnTables(facts, names).changedBy(text);
        if (ours != null) {
            return OwnTables.refused(text.word(0) + " " + text.word(1), ours);
        }
        if (facts.isNothingPublished()) {
            return defines;
        }
        String refused = refusedTable(text);
        if (refused != null) {
            return new Plan.Refused(() -> WaybillError.PUBLISHED_SHAPE.with(text.word(0) + " " + text.word(1), refused));
        } else if (text.isWord(0, "CREATE") && text.isWord(text.find(0, "AS") + 1, "EXECUTE")) {
            return new Plan.Uncaptured("it runs a statement that is kept elsewhere", false);
        } else if (text.isWords(0, "ALTER", "TYPE") && mentions(text, "VALUE") && mentions(text, "RENAME") || text.isAny(1, "TYPE", "DOMAIN", "EXTENSION", "FUNCTION", "ROUTINE", "OWNED") && text.isWord(0, "DROP") && mentions(text, "CASCADE")) {
            return new Plan.Uncaptured("it may change columns of published tables unseen", false);
        }
        return text.isWord(0, "CREATE") && text.find(0, "FUNCTION", "PROCEDURE", "RULE") == text.size() ? dml.nested(text, 0, defines) : defines;
    }

    private static boolean mentions(SqlText text, String word) {
        for (int i = 0; i < text.size(); i++) {
            if (text.isWord(i, word)) {
                return true;
            }
        }
        return false;
    }

    /** As {@link #plan} where triggers of ours capture; these are not to be taken away either. */
    Plan guard(SqlText text, PostgresDmlPlanner dml) {
        String table = silenced(text);
        return table == null ? plan(text, dml) : new Plan.Refused(() -> WaybillError.PUBLISHED_SHAPE.with(text.word(0) + " " + text.word(1), table));
    }

    /** The table whose triggers it would turn off, or turn on less than they are; null for none. */
    private String silenced(SqlText text) {
        boolean named = false;
        for (int i = 2; i < text.size(); i++) {
            named |= text.isName(i) && text.value(i).startsWith(TRIGGERS);
        }
        if (text.isWord(1, "TRIGGER") && named) {
            return "behind the trigger";
        }
        int name = afterIfExists(text, 2);
        Target target = text.isWords(0, "ALTER", "TABLE") ? names.target(text, text.isWord(name, "ONLY") ? name + 1 : name) : null;
        boolean turned = target != null && (mentions(text, "ENABLE") || mentions(text, "DISABLE")) && mentions(text, "TRIGGER") && (named || mentions(text, "ALL") || mentions(text, "USER"));
        return turned && (target.isPublished() || facts.reached(target.name()).stream().anyMatch(facts.captured()::containsKey)) ? target.name().toString() : null;
    }

    /** The published table that this would harm, or null. */
    private String refusedTable(SqlText text) {
        if (text.isWords(0, "DROP", "SCHEMA") || text.isWords(0, "ALTER", "SCHEMA")) {
            return inSchemas(text, afterIfExists(text, 2));
        } else if (text.isWords(0, "DROP", "TABLE")) {
            return dropped(text, afterIfExists(text, 2));
        } else if (text.isWords(0, "DROP", "OWNED")) {
            return facts.captured().keySet().iterator().next().toString();
        } else if (text.isWords(0, "ALTER", "TABLE")) {
            int name = afterIfExists(text, 2);
            return altered(text, text.isWord(name, "ONLY") ? name + 1 : name);
        }
        return null;
    }

    private static int afterIfExists(SqlText text, int index) {
        return text.isWords(index, "IF", "EXISTS") ? index + 2 : index;
    }

    private String inSchemas(SqlText text, int from) {
        for (int i = from; i < text.size(); i++) {
            int at = i;
            TableName found = facts.captured().keySet().stream().filter(table -> text.isName(at) && names.isSame(text, at, table.schema())).findFirst().orElse(null);
            if (found != null) {
                return found.toString();
            }
        }
        return null;
    }

    private String dropped(SqlText text, int from) {
        Target target = names.target(text, from);
        while (target != null) {
            if (target.isPublished() || facts.triggers().contains(target.name()) && facts.captured().keySet().stream().anyMatch(facts.beyond().reaches().getOrDefault(target.name(), Set.of())::contains)) {
                return target.name().toString();
            }
            target = text.isSymbol(target.end(), ",") ? names.target(text, target.end() + 1) : null;
        }
        return null;
    }

    private String altered(SqlText text, int from) {
        Target target = names.target(text, from);
        if (target == null) {
            return null;
        }
        int at = text.isSymbol(target.end(), "*") ? target.end() + 1 : target.end();
        if (!target.isPublished()) {
            return joins(text, at);
        }
        while (at < text.size()) {
            if (!isHarmless(text, at, target.captured())) {
                return target.name().toString();
            }
            at = afterComma(text, at);
        }
        return null;
    }

    /** A table that becomes part of a published one brings its rows along. */
    private String joins(SqlText text, int at) {
        Target other = text.isWord(at, "INHERIT") ? names.target(text, at + 1) : text.isWords(at, "ATTACH", "PARTITION") || text.isWords(at, "DETACH", "PARTITION") ? names.target(text, at + 2) : null;
        return other != null && other.isPublished() ? other.name().toString() : null;
    }

    private static int afterComma(SqlText text, int from) {
        int depth = 0;
        for (int i = from; i < text.size(); i++) {
            depth += text.isSymbol(i, "(") ? 1 : text.isSymbol(i, ")") ? -1 : 0;
            if (depth == 0 && text.isSymbol(i, ",")) {
                return i + 1;
            }
        }
        return text.size();
    }

    private boolean isHarmless(SqlText text, int at, CapturedTable table) {
        if (text.isAny(at, "ADD", "VALIDATE", "ENABLE", "DISABLE", "CLUSTER", "OWNER", "REPLICA", "FORCE", "NO", "RESET") || text.isWords(at, "RENAME", "CONSTRAINT") || text.isWords(at, "DROP", "CONSTRAINT")
                || text.isWord(at, "SET") && !text.isWord(at + 1, "SCHEMA") || text.isWords(at, "ALTER", "CONSTRAINT")) {
            return true;
        } else if (text.isWord(at, "ALTER")) {
            int column = text.isWord(at + 1, "COLUMN") ? at + 2 : at + 1;
            return !isCaptured(text, column, table) || isHarmlessChange(text, column + 1);
        } else if (text.isWord(at, "DROP")) {
            return !isCaptured(text, afterIfExists(text, text.isWord(at + 1, "COLUMN") ? at + 2 : at + 1), table) && !mentions(text, "CASCADE");
        }
        return text.isWord(at, "RENAME") && !text.isWord(at + 1, "TO") && !isCaptured(text, text.isWord(at + 1, "COLUMN") ? at + 2 : at + 1, table);
    }

    private boolean isCaptured(SqlText text, int index, CapturedTable table) {
        return !text.isName(index) || names.isAny(text, index, Arrays.asList(table.captured()));
    }

    private static boolean isHarmlessChange(SqlText text, int at) {
        return text.isAny(at, "RESTART", "ADD", "RESET") || text.isWord(at, "DROP") || text.isWord(at, "SET") && !text.isAny(at + 1, "DATA", "EXPRESSION");
    }
}
