// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.RowImage;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.facts.CapturedTable;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.function.BiPredicate;

/** Where the key of a published table stands in a result set of the application's, which may have fewer columns, and in any order. As thread-safe as the result set. */
final class KeyOfRow {

    private final CapturedTable table;
    private final int[] positions;

    private KeyOfRow(CapturedTable table, int[] positions) {
        this.table = table;
        this.positions = positions;
    }

    /**
     * The key's columns in these.
     *
     * @param isSame whether two names name the same column
     * @return null when one of them is not there
     */
    static KeyOfRow in(ResultSetMetaData columns, CapturedTable table, BiPredicate<String, String> isSame) throws SQLException {
        int[] positions = new int[table.key().length];
        for (int i = 0; i < positions.length; i++) {
            String name = table.captured()[table.key()[i]];
            for (int column = 1; column <= columns.getColumnCount(); column++) {
                positions[i] = isSame.test(columns.getColumnName(column), name) ? column : positions[i];
            }
            if (positions[i] == 0) {
                return null;
            }
        }
        return new KeyOfRow(table, positions);
    }

    /** The key of the row at which it stands; all other columns are absent. */
    RowImage image(ResultSet row, Dialect dialect) throws SQLException {
        Object[] values = new Object[table.shape().columns().size()];
        Arrays.fill(values, RowImage.ABSENT);
        for (int i = 0; i < positions.length; i++) {
            values[table.key()[i]] = dialect.read(row, positions[i], table.type(table.key()[i]));
        }
        return new RowImage(values);
    }
}
