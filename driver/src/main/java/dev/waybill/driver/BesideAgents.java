// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver;

import dev.waybill.aftercommit.JobConnections;
import dev.waybill.agent.AgentEvents;
import dev.waybill.agent.AgentHome;
import dev.waybill.agent.AgentRegistry;
import dev.waybill.agent.AgentSettings;
import dev.waybill.agent.AgentSurroundings;
import dev.waybill.agent.RawConnections;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.driver.setting.AgentMode;
import dev.waybill.driver.setting.WaybillSettings;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Boards;
import dev.waybill.publication.CatalogueBoard;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Tells the registry of agents which connections the application has: the agent beside it lives as long as they do. Any thread. */
final class BesideAgents {

    private static final Runnable NOTHING = () -> { };

    private final AgentRegistry registry;

    BesideAgents(AgentRegistry registry) {
        this.registry = registry;
    }

    /** Of this process. */
    static BesideAgents ofThisProcess() {
        return new BesideAgents(new AgentRegistry(AgentSurroundings.system(AgentEvents.NONE)));
    }

    /**
     * The application has a new connection.
     *
     * @param more opens further raw connections to the same database
     * @param jobs opens connections of ours to it, of which nobody is told
     * @return to be run once, after the raw connection has been closed
     */
    Runnable opened(Connection raw, WaybillSettings settings, RawConnections more, JobConnections jobs) throws SQLException {
        if (settings.agent() == AgentMode.OFF || raw.isReadOnly()) {
            return NOTHING;
        }
        Dialect dialect = dialect(raw);
        if (dialect == null) {
            return NOTHING;
        }
        String key = dialect.databaseKey(raw);
        CatalogueBoard board = Boards.of(key);
        AgentSettings agentSettings = AgentSettings.DEFAULTS.withMaxMessageBytes(settings.messageBytes()).withPoll(settings.poll()).withPatience(settings.lossPatience()).withRetention(settings.retention()).withKeys(settings.keys());
        boolean hasPublisher = board.catalogue().publisher() != null;
        registry.connectionOpened(new AgentHome(key, dialect, more, board, agentSettings, jobs), hasPublisher);
        return new Told(registry, key, board, hasPublisher);
    }

    /** Null for a product without a dialect: nothing is captured there, and no agent could work. */
    static Dialect dialect(Connection raw) throws SQLException {
        try {
            return Dialects.of(raw);
        } catch (SQLException unknown) {
            if (WaybillError.PRODUCT_UNKNOWN.is(unknown)) {
                return null;
            }
            throw unknown;
        }
    }

    /** One connection that the registry was told of. Looks at the catalogue when something is announced, until there is a publisher. */
    private static final class Told implements Runnable {

        private final AgentRegistry registry;
        private final String key;
        private final CatalogueBoard board;
        private final CatalogueBoard.CommitHandler watch;
        private final AtomicBoolean isClosed = new AtomicBoolean();
        private volatile boolean hasPublisher;

        Told(AgentRegistry registry, String key, CatalogueBoard board, boolean hasPublisher) {
            this.registry = registry;
            this.key = key;
            this.board = board;
            this.hasPublisher = hasPublisher;
            this.watch = hasPublisher ? null : board.onCommit(this::look);
        }

        private void look() {
            if (!hasPublisher && board.catalogue().publisher() != null) {
                hasPublisher = true;
                registry.publisherGranted(key);
            }
        }

        @Override
        public void run() {
            if (isClosed.compareAndSet(false, true)) {
                if (watch != null) {
                    watch.close();
                }
                registry.connectionClosed(key);
            }
        }
    }
}
