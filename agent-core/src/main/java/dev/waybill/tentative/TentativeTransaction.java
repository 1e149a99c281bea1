// SPDX-License-Identifier: Apache-2.0
package dev.waybill.tentative;

import java.util.List;
import java.util.Map;

/**
 * What one transaction at a replica has saved for the database above. Immutable.
 *
 * @param node       who sends it
 * @param number     which of his: from 1, in order
 * @param statements in the order in which they were saved
 * @param properties of the transaction, by name
 */
public record TentativeTransaction(String node, long number, List<String> statements, Map<String, String> properties) {
    public TentativeTransaction {
        statements = List.copyOf(statements);
        properties = Map.copyOf(properties);
    }
}
