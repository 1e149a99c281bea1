// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.recording;

import dev.waybill.change.TableName;
import dev.waybill.publication.Catalogue;
import java.util.ArrayList;
import java.util.List;

/** The tables that a transaction has written to, for the comparison of catalogue versions at its commit. Bounded: beyond that every table counts. Used under the connection's lock. */
public final class WrittenTables {

    private static final int MAX_TABLES = 200;

    private final List<TableName> places = new ArrayList<>();
    private int count;
    private int last;
    private boolean anything;

    public void add(TableName table) {
        if (last < count && places.get(last) == table) {
            return;
        }
        for (last = 0; last < count; last++) {
            if (places.get(last).equals(table)) {
                return;
            }
        }
        if (count == MAX_TABLES) {
            anything = true;
        } else {
            put(table);
        }
    }

    /** Most transactions of a connection write to the same tables: places are not emptied in between. */
    private void put(TableName table) {
        if (count == places.size()) {
            places.add(table);
        } else if (places.get(count) != table) {
            places.set(count, table);
        }
        count++;
    }

    /** It is not known what was written. */
    public void addAnything() {
        anything = true;
    }

    /** Those that are known by name. */
    public List<TableName> tables() {
        return places.subList(0, count);
    }

    /** One of them; null when none is known by name. */
    public TableName first() {
        return count == 0 ? null : places.get(0);
    }

    public void clear() {
        anything = false;
        count = 0;
    }

    /** A table that this transaction wrote and captured with less than the newer catalogue asks for; null when there is none. */
    public TableName becamePublished(Catalogue planned, Catalogue now) {
        List<TableName> missed = now.becamePublished(planned, anything ? now.publishedTables() : tables());
        return missed.isEmpty() ? null : missed.get(0);
    }
}
