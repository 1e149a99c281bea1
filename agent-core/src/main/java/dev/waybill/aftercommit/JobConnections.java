// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens the connections on which statements of jobs run: of our driver, so that what they write is captured, and of the same user as the agent's own. Any thread. */
@FunctionalInterface
public interface JobConnections {

    /** A fresh one, in autocommit mode; whoever asked for it closes it. */
    Connection open() throws SQLException;
}
