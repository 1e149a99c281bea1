// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import java.util.List;

/**
 * A table as CREATE PUBLICATION names it.
 *
 * @param schema  null for the current one
 * @param columns empty for all
 */
public record TableReference(Identifier schema, Identifier table, List<Identifier> columns) {
    public TableReference {
        columns = List.copyOf(columns);
    }
}
