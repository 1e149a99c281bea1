// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.publication.CatalogueBoard;
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
        return wake -> {
            String name = Long.toHexString(around.random().nextLong());
            MessageAgent agent = MessageAgent.open(home, name, around, false, wake);
            CatalogueBoard.CommitHandler commits = home.board() == null ? null : home.board().onCommit(wake);
            return new DatabaseLoop(agent, commits, new AgentBeans().open(home.databaseKey(), name));
        };
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
