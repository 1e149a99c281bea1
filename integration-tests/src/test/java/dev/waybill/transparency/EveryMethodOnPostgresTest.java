// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.util.Set;

/** PostgreSQL. */
class EveryMethodOnPostgresTest extends EveryMethodOfProduct {

    EveryMethodOnPostgresTest() {
        super(new PostgresGround(), KnownDifferences.POSTGRES, Scenarios.POSTGRES, Set.of("connection", "plain statement", "prepared with keys", "rows, on the first", "keys", "array"));
    }
}
