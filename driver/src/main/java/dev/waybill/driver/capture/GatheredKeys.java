// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The generated keys of a batch that runs element by element: of all its elements, in their order; columns of one name are one, as H2 has it. In memory, as in H2. One thread. */
final class GatheredKeys {

    private final List<String> columns = new ArrayList<>();
    private final List<List<Object>> values = new ArrayList<>();
    private int rows;

    /** The keys of one more element, which are closed then; null is none. */
    void add(ResultSet keys) throws SQLException {
        if (keys == null) {
            return;
        }
        try (keys) {
            int[] positions = positions(keys.getMetaData());
            for (; keys.next(); rows++) {
                for (int i = 0; i < positions.length; i++) {
                    values.get(i).add(keys.getObject(positions[i]));
                }
            }
        }
    }

    /** Where the columns stand; the first element tells which there are. */
    private int[] positions(ResultSetMetaData metaData) throws SQLException {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= metaData.getColumnCount(); i++) {
            names.add(metaData.getColumnName(i));
        }
        if (columns.isEmpty()) {
            names.stream().distinct().forEach(name -> {
                columns.add(name);
                values.add(new ArrayList<>());
            });
        }
        return columns.stream().mapToInt(name -> names.indexOf(name) + 1).toArray();
    }

    /** Whether no element had any: not even columns. */
    boolean isNothing() {
        return columns.isEmpty();
    }

    List<String> columns() {
        return columns;
    }

    int rows() {
        return rows;
    }

    /** The values of one column, of these rows. */
    Object[] values(int column, int from, int to) {
        return values.get(column).subList(from, to).toArray();
    }
}
