// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.publication.Catalogue;
import java.util.ArrayList;
import java.util.List;

/** The tables that a transaction has written to, for the comparison of catalogue versions at its commit. Bounded: beyond that every table counts. Used under the connection's lock. */
final class WrittenTables {

    private static final int MAX_TABLES = 200;

    private final List<TableName> tables = new ArrayList<>();
    private TableName last;
    private boolean anything;

    void add(TableName table) {
        if (table == last) {
            return;
        }
        last = table;
        if (!tables.contains(table)) {
            if (tables.size() < MAX_TABLES) {
                tables.add(table);
            } else {
                anything = true;
            }
        }
    }

    /** It is not known what was written. */
    void addAnything() {
        anything = true;
    }

    /** Those that are known by name. */
    List<TableName> tables() {
        return tables;
    }

    void clear() {
        last = null;
        anything = false;
        if (!tables.isEmpty()) {
            tables.clear();
        }
    }

    /** A table that this transaction wrote and captured with less than the newer catalogue asks for; null when there is none. */
    TableName becamePublished(Catalogue planned, Catalogue now) {
        List<TableName> missed = now.becamePublished(planned, anything ? now.publishedTables() : tables);
        return missed.isEmpty() ? null : missed.get(0);
    }
}
