// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import java.sql.SQLException;
import java.util.List;

/**
 * An older copy of a database.
 *
 * @param script the database as SQL
 * @param judges what those who judge have to go back to with it
 */
record Copy(List<String> script, Return judges) {

    /** Once the copy is in its place. */
    interface Return {
        void wentBack() throws SQLException;
    }
}
