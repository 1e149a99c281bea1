// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A JDBC object in a certain state, on which every method of its interface is called.
 *
 * @param texts what is tried for parameters of type String
 */
record Scenario(String name, Class<?> type, List<String> texts, Maker maker) {

    /** Brings a new connection into the state and gives the object. */
    interface Maker {
        Object make(Connection connection) throws SQLException;
    }

    @Override
    public String toString() {
        return name;
    }
}
