// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.dialect.Dialect;
import dev.waybill.journal.LogOffset;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * The periods of one subscription, as rows: the latest one in {@code waybill.subscription}, those before it, and those of subscriptions that are gone, in {@code waybill.subscription_period}. In the caller's transaction, which
 * holds the lease row, so that the journal's head stands still. One use.
 *
 * <pre>
 *   START, first snapshot ─► (started, …   STOP, DROP ─► (started, stopped]   again START or snapshot ─► (started, stopped] is kept, (started', … begins
 * </pre>
 */
final class Periods {

    private static final String OWN = " WHERE publication_id = (SELECT publication_id FROM %s WHERE publication_name = ? AND until_version IS NULL) AND user_name = ? AND subscribe_by = ?";

    private final Connection raw;
    private final Dialect dialect;
    private final Subscription subscription;
    private final String own;

    /** @param subscription as it is on record */
    Periods(Connection raw, Dialect dialect, Subscription subscription) {
        this.raw = raw;
        this.dialect = dialect;
        this.subscription = subscription;
        this.own = OWN.formatted(dialect.catalogueTable("publication"));
    }

    /** What comes after this offset is owed; what an open period owes goes on. */
    void begin(long offset) throws SQLException {
        if (subscription.started() != null && subscription.stopped() == null) {
            return;
        }
        if (subscription.stopped() != null) {
            keep(subscription.stopped().bytes());
        }
        execute("UPDATE " + dialect.catalogueTable("subscription") + " SET started = " + offset + ", stopped = NULL" + own);
    }

    /** Nothing after this offset is owed any more; a period that has ended before stays as it is. */
    void stop(long offset) throws SQLException {
        if (subscription.started() != null && subscription.stopped() == null) {
            execute("UPDATE " + dialect.catalogueTable("subscription") + " SET stopped = " + offset + own);
        }
    }

    /** As {@link #stop}, and the subscription is about to go. */
    void end(long offset) throws SQLException {
        if (subscription.started() != null) {
            keep(subscription.stopped() == null ? offset : subscription.stopped().bytes());
        }
    }

    /** An empty period owes nothing, and is not kept: so no two of one subscription begin at the same offset. */
    private void keep(long stopped) throws SQLException {
        if (subscription.started().bytes() < stopped) {
            execute("INSERT INTO " + dialect.catalogueTable("subscription_period") + " (publication_id, user_name, subscribe_by, started, stopped) SELECT publication_id, user_name, subscribe_by, started, " + stopped
                    + " FROM " + dialect.catalogueTable("subscription") + own);
        }
    }

    private void execute(String sql) throws SQLException {
        try (PreparedStatement statement = raw.prepareStatement(sql)) {
            statement.setString(1, subscription.publication());
            statement.setString(2, subscription.subscriber());
            statement.setString(3, subscription.value() == null ? "" : subscription.value());
            statement.executeUpdate();
        }
    }

    /** Removes periods that nobody can ask for any more, because the journal begins behind them. */
    static void removeUnreachable(Connection raw, Dialect dialect, LogOffset trimmedTo) throws SQLException {
        try (PreparedStatement delete = raw.prepareStatement("DELETE FROM " + dialect.catalogueTable("subscription_period") + " WHERE stopped <= ?")) {
            delete.setLong(1, trimmedTo.bytes());
            delete.executeUpdate();
        }
    }
}
