// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import java.sql.SQLException;
import org.junit.jupiter.api.Tag;

/** The same where there are no schemas inside a database, and texts are compared by a collation. */
@Tag("extended")
class AnothersRowsOnMariaDbTest extends AnothersRowsTest {

    @Override
    TestDatabase newHeadOffice() throws SQLException {
        return TestDatabase.onMariaDb();
    }

    @Override
    String exact() {
        return " COLLATE utf8mb4_bin";
    }

    /** As a sender without schemas names it. */
    @Override
    String schema() {
        return "";
    }
}
