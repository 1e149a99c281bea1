// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.random.RandomGenerator;

/** What an application may do on one of its connections: ordinary JDBC with random values. */
abstract class Deeds {

    /** One thing to do. */
    interface Deed {
        void on(Connection connection) throws SQLException;
    }

    record Named(String name, Deed deed) {}

    final RandomGenerator random;

    Deeds(RandomGenerator random) {
        this.random = random;
    }

    abstract List<Named> all();

    /** One that takes many parts. */
    abstract Named large();

    interface Part {
        void run() throws SQLException;
    }

    static void inOneTransaction(Connection connection, Part part) throws SQLException {
        boolean alone = connection.getAutoCommit();
        if (alone) {
            connection.setAutoCommit(false);
        }
        try {
            part.run();
        } finally {
            if (alone) {
                connection.setAutoCommit(true); // commits, also what succeeded before a failure
            }
        }
    }

    /** A row to refer to, locked; null for none. H2 2.5.252 does not keep a parent from being deleted while its child is not yet committed: the child stays behind without it, against its foreign key. */
    Integer locked(Connection connection, String table) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT id FROM " + table + " WHERE id = ? FOR UPDATE")) {
            for (int tries = 0; tries < 4; tries++) {
                select.setInt(1, id());
                try (ResultSet row = select.executeQuery()) {
                    if (row.next()) {
                        return row.getInt(1);
                    }
                }
            }
            return null;
        }
    }

    void update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    int id() {
        return 1 + random.nextInt(40);
    }

    String text(int atMost) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(atMost + 1); i > 0; i--) {
            text.append((char) (random.nextInt(50) == 0 ? 0x4e00 + random.nextInt(100) : 'a' + random.nextInt(26)));
        }
        return text.toString();
    }

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
