// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;

/** The rows that go from HQ to its branch. Stateless; any thread. */
final class Sale {

    static final String COLUMNS = "id BIGINT PRIMARY KEY, shop INT NOT NULL, customer VARCHAR(80), amount NUMERIC(12, 2), at TIMESTAMP, paid BOOLEAN, weight DOUBLE PRECISION, note VARCHAR(200)";
    static final String INSERT = "INSERT INTO sale VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

    private Sale() {}

    /** The row of this key, as the parameters of {@link #INSERT}. */
    static void bind(PreparedStatement insert, int id) throws SQLException {
        insert.setLong(1, id);
        insert.setInt(2, id % 997);
        insert.setString(3, "customer number " + id % 1000);
        insert.setBigDecimal(4, BigDecimal.valueOf(id % 100_000, 2));
        insert.setTimestamp(5, new Timestamp(1_700_000_000_000L + id));
        insert.setBoolean(6, id % 2 == 0);
        insert.setDouble(7, id / 3.0);
        insert.setString(8, null);
    }

    /** The row that was read, its columns standing behind so many others. */
    static void bind(PreparedStatement insert, ResultSet row, int behind) throws SQLException {
        insert.setLong(1, row.getLong(behind + 1));
        insert.setInt(2, row.getInt(behind + 2));
        insert.setString(3, row.getString(behind + 3));
        insert.setBigDecimal(4, row.getBigDecimal(behind + 4));
        insert.setTimestamp(5, row.getTimestamp(behind + 5));
        insert.setBoolean(6, row.getBoolean(behind + 6));
        insert.setDouble(7, row.getDouble(behind + 7));
        insert.setString(8, row.getString(behind + 8));
    }
}
