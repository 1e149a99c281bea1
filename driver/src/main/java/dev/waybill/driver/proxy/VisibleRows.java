// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import dev.waybill.change.TableName;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Rows of metadata without those of our schema. Forward-only rows are skipped as they come; of others the shown ones are found first, and the cursor moves among them. One thread.
 */
public abstract class VisibleRows implements ResultSet {

    /** As databases that fold to upper case keep it; compared without regard to case. */
    static final String CATALOGUE_SCHEMA = "WAYBILL";

    /** What capture keeps for one session of SQLite. */
    private static final Pattern TEMPORARY = Pattern.compile("waybill_(log|[iud]\\d+)");

    protected final ResultSet delegate;
    private final int[] shown;
    private int row;

    /** The shown rows' numbers, or null for forward-only rows. */
    public VisibleRows(ResultSet delegate, int[] shown) {
        this.delegate = delegate;
        this.shown = shown;
    }

    /** Whether the cursor, which is before the first row, can go back. It is tried: H2's metadata say that they are forward-only and are not. */
    static boolean isMovable(ResultSet rows) {
        try {
            return !rows.previous();
        } catch (SQLException forwardOnly) {
            return false;
        }
    }

    /** The numbers of the rows to show; null when all are. The cursor is before the first row again. */
    static int[] find(ResultSet rows) throws SQLException {
        int[] found = new int[16];
        int count = 0;
        int last = 0;
        while (rows.next()) {
            last++;
            if (!isOurs(rows)) {
                found = count == found.length ? Arrays.copyOf(found, 2 * count) : found;
                found[count++] = last;
            }
        }
        rows.beforeFirst();
        return count == last ? null : Arrays.copyOf(found, count);
    }

    /** JDBC names the columns so everywhere. Where a database has no schemas inside it, our tables are known by their names. */
    private static boolean isOurs(ResultSet rows) throws SQLException {
        String schema = rows.getString("TABLE_SCHEM");
        return CATALOGUE_SCHEMA.equalsIgnoreCase(schema) || (schema == null || schema.isEmpty()) && isOurs(rows.getMetaData(), rows);
    }

    private static boolean isOurs(ResultSetMetaData columns, ResultSet rows) throws SQLException {
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            if (columns.getColumnLabel(i).equalsIgnoreCase("TABLE_NAME")) {
                String name = rows.getString(i);
                return name != null && (TableName.isOurs(name) || TEMPORARY.matcher(name).matches());
            }
        }
        return false;
    }

    @Override
    public boolean next() throws SQLException {
        if (shown != null) {
            return to(Math.min(row, shown.length) + 1);
        }
        while (delegate.next()) {
            if (!isOurs(delegate)) {
                row++;
                return true;
            }
        }
        row = 0;
        return false;
    }

    @Override
    public boolean previous() throws SQLException {
        return shown == null ? delegate.previous() : to(Math.max(row, 1) - 1);
    }

    @Override
    public boolean first() throws SQLException {
        return shown == null ? delegate.first() : to(1);
    }

    @Override
    public boolean last() throws SQLException {
        return shown == null ? delegate.last() : to(shown.length);
    }

    @Override
    public boolean absolute(int number) throws SQLException {
        return shown == null ? delegate.absolute(number) : to(number >= 0 ? number : Math.max(0, shown.length + 1 + number));
    }

    @Override
    public boolean relative(int rows) throws SQLException {
        return shown == null ? delegate.relative(rows) : to((int) Math.max(0, Math.min(shown.length + 1L, (long) row + rows)));
    }

    @Override
    public void beforeFirst() throws SQLException {
        delegate.beforeFirst();
        row = 0;
    }

    @Override
    public void afterLast() throws SQLException {
        delegate.afterLast();
        row = shown == null ? row : shown.length + 1;
    }

    @Override
    public int getRow() throws SQLException {
        int raw = delegate.getRow();
        return shown == null ? raw == 0 ? 0 : row : row > shown.length ? 0 : row;
    }

    @Override
    public boolean isBeforeFirst() throws SQLException {
        boolean raw = delegate.isBeforeFirst();
        return shown == null ? raw : row == 0 && shown.length > 0;
    }

    @Override
    public boolean isAfterLast() throws SQLException {
        boolean raw = delegate.isAfterLast();
        return shown == null ? raw : row > shown.length && shown.length > 0;
    }

    @Override
    public boolean isFirst() throws SQLException {
        boolean raw = delegate.isFirst();
        return shown == null ? raw : row == 1 && shown.length > 0;
    }

    @Override
    public boolean isLast() throws SQLException {
        boolean raw = delegate.isLast();
        return shown == null ? raw : row == shown.length && row > 0;
    }

    private boolean to(int target) throws SQLException {
        if (target < 1) {
            beforeFirst();
            return false;
        } else if (target > shown.length) {
            afterLast();
            return false;
        }
        row = target;
        return delegate.absolute(shown[target - 1]);
    }
}
