// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import java.sql.SQLException;

/** What holds on H2 holds on MariaDB; changes come from H2, so names are folded too. */
class ApplierOnMariaDbTest extends ApplierTest {

    @Override
    TestDatabase newReplica() throws SQLException {
        return TestDatabase.onMariaDb();
    }

    @Override
    String varchar() {
        return "varchar";
    }
}
