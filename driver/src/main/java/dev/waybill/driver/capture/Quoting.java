// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;

/** Names in quotes, as the standard writes them. */
final class Quoting {

    private Quoting() {}

    static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String quote(TableName table) {
        return table.schema().isEmpty() ? quote(table.name()) : quote(table.schema()) + '.' + quote(table.name());
    }
}
