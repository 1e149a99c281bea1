// SPDX-License-Identifier: Apache-2.0
package dev.waybill.refresh;

import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The table {@code waybill.counter}: what is worth counting, in the transaction in which it happens. Stateless; any thread. */
public final class Counters {

    /** Transactions of a neighbour with something in them that it may not write here. */
    public static final String REFUSED = "refused";

    private static final int SUBJECT = 500;

    private final Dialect dialect;

    public Counters(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Adds to a counter; the first time makes it. A subject is shortened to what the table takes. */
    public void add(Connection raw, String name, String subject, long more) throws SQLException {
        String shortened = subject.length() > SUBJECT ? subject.substring(0, SUBJECT) : subject;
        String counter = dialect.catalogueTable("counter");
        if (execute(raw, "UPDATE " + counter + " SET total = total + ?, last_at = " + dialect.now() + " WHERE name = ? AND subject = ?", more, name, shortened) == 0) {
            execute(raw, "INSERT INTO " + counter + " (total, name, subject, last_at) VALUES (?, ?, ?, " + dialect.now() + ")", more, name, shortened);
        }
    }

    private static int execute(Connection raw, String sql, long more, String name, String subject) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            statement.setLong(1, more);
            statement.setString(2, name);
            statement.setString(3, subject);
            return statement.executeUpdate();
        }
    }
}
