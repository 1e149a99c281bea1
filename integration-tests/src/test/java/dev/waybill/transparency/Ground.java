// SPDX-License-Identifier: Apache-2.0
package dev.waybill.transparency;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/** What both sides of a comparison stand on: a database product, with the same small world in each database. */
interface Ground {

    /** The real driver's URL of a new, empty database. */
    String freshUrl(boolean isOurs) throws SQLException;

    /** Makes the world. */
    List<String> content();

    /** Brings back what a scenario has changed, as far as that is possible. */
    List<String> bringBack();

    /** Whether a connection on which nothing was changed is used again. */
    boolean keepsConnections();

    /** The scenarios that the product cannot have, by name: there the refusal is compared. */
    default Set<String> lacks() {
        return Set.of();
    }

    /** What the world is asked after each call. */
    List<String> questions();
}
