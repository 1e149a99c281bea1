// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import java.util.Map;
import java.util.Set;

/**
 * What of a PostgreSQL database plans need besides the rest. Immutable; any thread.
 *
 * @param version    of the server, as 180006
 * @param unseen     tables and views that cannot be written to without perhaps writing unseen to a published one, and why
 * @param reaches    tables and views by which others are written to as well: views, partitions, parents
 * @param deferrable whether a constraint may be checked as late as at COMMIT
 * @param objects    large objects to which published rows refer; null when there is no column for them
 */
public record PostgresFacts(int version, Map<TableName, String> unseen, Map<TableName, Set<TableName>> reaches, boolean deferrable, LargeObjectFacts objects) {

    public PostgresFacts {
        unseen = Map.copyOf(unseen);
        reaches = Map.copyOf(reaches);
    }

    /** Whether RETURNING gives old and new values. */
    public boolean hasOld() {
        return version >= 180000;
    }

    /** Whether MERGE has a RETURNING clause. */
    public boolean hasMergeReturning() {
        return version >= 170000;
    }
}
