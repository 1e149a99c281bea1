// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Values that a database keeps beside its tables, as PostgreSQL its large objects: a column has their numbers. What travels is their content. Part of the caller's transaction. Stateless; any thread.
 */
public interface LargeObjects {

    /** So many may be removed in one transaction: each is a lock until it ends, of which a server has some thousands for everybody. */
    int REMOVED_AT_MOST = 1_000;

    /** The columns of a table here that have numbers of such objects. */
    Set<String> columns(Connection raw, String schema, String table) throws SQLException;

    /** Makes an object with this content, bytes or a {@link dev.waybill.change.LargeValue}; its number. Memory is bounded, whatever its length. */
    long create(Connection raw, Object content) throws SQLException;

    /** Removes those of these objects that are there. */
    void remove(Connection raw, Collection<Long> numbers) throws SQLException;

    /**
     * As {@link #remove}, of the first so many; the others are left, for the database's own tool to find ({@code vacuumlo}), and told in the log.
     *
     * @return how many were removed
     */
    default int removeFirst(Connection raw, List<Long> numbers, int most) throws SQLException {
        int some = Math.min(numbers.size(), most);
        if (some > 0) {
            remove(raw, numbers.subList(0, some));
        }
        if (some < numbers.size()) {
            System.getLogger(LargeObjects.class.getName()).log(System.Logger.Level.INFO, "Large objects that no row refers to any more were left where they are, since one transaction can remove some thousands only. No row is concerned. Run vacuumlo.");
        }
        return some;
    }
}
