// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.TableDefinition.Action;
import dev.waybill.change.TableDefinition.ForeignKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The constraints of one table of H2. Each view of INFORMATION_SCHEMA is asked by itself, and only for what is there: in a join H2 makes the rows of a view anew, of all tables of the database, for every row that it is to meet.
 * What came or went between two of these looks counts as not there. One thread.
 */
final class H2Constraints {

    private final Connection raw;
    private final String schema;
    private final String table;
    private final Map<String, List<Place>> places = new LinkedHashMap<>();
    private final Map<String, List<String>> uniqueKeys = new LinkedHashMap<>();
    private final List<String> foreign = new ArrayList<>();
    private final List<String> checks = new ArrayList<>();
    private String primaryKey;

    /** @param leftOut is told what of the keys does not travel */
    H2Constraints(Connection raw, String schema, String table, Consumer<String> leftOut) throws SQLException {
        this.raw = raw;
        this.schema = schema;
        this.table = table;
        Query.each(raw, "SELECT CONSTRAINT_NAME, COLUMN_NAME, POSITION_IN_UNIQUE_CONSTRAINT FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?"
                + " ORDER BY CONSTRAINT_NAME, ORDINAL_POSITION", row -> places.computeIfAbsent(row.getString(1), name -> new ArrayList<>()).add(new Place(row.getString(2), row.getInt(3))), schema, table);
        Query.each(raw, "SELECT CONSTRAINT_NAME, CONSTRAINT_TYPE, NULLS_DISTINCT FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY CONSTRAINT_NAME",
                row -> constraint(row.getString(1), row.getString(2), row.getString(3), leftOut), schema, table);
    }

    /** A column of a key, and for a foreign one which of the parent's columns it refers to, from 1. */
    private record Place(String column, int inParent) {}

    private void constraint(String name, String type, String nulls, Consumer<String> leftOut) {
        if (type.equals("CHECK")) {
            checks.add(name);
            return;
        } else if (!places.containsKey(name)) {
            return;
        } else if (type.equals("FOREIGN KEY")) {
            foreign.add(name);
            return;
        }
        uniqueKeys.put(name, places.get(name).stream().map(Place::column).toList());
        primaryKey = type.equals("PRIMARY KEY") ? name : primaryKey;
        if (nulls != null && !nulls.equals("YES")) {
            leftOut.accept("Unique constraint " + name + " is created with distinct nulls, here they are not distinct.");
        }
    }

    /** The primary key and the others that are unique, by name of the constraint. */
    Map<String, List<String>> uniqueKeys() {
        return uniqueKeys;
    }

    /** Its name; null for none. */
    String primaryKey() {
        return primaryKey;
    }

    /** In order of their names. */
    List<ForeignKey> foreignKeys() throws SQLException {
        if (foreign.isEmpty()) {
            return List.of();
        }
        Map<Name, Parent> parents = new HashMap<>();
        Query.each(raw, "SELECT CONSTRAINT_SCHEMA, CONSTRAINT_NAME, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE ORDER BY CONSTRAINT_SCHEMA, CONSTRAINT_NAME, ORDINAL_POSITION", row -> {
            Parent parent = new Parent(row.getString(3), row.getString(4), new ArrayList<>());
            parents.computeIfAbsent(new Name(row.getString(1), row.getString(2)), name -> parent).columns.add(row.getString(5));
        });
        Map<String, ForeignKey> keys = new HashMap<>();
        Query.each(raw, "SELECT CONSTRAINT_NAME, UNIQUE_CONSTRAINT_SCHEMA, UNIQUE_CONSTRAINT_NAME, DELETE_RULE, UPDATE_RULE FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ?", row -> {
            Parent parent = parents.get(new Name(row.getString(2), row.getString(3)));
            if (foreign.contains(row.getString(1)) && parent != null) {
                keys.put(row.getString(1), key(places.get(row.getString(1)), parent, action(row.getString(4)), action(row.getString(5))));
            }
        }, schema);
        return foreign.stream().map(keys::get).filter(Objects::nonNull).toList();
    }

    private record Name(String schema, String constraint) {}

    private record Parent(String schema, String table, List<String> columns) {}

    private static ForeignKey key(List<Place> own, Parent parent, Action onDelete, Action onUpdate) {
        return new ForeignKey(own.stream().map(Place::column).toList(), parent.schema, parent.table, own.stream().map(place -> parent.columns.get(place.inParent - 1)).toList(), onDelete, onUpdate);
    }

    private static Action action(String rule) {
        return Action.valueOf(rule.replace(' ', '_'));
    }

    /** The clauses, in order of the constraints' names. */
    List<String> checks() throws SQLException {
        Map<String, String> clauses = new HashMap<>();
        if (!checks.isEmpty()) {
            Query.each(raw, "SELECT CONSTRAINT_NAME, CHECK_CLAUSE FROM INFORMATION_SCHEMA.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ?", row -> clauses.put(row.getString(1), row.getString(2)), schema);
        }
        return checks.stream().map(clauses::get).filter(Objects::nonNull).toList();
    }
}
