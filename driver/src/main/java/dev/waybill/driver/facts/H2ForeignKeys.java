// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import dev.waybill.driver.facts.ForeignKey.Action;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All foreign keys of an H2 database. The views of INFORMATION_SCHEMA are asked one after the other: in a join H2 makes the rows of a view anew for every row that it is to meet. Used while one book of plans is made.
 */
final class H2ForeignKeys {

    private final H2FactsReader database;
    private final List<Reference> references = new ArrayList<>();
    private final Map<TableName, Key> keys = new HashMap<>();

    H2ForeignKeys(H2FactsReader database) {
        this.database = database;
    }

    private record Reference(TableName name, TableName unique, Action onDelete, Action onUpdate) {}

    /** Columns of a constraint of any kind, and for each of a foreign key's which of the parent's it refers to, from 1. */
    private record Key(TableName table, List<String> columns, List<Integer> inParent) {}

    /** In order of their names; one that came or went meanwhile is not there. */
    List<ForeignKey> read() throws SQLException {
        database.read("SELECT CONSTRAINT_SCHEMA, CONSTRAINT_NAME, UNIQUE_CONSTRAINT_SCHEMA, UNIQUE_CONSTRAINT_NAME, DELETE_RULE, UPDATE_RULE FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS ORDER BY 1, 2", row ->
                references.add(new Reference(new TableName(row.getString(1), row.getString(2)), new TableName(row.getString(3), row.getString(4)), Action.of(row.getString(5)), Action.of(row.getString(6)))));
        if (!references.isEmpty()) {
            readKeys();
        }
        return references.stream().filter(each -> keys.containsKey(each.name) && keys.containsKey(each.unique)).map(this::key).toList();
    }

    private void readKeys() throws SQLException {
        database.read("SELECT CONSTRAINT_SCHEMA, CONSTRAINT_NAME, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, POSITION_IN_UNIQUE_CONSTRAINT FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE"
                + " ORDER BY 1, 2, ORDINAL_POSITION", row -> {
            TableName table = new TableName(row.getString(3), row.getString(4));
            Key key = keys.computeIfAbsent(new TableName(row.getString(1), row.getString(2)), name -> new Key(table, new ArrayList<>(), new ArrayList<>()));
            key.columns.add(row.getString(5));
            key.inParent.add(row.getInt(6));
        });
    }

    private ForeignKey key(Reference reference) {
        Key child = keys.get(reference.name);
        Key parent = keys.get(reference.unique);
        List<String> parentColumns = child.inParent.stream().map(place -> parent.columns.get(place - 1)).toList();
        return new ForeignKey(child.table, child.columns, parent.table, parentColumns, reference.onDelete, reference.onUpdate);
    }
}
