// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.ForeignKey;
import dev.waybill.driver.facts.ForeignKey.Action;
import dev.waybill.driver.facts.NameResolver;
import dev.waybill.driver.facts.Quoting;
import dev.waybill.driver.facts.Relatives;
import dev.waybill.driver.facts.SqlText;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What foreign keys make of a statement that changes rows: rows that they will change are read before it. Immutable; any thread. */
final class PostgresCascades {

    private final DatabaseFacts facts;
    private final NameResolver names;
    private final Relatives relatives;

    PostgresCascades(DatabaseFacts facts, NameResolver names, Relatives relatives) {
        this.facts = facts;
        this.names = names;
        this.relatives = relatives;
    }

    /**
     * The plan with what foreign keys do.
     *
     * @param plan without them
     */
    Plan plan(PostgresWrite write, Plan plan) {
        TableName table = write.target().isPublished() ? write.table().name() : write.target().name();
        SqlText text = write.text();
        if (text.isWord(write.verb(), "DELETE")) {
            List<ForeignKey> keys = relatives.onDelete(table);
            boolean beyond = relatives.allOnDelete(table).stream().anyMatch(key -> key.onDelete() != Action.CASCADE && relatives.isBeyond(key));
            return keys.isEmpty() ? plan : beyond ? beyond() : before(write, plan, "USING", text.find(write.end(), "USING", "WHERE", "RETURNING"), null);
        } else if (text.isWord(write.verb(), "UPDATE")) {
            int set = text.find(write.end(), "SET");
            int end = write.endOfSet(set);
            Set<String> assigned = write.assigned(names, set + 1, end);
            Set<String> changing = write.target().isPublished() ? write.table().changing() : Set.of();
            List<ForeignKey> keys = relatives.onUpdateOf(table, column -> assigned == null || assigned.contains(column) || changing.contains(column));
            return keys.isEmpty() ? plan : keys.stream().anyMatch(relatives::isBeyond) || assigned == null ? beyond() : before(write, plan, "FROM", end, keys);
        } else if (!write.target().isPublished() && (text.isWord(write.verb(), "MERGE") || write.conflict() < text.size()) && relatives.isParent(table)) {
            return beyond();
        }
        return plan;
    }

    private static Plan beyond() {
        return uncaptured("foreign keys make the database change published rows in a way that cannot be worked out");
    }

    /** The rows are read by the statement's own names and condition. */
    private Plan before(PostgresWrite write, Plan plan, String joins, int from, List<ForeignKey> updates) {
        SqlText text = write.text();
        if (write.verb() != 0 || text.isWord(from, "WHERE") && text.isWords(from + 1, "CURRENT", "OF") || text.hasNumberedParameters()) {
            return uncaptured("foreign keys change published rows, and the rows that it changes cannot be read before it");
        }
        String columns = CascadeWalk.columns(facts, write.target().name()).stream().map(column -> write.alias() + "." + Quoting.quote(column)).collect(Collectors.joining(", "));
        boolean joined = text.isWord(from, joins);
        String tables = text.text(text.isWord(0, "DELETE") ? 2 : 1, write.end()) + (joined ? ", " : " ") + text.text(joined ? from + 1 : from, write.returning());
        int[] parameters = text.parameterNumbers(from, write.returning()).stream().mapToInt(Integer::intValue).toArray();
        return new Plan.Cascading(plan, write.target().name(), "SELECT " + columns + " FROM " + tables + " FOR UPDATE OF " + write.alias(), parameters, updates);
    }

    private static Plan uncaptured(String why) {
        return new Plan.Uncaptured(why, false);
    }
}
