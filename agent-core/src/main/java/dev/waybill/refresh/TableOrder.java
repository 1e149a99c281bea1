// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableDefinition.ForeignKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tables, parents first. Where tables refer to one another in a cycle, or to themselves, some foreign keys point forward: these are late, they can be filled only when all rows are there.
 */
final class TableOrder {

    private final Map<String, TableDefinition> tables = new LinkedHashMap<>();
    private final List<TableDefinition> parentsFirst = new ArrayList<>();
    private final Map<TableDefinition, List<ForeignKey>> late = new HashMap<>();
    private final Set<String> done = new HashSet<>();

    private TableOrder(List<TableDefinition> definitions) {
        definitions.forEach(definition -> tables.put(name(definition.shape().schema(), definition.shape().name()), definition));
    }

    static TableOrder of(List<TableDefinition> definitions) {
        TableOrder order = new TableOrder(definitions);
        order.tables.keySet().forEach(name -> order.visit(name, new HashSet<>()));
        return order;
    }

    List<TableDefinition> parentsFirst() {
        return parentsFirst;
    }

    List<TableDefinition> childrenFirst() {
        List<TableDefinition> reversed = new ArrayList<>(parentsFirst);
        Collections.reverse(reversed);
        return reversed;
    }

    /** Foreign keys of this table to itself or to a table that comes after it. */
    List<ForeignKey> late(TableDefinition definition) {
        return late.getOrDefault(definition, List.of());
    }

    private void visit(String name, Set<String> above) {
        if (!done.contains(name) && above.add(name)) {
            TableDefinition definition = tables.get(name);
            for (ForeignKey key : definition.foreignKeys()) {
                String parent = name(key.schema(), key.table());
                boolean waits = isLoose(definition, key) && reaches(parent, name, new HashSet<>());
                if (tables.containsKey(parent) && !waits && !above.contains(parent)) {
                    visit(parent, above);
                }
                if (waits || above.contains(parent)) {
                    late.computeIfAbsent(definition, none -> new ArrayList<>()).add(key);
                }
            }
            above.remove(name);
            if (done.add(name)) {
                parentsFirst.add(definition);
            }
        }
    }

    /** Whether the key may be NULL for a while: of a cycle, such a one is late rather than another. */
    private static boolean isLoose(TableDefinition table, ForeignKey key) {
        return key.columns().stream().allMatch(column -> LateKeys.isLoose(table, column));
    }

    private boolean reaches(String from, String to, Set<String> seen) {
        if (from.equals(to)) {
            return true;
        }
        TableDefinition table = tables.get(from);
        return table != null && seen.add(from) && table.foreignKeys().stream().anyMatch(key -> reaches(name(key.schema(), key.table()), to, seen));
    }

    private static String name(String schema, String table) {
        return schema + "\0" + table;
    }
}
