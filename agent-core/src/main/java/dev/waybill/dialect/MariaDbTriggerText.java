// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.TableShape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * What MariaDB's triggers of one table do.
 *
 * <pre>
 *   row     a field for each column of the shape
 *   field   '-'  NULL, or not written down        n ':' value  of n bytes
 * </pre>
 */
final class MariaDbTriggerText {

    private final Dialect dialect;
    private final TableShape shape;

    MariaDbTriggerText(Dialect dialect, TableShape shape) {
        this.dialect = dialect;
        this.shape = shape;
    }

    /**
     * Statements, with {@code #rows}, {@code #entry} and {@code #whose} where these come.
     *
     * @param guard what comes first of them
     */
    String of(String event, long shapeId, String guard) {
        boolean before = !event.equals("INSERT");
        boolean after = !event.equals("DELETE");
        return """
                    DECLARE old_row LONGBLOB DEFAULT '';
                    DECLARE new_row LONGBLOB DEFAULT '';
                    IF @waybill_writer <=> 'agent' THEN
                        LEAVE capture;
                    END IF;
                #guard#check#values#unless    SET place = NEXT VALUE FOR #entry;
                    #whose
                    INSERT INTO #rows (place, writer, shape_id, operation, user_name, written_at, bytes, old_row, new_row)
                        VALUES (place, writer, #shape, '#event', LEFT(USER(), 128), UTC_TIMESTAMP(6), LENGTH(old_row) + LENGTH(new_row), old_row, new_row);
                """.replace("#guard", guard).replace("#check", after ? check(before) : "").replace("#values", (before ? "    SET old_row = " + row("OLD", column -> after || shape.key().contains(column)) + ";\n" : "")
                        + (after ? "    SET new_row = " + row("NEW", column -> true) + ";\n" : "")).replace("#unless", before && after ? unless() : "").replace("#shape", Long.toString(shapeId)).replace("#event", event);
    }

    /** MariaDB runs AFTER UPDATE for a row, too, that UPDATE IGNORE has left as it was. */
    private String unless() {
        List<String> key = shape.key().stream().map(index -> shape.columns().get(index).name()).toList();
        return """
                    IF old_row = new_row OR #stayed THEN
                        LEAVE capture;
                    END IF;
                """.replace("#stayed", stayed(dialect, dialect.quote(shape.schema(), shape.name()), key, row("r", column -> true) + " = old_row"));
    }

    /**
     * Whether a row is still as it was, for AFTER UPDATE; in SQL.
     *
     * @param key by which it can be found
     * @param was what was true of the row, named r, and is not when it has been updated
     */
    static String stayed(Dialect dialect, String table, List<String> key, String was) {
        String same = key.stream().map(dialect::quote).map(column -> "r." + column + " = OLD." + column).collect(Collectors.joining(" AND "));
        return "EXISTS (SELECT 1 FROM " + table + " AS r WHERE " + same + " AND " + was + " LOCK IN SHARE MODE)";
    }

    /** A row of the table, by the name that it has there. */
    String row(String from, IntPredicate wanted) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < shape.columns().size(); i++) {
            String value = value(from, shape.columns().get(i));
            fields.add(wanted.test(i) ? "IFNULL(CONCAT(LENGTH(" + value + "), ':', " + value + "), '-')" : "'-'");
        }
        return "CONCAT('', " + String.join(", ", fields) + ")";
    }

    /** As bytes, so that no two collations meet. */
    private String value(String from, ColumnShape column) {
        String name = from + "." + dialect.quote(column.name());
        return switch (column.type().kind()) {
            case BYTES -> name;
            case TEXT, JSON -> "CAST(CONVERT(" + name + " USING utf8mb4) AS BINARY)";
            case REAL, DOUBLE -> "CAST(CAST(" + name + " AS DOUBLE) AS BINARY)";
            case TIMESTAMP_WITH_ZONE -> "CAST(UNIX_TIMESTAMP(" + name + ") AS BINARY)";
            default -> "CAST(CAST(" + name + " AS CHAR) AS BINARY)";
        };
    }

    /** What nobody else has is refused when it is written, by name, as the driver would refuse it. */
    private String check(boolean unlessTheSame) {
        StringBuilder text = new StringBuilder();
        for (ColumnShape column : shape.columns()) {
            String unfit = unfit("NEW." + dialect.quote(column.name()), column.type());
            if (unfit != null) {
                text.append("    IF ").append(unfit).append(unlessTheSame ? " AND NOT OLD." + dialect.quote(column.name()) + " <=> NEW." + dialect.quote(column.name()) : "").append(" THEN\n        SIGNAL SQLSTATE '22007' SET MESSAGE_TEXT = ")
                        .append(literal("Column " + column.name() + " of the published table " + shape.name() + " would hold a date or a time that no other database has. Nothing was done."))
                        .append(";\n    END IF;\n");
            }
        }
        return text.toString();
    }

    private static String unfit(String name, ColumnType type) {
        return switch (type.kind()) {
            case DATE, TIMESTAMP -> "(MONTH(" + name + ") = 0 OR DAYOFMONTH(" + name + ") = 0)";
            case TIME -> "NOT " + name + " BETWEEN '00:00:00' AND '23:59:59.999999'";
            case TIMESTAMP_WITH_ZONE -> "(" + name + " IS NOT NULL AND COALESCE(UNIX_TIMESTAMP(" + name + "), 0) = 0)";
            default -> null;
        };
    }

    static String literal(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
