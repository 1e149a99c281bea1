// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.change.TableDefinition;
import dev.waybill.change.TableDefinition.ColumnFacts;
import dev.waybill.change.TableDefinition.ForeignKey;

/** Which foreign keys that point forward can be left NULL for a while. */
final class LateKeys {

    private LateKeys() {}

    /** Whether this column may be NULL and is neither computed nor part of the key. */
    static boolean isLoose(TableDefinition table, String column) {
        for (int index = 0; index < table.columns().size(); index++) {
            if (table.shape().columns().get(index).name().equals(column)) {
                ColumnFacts facts = table.columns().get(index);
                return facts.nullable() && facts.generatedAs() == null && !table.shape().key().contains(index);
            }
        }
        return false;
    }

    static boolean isToItself(TableDefinition table, ForeignKey key) {
        return key.table().equals(table.shape().name()) && key.schema().equals(table.shape().schema());
    }
}
