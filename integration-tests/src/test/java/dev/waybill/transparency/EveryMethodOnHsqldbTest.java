// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.util.Set;

/** HSQLDB. */
class EveryMethodOnHsqldbTest extends EveryMethodOfProduct {

    EveryMethodOnHsqldbTest() {
        super(new HsqldbGround(), KnownDifferences.HSQLDB, Scenarios.HSQLDB, Set.of("statement with keys"));
    }
}
