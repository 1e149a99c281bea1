// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.facts;

import dev.waybill.change.TableName;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where published tables refer to large objects. Immutable; any thread.
 *
 * @param columns   of each published table that has such columns
 * @param unlinking functions that may remove an object, by their names in upper case
 * @param byTrigger whether a trigger, of whatever table, may
 */
public record LargeObjectFacts(Map<TableName, List<String>> columns, Set<String> unlinking, boolean byTrigger) {

    /** Texts with one of these may write into an object, and do not tell into which. */
    static final Set<String> WRITING = Set.of("LO_PUT", "LOWRITE", "LO_TRUNCATE", "LO_TRUNCATE64");

    public LargeObjectFacts {
        columns = Map.copyOf(columns);
        unlinking = Set.copyOf(unlinking);
    }
}
