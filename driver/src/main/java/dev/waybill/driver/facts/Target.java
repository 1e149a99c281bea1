// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;

/**
 * A table that a statement writes to.
 *
 * @param name     as the database keeps it; where the database need not be asked (nothing published has this name) as far as the text says it
 * @param captured what capture knows of it; null when it is not published
 * @param end      the token after its name
 */
public record Target(TableName name, CapturedTable captured, int end) {

    public boolean isPublished() {
        return captured != null;
    }
}
