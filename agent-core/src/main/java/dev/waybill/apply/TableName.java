// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TableShape;

/** A table's name; the schema is empty where a database has none. */
record TableName(String schema, String table) {

    static TableName of(TableShape shape) {
        return new TableName(shape.schema(), shape.name());
    }

    @Override
    public String toString() {
        return schema.isEmpty() ? table : schema + "." + table;
    }
}
