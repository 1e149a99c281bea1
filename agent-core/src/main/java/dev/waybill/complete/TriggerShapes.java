// SPDX-License-Identifier: Apache-2.0
package dev.waybill.complete;

import dev.waybill.change.MalformedException;
import dev.waybill.change.ShapeCodec;
import dev.waybill.change.TableName;
import dev.waybill.change.TableShape;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The shapes in which triggers write, by number; those of before are kept for what was written in them. Immutable once written, so what was read stays true. One thread. */
final class TriggerShapes {

    private final Connection raw;
    private final String table;
    private final Map<Long, TableShape> known = new HashMap<>();

    TriggerShapes(Connection raw, Dialect dialect) {
        this.raw = raw;
        this.table = dialect.catalogueTable("trigger_shape");
    }

    /** A table that has triggers: the number of these, and the shape in which they write. */
    record InForce(long number, TableShape shape) {}

    Map<TableName, InForce> inForce() throws SQLException {
        Map<TableName, InForce> found = new HashMap<>();
        try (PreparedStatement select = raw.prepareStatement("SELECT number, publications, shape FROM " + table + " WHERE in_force"); ResultSet row = select.executeQuery()) {
            while (row.next()) {
                TableShape shape = decode(row.getString(2), row.getBytes(3));
                found.put(TableName.of(shape), new InForce(row.getLong(1), shape));
            }
        }
        return found;
    }

    /** The shape of this number. */
    TableShape get(long shapeId) throws SQLException {
        TableShape shape = known.get(shapeId);
        if (shape == null) {
            try (PreparedStatement select = raw.prepareStatement("SELECT publications, shape FROM " + table + " WHERE shape_id = ?")) {
                select.setLong(1, shapeId);
                try (ResultSet row = select.executeQuery()) {
                    if (!row.next()) {
                        throw WaybillError.TRIGGERS_BROKEN.with("the shape with the number " + shapeId + " is not there");
                    }
                    shape = decode(row.getString(1), row.getBytes(2));
                }
            }
            known.put(shapeId, shape);
        }
        return shape;
    }

    /**
     * Notes that triggers are going to write in this shape.
     *
     * @param number of the triggers that are there; null for new ones
     * @return the numbers of the shape and of the triggers
     */
    long[] announce(TableShape shape, Long number) throws SQLException {
        long[] numbers = new long[2];
        try (PreparedStatement insert = raw.prepareStatement("INSERT INTO " + table + " (number, table_schema, table_name, publications, shape, in_force) VALUES (?, ?, ?, ?, ?, FALSE)", new String[] {"shape_id"})) {
            insert.setLong(1, number == null ? 0 : number);
            insert.setString(2, shape.schema());
            insert.setString(3, shape.name());
            insert.setString(4, String.join(",", shape.publications()));
            insert.setBytes(5, ShapeCodec.encode(shape));
            insert.executeUpdate();
            try (ResultSet key = insert.getGeneratedKeys()) {
                key.next();
                numbers[0] = key.getLong(1);
            }
        }
        numbers[1] = number == null ? numbers[0] : number;
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + table + " SET number = ? WHERE shape_id = ?")) {
            update.setLong(1, numbers[1]);
            update.setLong(2, numbers[0]);
            update.executeUpdate();
        }
        return numbers;
    }

    /** Notes that from now on what triggers write is the table's, and in this shape. */
    void begin(TableName name, long shapeId) throws SQLException {
        end(name);
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + table + " SET in_force = TRUE WHERE shape_id = ?")) {
            update.setLong(1, shapeId);
            update.executeUpdate();
        }
    }

    /** Notes that triggers write of this table no more. */
    void end(TableName name) throws SQLException {
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + table + " SET in_force = FALSE WHERE in_force AND table_schema = ? AND table_name = ?")) {
            update.setString(1, name.schema());
            update.setString(2, name.name());
            update.executeUpdate();
        }
    }

    private static TableShape decode(String publications, byte[] bytes) throws SQLException {
        try {
            return ShapeCodec.decode(bytes).in(publications.isEmpty() ? List.of() : Arrays.asList(publications.split(",")));
        } catch (MalformedException damaged) {
            throw WaybillError.TRIGGERS_BROKEN.because(damaged, damaged.getMessage());
        }
    }
}
