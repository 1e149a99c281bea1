// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import java.sql.Connection;
import java.sql.SQLException;

/** Opens connections of the real driver to one database, with the application's URL and properties. Any thread. */
@FunctionalInterface
public interface RawConnections {

    /** A new raw connection; the caller closes it. */
    Connection open() throws SQLException;
}
