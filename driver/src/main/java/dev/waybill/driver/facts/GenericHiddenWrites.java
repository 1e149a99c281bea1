// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import java.sql.SQLException;
import java.util.Set;

/** What JDBC's metadata do not tell of a database: where it writes by itself. Used while one book of plans is made. */
interface GenericHiddenWrites {

    /** Tables that cannot be written to without perhaps writing elsewhere. */
    Set<TableName> tables() throws SQLException;

    /** Names, in upper case, of routines that may write. */
    Set<String> routines() throws SQLException;
}
