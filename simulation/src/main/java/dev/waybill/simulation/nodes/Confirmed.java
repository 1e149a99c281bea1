// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.simulation.nodes.CommitHistory.Violation;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** R8: what a sender has on record as confirmed never goes back, within one incarnation, for any subscriber. Looked at after every commit that could move it. */
final class Confirmed {

    private record Seen(String incarnation, long offset) {}

    private final Map<String, Seen> seen = new HashMap<>();

    void look(WholeNode sender) throws SQLException {
        String incarnation = sender.value("SELECT incarnation FROM waybill.catalogue");
        try (Statement statement = sender.raw().createStatement(); ResultSet row = statement.executeQuery("SELECT user_name, confirm_sent FROM waybill.remote_user")) {
            while (row.next()) {
                Seen now = new Seen(incarnation, row.getLong(2));
                Seen before = seen.put(sender.name() + ">" + row.getString(1), now);
                if (before != null && before.incarnation().equals(incarnation) && now.offset() < before.offset()) {
                    throw new Violation("confirm_sent of " + sender.name() + " for " + row.getString(1) + " went back from " + before.offset() + " to " + now.offset());
                }
            }
        }
    }

    /** It was replaced by an older copy. */
    void forget(WholeNode sender) {
        seen.keySet().removeIf(key -> key.startsWith(sender.name() + ">"));
    }
}
