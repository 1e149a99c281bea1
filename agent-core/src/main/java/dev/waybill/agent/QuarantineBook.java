// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.dialect.Dialect;
import dev.waybill.refresh.Counters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;

/** The table {@code waybill.quarantine}: what was put aside, and what links have lost, for people; the oldest go beyond a bound. All are counted, by sender. In the caller's transaction. Stateless. */
final class QuarantineBook {

    private static final int AT_MOST = 1_000;
    private static final int LONGEST_REASON = 4_000;
    private static final int LONGEST_NAME = 1_000;
    private static final String LOST = "lost";

    private final String table;
    private final Dialect dialect;
    private final Counters counters;

    QuarantineBook(Dialect dialect) {
        this.dialect = dialect;
        this.table = dialect.catalogueTable("quarantine");
        this.counters = new Counters(dialect);
    }

    /**
     * Notes one message.
     *
     * @param sender who seems to have sent it; null when not even that can be read
     */
    void note(Connection raw, Mail mail, String sender, String reason, Instant at) throws SQLException {
        write(raw, mail.linkName(), mail.arrival().name(), sender, reason, at);
        counters.add(raw, "put_aside", sender == null ? "link " + mail.linkName() : sender, 1);
    }

    /** Notes what a link says that it has lost: a line with the name {@code lost}, and counted under {@code lost}. */
    void lost(Connection raw, String linkName, String loss, Instant at) throws SQLException {
        write(raw, linkName, LOST, null, loss, at);
        counters.add(raw, LOST, "link " + linkName, 1);
    }

    private void write(Connection raw, String linkName, String name, String sender, String reason, Instant at) throws SQLException {
        try (PreparedStatement insert = raw.prepareStatement("INSERT INTO " + table + " (" + dialect.quote(dialect.fold("at")) + ", link, name, sender, reason) VALUES (?, ?, ?, ?, ?)")) {
            insert.setObject(1, dialect.moment(at));
            insert.setString(2, linkName);
            insert.setString(3, shortened(name, LONGEST_NAME));
            insert.setString(4, sender == null ? null : shortened(sender, 128));
            insert.setString(5, shortened(reason, LONGEST_REASON));
            insert.executeUpdate();
        }
        try (PreparedStatement delete = raw.prepareStatement("DELETE FROM " + table + " WHERE quarantine_id <= (SELECT MAX(quarantine_id) FROM " + table + ") - " + AT_MOST)) {
            delete.executeUpdate();
        }
    }

    private static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }
}
