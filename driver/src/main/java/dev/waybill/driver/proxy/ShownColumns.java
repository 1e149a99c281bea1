// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;

/**
 * Which raw columns a view shows. Immutable; any thread.
 *
 * @param raws        for each shown column its raw number, from 1
 * @param forwardOnly whether the view says that it is forward-only, whatever the raw result set is
 */
public record ShownColumns(int[] raws, boolean forwardOnly, ProxyFamily<ResultSetMetaData, ShownColumns, ColumnViewMetaData> metaDataFamily) {

    /** The raw number of a shown column; when there is no such column, a number that the raw object refuses too. */
    int raw(int shown, ResultSetMetaData rawMetaData) throws SQLException {
        if (shown >= 1 && shown <= raws.length) {
            return raws[shown - 1];
        }
        return shown < 1 ? shown : Math.max(shown, rawMetaData.getColumnCount() + 1);
    }

    /** The shown number of the first column of this label; names of columns count when no label fits. Refused by the raw result set when there is none. */
    int find(String label, ResultSet rows) throws SQLException {
        int found = position(label, rows.getMetaData());
        return found > 0 ? found : rows.findColumn(unknown(label, rows.getMetaData()));
    }

    /** As {@link #find}; 0 when there is none. */
    int position(String label, ResultSetMetaData rawMetaData) throws SQLException {
        for (int i = 0; label != null && i < raws.length; i++) {
            if (label.equalsIgnoreCase(rawMetaData.getColumnLabel(raws[i]))) {
                return i + 1;
            }
        }
        for (int i = 0; label != null && i < raws.length; i++) {
            if (label.equalsIgnoreCase(rawMetaData.getColumnName(raws[i]))) {
                return i + 1;
            }
        }
        return 0;
    }

    /** The label itself when the raw result set does not know it either; else one that nobody has, so that its refusal can be had. */
    static String unknown(String label, ResultSetMetaData rawMetaData) throws SQLException {
        for (int i = 1; label != null && i <= rawMetaData.getColumnCount(); i++) {
            if (label.equalsIgnoreCase(rawMetaData.getColumnLabel(i)) || label.equalsIgnoreCase(rawMetaData.getColumnName(i))) {
                return label + " (not shown)";
            }
        }
        return label;
    }

    ResultSetMetaData metaData(ResultSetMetaData rawMetaData) {
        return metaDataFamily.make(rawMetaData, this);
    }
}
