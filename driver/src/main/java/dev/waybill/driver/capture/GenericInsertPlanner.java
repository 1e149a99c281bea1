// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.dialect.Dialect;

/** Plans of INSERT into a published table where the database gives back no more than an identity. Immutable; any thread. */
final class GenericInsertPlanner {

    private final Dialect dialect;

    GenericInsertPlanner(Dialect dialect) {
        this.dialect = dialect;
    }

    Plan plan(SqlText text, Target target) {
        return new Plan.Uncaptured("an INSERT does not tell which rows it has written on " + dialect.name(), false);
    }
}
