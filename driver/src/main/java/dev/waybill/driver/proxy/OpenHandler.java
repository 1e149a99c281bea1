// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.proxy;

import java.sql.Connection;
import java.sql.SQLException;

/** Is told of every new connection. Any thread. */
@FunctionalInterface
public interface OpenHandler {

    /** Tells nobody. */
    OpenHandler NONE = raw -> () -> { };

    /**
     * A raw connection is open, and capture on it too.
     *
     * @return told when the raw connection has been closed; more than once does nothing more
     */
    Runnable opened(Connection raw) throws SQLException;
}
