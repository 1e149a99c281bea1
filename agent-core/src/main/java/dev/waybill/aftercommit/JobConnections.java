// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;

/** Opens the connections on which statements of jobs and remote procedures run: of our driver, so that what they write is captured. Any thread. */
@FunctionalInterface
public interface JobConnections {

    /** A fresh one of the agent's own user, in autocommit mode; whoever asked for it closes it. */
    Connection open() throws SQLException;

    /** As {@link #open}, of another user of the database. */
    default Connection open(String user, String password) throws SQLException {
        throw WaybillError.SYNC_USER_SECRET.with(user, "this agent has no way to connect as another user");
    }
}
