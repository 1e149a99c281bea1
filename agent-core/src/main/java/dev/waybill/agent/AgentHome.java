// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.dialect.Dialect;
import dev.waybill.publication.CatalogueBoard;

/**
 * The database for which an agent is to work.
 *
 * @param databaseKey the same for all connections of this process to one database: {@link Dialect#databaseKey}
 * @param connections opens the agent's own raw connections
 * @param board       tells of commits in this process; null where nobody here writes
 * @param settings    how the agent works
 */
public record AgentHome(String databaseKey, Dialect dialect, RawConnections connections, CatalogueBoard board, AgentSettings settings) {}
