// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TableName;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A table as it is here: what decides whether two changes may change places.
 *
 * @param columns    by name
 * @param uniqueKeys columns of each unique index, the key's included
 * @param references columns that refer to other rows
 * @param referenced columns that others refer to
 * @param parents    tables that it refers to
 * @param triggers   whether native triggers may run for its changes
 * @param objects    columns that have the numbers of large objects
 */
record ReplicaTable(TableName name, Map<String, ReplicaColumn> columns, List<Set<String>> uniqueKeys, Set<String> references, Set<String> referenced, Set<TableName> parents,
        boolean triggers, Set<String> objects) {

    boolean refersToItself() {
        return parents.contains(name);
    }
}
