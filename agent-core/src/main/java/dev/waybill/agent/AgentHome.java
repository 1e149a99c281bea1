// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.aftercommit.JobConnections;
import dev.waybill.dialect.Dialect;
import dev.waybill.notify.NoticeBoard;
import dev.waybill.publication.CatalogueBoard;

/**
 * The database for which an agent is to work.
 *
 * @param databaseKey the same for all connections of this process to one database: {@link Dialect#databaseKey}
 * @param connections opens the agent's own raw connections
 * @param board       tells of commits in this process; null where nobody here writes
 * @param settings    how the agent works
 * @param jobs        opens the connections on which after-commit jobs run, and notifiers work; null for an agent that leaves them alone
 * @param notices     between notifiers and the port that this process offers; null where it offers none
 */
public record AgentHome(String databaseKey, Dialect dialect, RawConnections connections, CatalogueBoard board, AgentSettings settings, JobConnections jobs, NoticeBoard notices) {

    /** For an agent that leaves after-commit jobs and notifiers to another one. */
    public AgentHome(String databaseKey, Dialect dialect, RawConnections connections, CatalogueBoard board, AgentSettings settings) {
        this(databaseKey, dialect, connections, board, settings, null);
    }

    /** For an agent whose process offers no port. */
    public AgentHome(String databaseKey, Dialect dialect, RawConnections connections, CatalogueBoard board, AgentSettings settings, JobConnections jobs) {
        this(databaseKey, dialect, connections, board, settings, jobs, null);
    }

    /** The same in a process that offers a port. */
    public AgentHome withNotices(NoticeBoard port) {
        return new AgentHome(databaseKey, dialect, connections, board, settings, jobs, port);
    }
}
