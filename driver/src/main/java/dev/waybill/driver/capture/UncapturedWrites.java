// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.driver.setting.UncapturedPolicy;
import dev.waybill.error.WaybillError;
import java.sql.SQLException;

/** Writes that are not captured: those to tables that are not published are remembered, of others the setting {@code waybill.uncaptured} decides. On one connection, under its lock. */
final class UncapturedWrites {

    private static final System.Logger LOG = System.getLogger(UncapturedWrites.class.getName());

    private final CapturingConnection connection;

    UncapturedWrites(CapturingConnection connection) {
        this.connection = connection;
    }

    /** Where nothing is published names are not looked up: then any table counts. */
    void remember(Plan.Unpublished write) throws SQLException {
        connection.session().follow(connection.facts(), connection.recorder());
        if (connection.facts().isNothingPublished() || connection.session().isFollowing()) {
            connection.written().addAnything();
        }
        for (TableName table : write.tables()) {
            connection.written().add(table);
        }
    }

    /** For a text that is run past us: what it does to names and definitions is noticed, what it may do to published tables is refused. */
    void show(Plan plan, String sql) throws SQLException {
        if (plan instanceof Plan.Unpublished write) {
            remember(write);
        } else if (plan instanceof Plan.Names) {
            connection.namesChanged();
        } else if (plan instanceof Plan.Defines defines) {
            connection.written().addAnything();
            connection.defined(defines.temporary());
        } else if (plan instanceof Plan.Refused refused) {
            throw refused.refusal().exception();
        } else if (!(plan instanceof Plan.Pass)) {
            refuse(plan instanceof Plan.Uncaptured uncaptured ? uncaptured.why() : "it is run past JDBC", sql);
        }
    }

    /** As {@code waybill.uncaptured} says: UNCAPTURED, or nothing but a word about it; counted by its subject, the text. */
    void refuse(String why, String subject) throws SQLException {
        connection.tally().add(subject);
        if (connection.settings().uncaptured() == UncapturedPolicy.REFUSE) {
            connection.refused();
            throw WaybillError.UNCAPTURED.with(why);
        } else if (connection.settings().uncaptured() == UncapturedPolicy.WARN) {
            LOG.log(System.Logger.Level.WARNING, "A statement was allowed that may write to a published table and cannot be captured: {0}. Replicas may differ from now on.", why);
        }
    }
}
