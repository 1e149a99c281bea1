// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.util.Set;

/** SQLite. */
class EveryMethodOnSqliteTest extends EveryMethodOfProduct {

    EveryMethodOnSqliteTest() {
        super(new SqliteGround(), KnownDifferences.SQLITE, Scenarios.SQLITE, Set.of("plain statement", "prepared with keys", "keys"));
    }
}
