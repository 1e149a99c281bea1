// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialect.BareType;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The statements that perform changes. All names are quoted; everything else is a parameter. */
final class Sql {

    private final Dialect dialect;

    Sql(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Rows of the columns in ascending order. Values of identity columns are taken as they are. */
    String insert(Landing landing, BitSet columns, int rows) {
        String row = columns.stream().mapToObj(index -> "?").collect(Collectors.joining(", ", "(", ")"));
        return "INSERT INTO " + table(landing) + " (" + columns.stream().mapToObj(index -> name(landing, index)).collect(Collectors.joining(", ")) + ")"
                + (landing.identity() >= 0 ? dialect.overridingIdentity() : "") + " VALUES " + String.join(", ", Collections.nCopies(rows, row));
    }

    /** The columns in ascending order, then the key. With nothing to assign, the key is assigned to itself: the row must be there. */
    String update(Landing landing, BitSet columns) {
        String assignments = columns.isEmpty() ? name(landing, landing.keyOrder().get(0)) + " = " + name(landing, landing.keyOrder().get(0))
                : columns.stream().mapToObj(index -> name(landing, index) + " = ?").collect(Collectors.joining(", "));
        return "UPDATE " + table(landing) + " SET " + assignments + byKey(landing);
    }

    /** The columns become NULL, by the key. */
    String forget(Landing landing, BitSet columns) {
        return "UPDATE " + table(landing) + columns.stream().mapToObj(index -> name(landing, index) + " = NULL").collect(Collectors.joining(", ", " SET ", "")) + byKey(landing);
    }

    /** The highest and the lowest value of a column. */
    String most(Landing landing, int column) {
        return "SELECT MAX(" + name(landing, column) + "), MIN(" + name(landing, column) + ") FROM " + table(landing);
    }

    /** By the key. */
    String delete(Landing landing) {
        return "DELETE FROM " + table(landing) + byKey(landing);
    }

    /** Every row. */
    String deleteAll(Landing landing) {
        return "DELETE FROM " + table(landing);
    }

    /**
     * Many rows at once, as the source did in one statement: what must be unique is looked at when all have changed. For each row: its key, then the columns; then for each row its key again.
     */
    String updateTogether(Landing landing, BitSet columns, int rows) {
        List<Integer> key = landing.keyOrder();
        String targets = columns.stream().mapToObj(index -> name(landing, index)).collect(Collectors.joining(", "));
        String sources = columns.stream().mapToObj(index -> "s.c" + index).collect(Collectors.joining(", "));
        String row = Stream.concat(key.stream(), columns.stream().boxed())
                .map(index -> "CAST(? AS " + dialect.typeName(landing.column(index).type()) + ")").collect(Collectors.joining(", ", "(", ")"));
        String names = Stream.concat(key.stream().map(index -> "k" + index), columns.stream().mapToObj(index -> "c" + index)).collect(Collectors.joining(", "));
        String match = key.stream().map(index -> "s.k" + index + " = t." + name(landing, index)).collect(Collectors.joining(" AND "));
        String found = key.stream().map(index -> "t." + name(landing, index)).collect(Collectors.joining(", ", "(", ")"));
        String wanted = key.stream().map(index -> "?").collect(Collectors.joining(", ", "(", ")"));
        return "UPDATE " + table(landing) + " t SET (" + targets + ") = (SELECT " + sources + " FROM (VALUES " + String.join(", ", Collections.nCopies(rows, row)) + ") s(" + names
                + ") WHERE " + match + ") WHERE " + found + " IN (" + String.join(", ", Collections.nCopies(rows, wanted)) + ")";
    }

    /** Rows as arrays, one for each column in ascending order. */
    String insertArrays(Landing landing, BitSet columns) {
        return "INSERT INTO " + table(landing) + " (" + columns.stream().mapToObj(index -> name(landing, index)).collect(Collectors.joining(", ")) + ")"
                + (landing.identity() >= 0 ? dialect.overridingIdentity() : "") + " SELECT " + columns.stream().mapToObj(index -> assigned(landing, index)).collect(Collectors.joining(", "))
                + " FROM " + arrays(landing, columns.stream().boxed().toList());
    }

    /** Rows as arrays: the key's columns in its order, then the others in ascending order. */
    String updateArrays(Landing landing, BitSet columns) {
        return "UPDATE " + table(landing) + " t SET " + columns.stream().mapToObj(index -> name(landing, index) + " = " + assigned(landing, index)).collect(Collectors.joining(", "))
                + " FROM " + arrays(landing, Stream.concat(landing.keyOrder().stream(), columns.stream().boxed()).toList()) + byArrays(landing);
    }

    /** The key's columns in its order, as arrays. */
    String deleteArrays(Landing landing) {
        return "DELETE FROM " + table(landing) + " t USING " + arrays(landing, landing.keyOrder()) + byArrays(landing);
    }

    private String arrays(Landing landing, List<Integer> columns) {
        return columns.stream().map(index -> "CAST(? AS " + dialect.arrayType(landing.column(index).type()) + ")").collect(Collectors.joining(", ", "unnest(", ")"))
                + columns.stream().map(index -> "c" + index).collect(Collectors.joining(", ", " AS n(", ")"));
    }

    /** As an INSERT of one value would assign it: what is too long is refused, not cut. */
    private static String assigned(Landing landing, int index) {
        BareType type = landing.bareType(index);
        return type.isText() ? "n.c" + index : converted(type, index);
    }

    private String byArrays(Landing landing) {
        return landing.keyOrder().stream().map(index -> "t." + name(landing, index) + " = " + converted(landing.bareType(index), index)).collect(Collectors.joining(" AND ", " WHERE ", ""));
    }

    private static String converted(BareType type, int index) {
        return "CAST(n.c" + index + " AS " + type.name() + ")";
    }

    /** What finds a row by its key, behind a list of columns. */
    String fromByKey(Landing landing) {
        return " FROM " + table(landing) + byKey(landing);
    }

    private String byKey(Landing landing) {
        return landing.keyOrder().stream().map(index -> name(landing, index) + " = ?").collect(Collectors.joining(" AND ", " WHERE ", ""));
    }

    private String table(Landing landing) {
        return dialect.quote(landing.table().name().schema(), landing.table().name().name());
    }

    String name(Landing landing, int index) {
        return dialect.quote(landing.column(index).name());
    }
}
