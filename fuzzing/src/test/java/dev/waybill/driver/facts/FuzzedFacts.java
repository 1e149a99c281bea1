// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.driver.facts.DatabaseFacts.DatabaseObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A database with two published tables, one of which refers to the other, a table that is not published, and a function that writes. */
public final class FuzzedFacts {

    private FuzzedFacts() {}

    /**
     * Of any product.
     *
     * @param schema of the tables
     * @param upper  whether names without quotes are kept in capital letters
     */
    public static DatabaseFacts of(String schema, boolean upper, boolean postgres) {
        TableName p = new TableName(schema, upper ? "P" : "p");
        TableName c = new TableName(schema, upper ? "C" : "c");
        TableName u = new TableName(schema, upper ? "U" : "u");
        String id = upper ? "ID" : "id";
        String name = upper ? "NAME" : "name";
        return new DatabaseFacts(1, "hq", Map.of(p, table(p, id, name), c, table(c, id, name)),
                DatabaseFacts.byName(List.of(new DatabaseObject(p, null), new DatabaseObject(c, null), new DatabaseObject(u, null))), Set.of(),
                List.of(new ForeignKey(c, List.of(name), p, List.of(id), ForeignKey.Action.CASCADE, ForeignKey.Action.NONE)), Set.of("WRITES"), Set.of(), 1_000,
                postgres ? new PostgresFacts(180000, Map.of(), Map.of(), true, null) : null, Set.of(), null);
    }

    private static CapturedTable table(TableName name, String key, String other) {
        TableShape shape = new TableShape(name.schema(), name.name(), 0, List.of(new ColumnShape(key, ColumnType.of(SqlType.BIGINT)), new ColumnShape(other, ColumnType.of(SqlType.VARCHAR, 100, -1))), List.of(0));
        return new CapturedTable(shape, List.of(key, other), Set.of(), null, Map.of(key, new ColumnFacts(true, false, false), other, new ColumnFacts(true, true, true)), List.of(new ArrayList<>(List.of(key))));
    }
}
