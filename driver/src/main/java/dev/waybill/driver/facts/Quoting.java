// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;

/** Names in quotes, as the standard writes them. */
public final class Quoting {

    private Quoting() {}

    public static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    public static String quote(TableName table) {
        return table.schema().isEmpty() ? quote(table.name()) : quote(table.schema()) + '.' + quote(table.name());
    }
}
