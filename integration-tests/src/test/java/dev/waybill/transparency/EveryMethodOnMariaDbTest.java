// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.util.Set;

/** MariaDB. */
class EveryMethodOnMariaDbTest extends EveryMethodOfProduct {

    EveryMethodOnMariaDbTest() {
        super(new MariaDbGround(), KnownDifferences.MARIADB, Scenarios.MARIADB, Set.of("prepared with keys"));
    }
}
