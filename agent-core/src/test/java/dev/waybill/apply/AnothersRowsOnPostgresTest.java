// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import java.sql.SQLException;
import org.junit.jupiter.api.Tag;

/** The same where rows go to the database as arrays, and a statement that failed ends the transaction. */
@Tag("extended")
class AnothersRowsOnPostgresTest extends AnothersRowsTest {

    @Override
    TestDatabase newHeadOffice() throws SQLException {
        return TestDatabase.onPostgres();
    }
}
