// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.SplittableRandom;

/** How a worker's transactions end: by COMMIT alone, or with an outbox INSERT written by hand. One thread. */
interface Ending {

    /** COMMIT, and what has to go with it. */
    void commit() throws SQLException;

    /** The text of a write that is a transaction by itself, with what has to go with it. */
    default String alone(String sql) {
        return sql;
    }

    /** The text of an UPDATE of one row, which the outbox is to have as it is afterwards. */
    default String returning(String update) {
        return update;
    }

    /** Runs it. */
    default void update(PreparedStatement update) throws SQLException {
        update.executeUpdate();
    }

    /** Binds what {@link #alone} has added, behind this many parameters. */
    default void bind(PreparedStatement statement, int parameters) throws SQLException {
        // Nothing was added.
    }

    /** COMMIT alone. */
    static Ending bare(Connection connection) {
        return connection::commit;
    }

    /** One INSERT before COMMIT. */
    static Ending separate(Connection connection, String insert, int bytes) throws SQLException {
        PreparedStatement statement = bytes == 0 ? null : connection.prepareStatement(insert);
        byte[] payload = payload(bytes);
        return () -> {
            if (statement != null) {
                statement.setBytes(1, payload.clone());
                statement.execute();
            }
            connection.commit();
        };
    }

    /** One INSERT and COMMIT in one round trip. */
    static Ending piped(Connection connection, String insert, int bytes) throws SQLException {
        if (bytes == 0) {
            return bare(connection);
        }
        PreparedStatement statement = connection.prepareStatement(insert + ";COMMIT");
        byte[] payload = payload(bytes);
        return new Ending() {
            @Override
            public void commit() throws SQLException {
                statement.setBytes(1, payload.clone());
                statement.execute();
            }

            @Override
            public String alone(String sql) {
                return sql + ";" + insert;
            }

            @Override
            public String returning(String update) {
                return update + " RETURNING id, balance, filler";
            }

            @Override
            public void update(PreparedStatement update) throws SQLException {
                try (ResultSet row = update.executeQuery()) {
                    row.next();
                    row.getInt(1);
                    row.getLong(2);
                    row.getString(3);
                }
            }

            @Override
            public void bind(PreparedStatement alone, int parameters) throws SQLException {
                alone.setBytes(parameters + 1, payload.clone());
            }
        };
    }

    private static byte[] payload(int bytes) {
        byte[] payload = new byte[bytes];
        new SplittableRandom(1).nextBytes(payload);
        return payload;
    }
}
