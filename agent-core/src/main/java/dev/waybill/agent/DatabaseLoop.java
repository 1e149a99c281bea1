// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.publication.CatalogueBoard;
import java.sql.SQLException;
import java.time.Duration;

/** One agent in its runner: woken by commits of this process, shown in JMX. */
final class DatabaseLoop implements AgentLoop {

    private final MessageAgent agent;
    private final CatalogueBoard.CommitHandler commits;
    private final AgentBeans beans;

    DatabaseLoop(MessageAgent agent, CatalogueBoard.CommitHandler commits, AgentBeans beans) {
        this.agent = agent;
        this.commits = commits;
        this.beans = beans;
    }

    /** Opens agents of one database, one after the other. */
    static AgentLoop.Factory factory(AgentHome home, AgentSurroundings around) {
        return new Factory(home, around);
    }

    /** One thread opens; whether the database lives in this process is known from then on. */
    private static final class Factory implements AgentLoop.Factory {
        private final AgentHome home;
        private final AgentSurroundings around;
        private boolean embedded;

        private Factory(AgentHome home, AgentSurroundings around) {
            this.home = home;
            this.around = around;
        }

        @Override
        public AgentLoop open(Runnable wake) throws SQLException {
            String name = Long.toHexString(around.random().nextLong());
            MessageAgent agent = MessageAgent.open(home, name, around, false, wake);
            embedded = agent.isEmbedded();
            CatalogueBoard.CommitHandler commits = home.board() == null ? null : home.board().onCommit(wake);
            return new DatabaseLoop(agent, commits, new AgentBeans().open(home.databaseKey(), name));
        }

        @Override
        public boolean isOver(Exception failed) {
            for (Throwable cause = embedded ? failed : null; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql && home.dialect().isClosed(sql)) {
                    return true;
                }
            }
            return false;
        }
    }

    @Override
    public Duration turn() throws Exception {
        Duration rest = agent.runOnce();
        beans.show(agent.shown());
        return rest;
    }

    @Override
    public void close() {
        if (commits != null) {
            commits.close();
        }
        beans.close();
        agent.close();
    }
}
