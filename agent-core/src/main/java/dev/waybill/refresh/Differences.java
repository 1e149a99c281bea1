// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.change.ColumnShape;
import dev.waybill.change.ColumnType;
import dev.waybill.change.SqlType;
import dev.waybill.change.TableDefinition;
import dev.waybill.change.ValueKind;
import dev.waybill.dialect.Dialect;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Why a table that is here cannot take the rows of a definition. Wider columns and further ones are welcome. */
final class Differences {

    private final Dialect dialect;

    Differences(Dialect dialect) {
        this.dialect = dialect;
    }

    /** One phrase each; empty when the rows fit. */
    List<String> between(TableDefinition wanted, TableDefinition here) {
        List<String> differences = new ArrayList<>();
        for (ColumnShape column : wanted.shape().columns()) {
            ColumnShape own = here.shape().columns().stream().filter(other -> other.name().equals(column.name())).findFirst().orElse(null);
            if (own == null) {
                differences.add("column " + column.name() + " is missing");
            } else if (!takes(own.type(), dialect.landing(column.type()))) {
                differences.add("column " + column.name() + " is " + dialect.typeName(own.type()) + " instead of " + dialect.typeName(column.type()));
            }
        }
        if (!keyNames(wanted).equals(keyNames(here))) {
            differences.add("the key is " + keyNames(here) + " instead of " + keyNames(wanted));
        }
        return differences;
    }

    private static Set<String> keyNames(TableDefinition table) {
        Set<String> names = new HashSet<>();
        table.shape().key().forEach(index -> names.add(table.shape().columns().get(index).name()));
        return names;
    }

    private static boolean takes(ColumnType here, ColumnType wanted) {
        return isObject(here, wanted) || here.type() == wanted.type() && isAtLeast(here.precision(), wanted.precision()) && isAtLeast(here.scale(), wanted.scale())
                && Objects.equals(here.qualifier(), wanted.qualifier()) && here.labels().containsAll(wanted.labels()) && componentsTake(here.components(), wanted.components());
    }

    /** A column of large objects takes any bytes. */
    private static boolean isObject(ColumnType here, ColumnType wanted) {
        return here.type() == SqlType.BLOB && !here.qualifier().isEmpty() && wanted.kind() == ValueKind.BYTES;
    }

    private static boolean componentsTake(List<ColumnType> here, List<ColumnType> wanted) {
        boolean all = here.size() == wanted.size();
        for (int index = 0; all && index < here.size(); index++) {
            all = takes(here.get(index), wanted.get(index));
        }
        return all;
    }

    private static boolean isAtLeast(long here, long wanted) {
        return here < 0 || wanted >= 0 && here >= wanted;
    }
}
