// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is known of the tables here, from the metadata, kept between applies. It may be out of date: an apply that fails forgets it and begins again, so that at worst a change of a table costs a second try.
 * One thread.
 */
final class ReplicaTables {

    private static final int KNOWN = 10_000;

    /** Where one table stands to another by foreign keys, directly or through others. */
    enum Relation { NONE, ANCESTOR, DESCENDANT, BOTH }

    private final Dialect dialect;
    private final Map<TableName, ReplicaTable> tables = new HashMap<>();
    private final Map<TableName, Set<TableName>> ancestors = new HashMap<>();

    ReplicaTables(Dialect dialect) {
        this.dialect = dialect;
    }

    void forget() {
        tables.clear();
        ancestors.clear();
    }

    /** The table, or null when there is none. */
    ReplicaTable table(Connection raw, TableName name) throws SQLException {
        ReplicaTable known = tables.get(name);
        if (known == null) {
            if (tables.size() >= KNOWN) {
                forget();
            }
            known = ReplicaMetadata.read(raw, dialect, name);
            if (known != null) {
                tables.put(name, known);
            }
        }
        return known;
    }

    /** What {@code one} is to {@code other}. */
    Relation relation(Connection raw, ReplicaTable one, ReplicaTable other) throws SQLException {
        boolean above = ancestors(raw, other).contains(one.name());
        boolean below = ancestors(raw, one).contains(other.name());
        if (above) {
            return below ? Relation.BOTH : Relation.ANCESTOR;
        }
        return below ? Relation.DESCENDANT : Relation.NONE;
    }

    private Set<TableName> ancestors(Connection raw, ReplicaTable table) throws SQLException {
        Set<TableName> known = ancestors.get(table.name());
        if (known != null) {
            return known;
        }
        Set<TableName> found = new HashSet<>();
        Deque<TableName> open = new ArrayDeque<>(table.parents());
        while (!open.isEmpty()) {
            TableName next = open.pop();
            if (found.add(next)) {
                ReplicaTable parent = table(raw, next);
                open.addAll(parent == null ? Set.of() : parent.parents());
            }
        }
        ancestors.put(table.name(), found);
        return found;
    }
}
