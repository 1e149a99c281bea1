// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Makes result sets that show chosen columns of another: so capture can read more columns than the application asked for, and still show it exactly its own. Any thread.
 */
public interface ColumnViews {

    /**
     * A result set over the raw one that shows only these columns, in this order. Everything else (the cursor, closing, warnings) is the raw one's: who has read rows from it puts it back before the
     * first row before he hands on the view. Names are looked up among the shown columns only, the first of equal names wins.
     *
     * @param raw     where the rows come from
     * @param columns for each shown column its number in {@code raw}, from 1
     */
    ResultSet view(ResultSet raw, int... columns) throws SQLException;

    /** All columns of a scrollable result set, which says that it is forward-only: so H2 shows the keys of a batch. */
    ResultSet forwardOnly(ResultSet raw) throws SQLException;
}
