// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import java.lang.management.ManagementFactory;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/** Shows one agent in JMX as {@code dev.waybill:type=Agent,name=…} while it is open. Shown from one thread, read by any. */
final class AgentBeans implements AgentBean, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(AgentBeans.class.getName());

    private volatile Shown shown = Shown.WAITING;
    private ObjectName name;

    /** Values of one cycle. */
    record Shown(String publisher, boolean working, long lagBytes, long lagMillis, List<String> neighbours, List<String> halted) {

        /** Of an agent that does not work: another has the lease, or there is no publisher. */
        static final Shown WAITING = new Shown("", false, 0, 0, List.of(), List.of());
    }

    /** Registers under a name; an agent that cannot be shown works all the same. */
    AgentBeans open(String database, String agent) {
        try {
            name = new ObjectName("dev.waybill:type=Agent,database=" + ObjectName.quote(database) + ",name=" + ObjectName.quote(agent));
            server().registerMBean(new StandardMBean(this, AgentBean.class, false), name);
        } catch (JMException failed) {
            name = null;
            LOG.log(System.Logger.Level.DEBUG, "not shown in JMX: " + database, failed);
        }
        return this;
    }

    void show(Shown values) {
        shown = values;
    }

    @Override
    public String getPublisher() {
        return shown.publisher();
    }

    @Override
    public boolean isWorking() {
        return shown.working();
    }

    @Override
    public long getLagBytes() {
        return shown.lagBytes();
    }

    @Override
    public long getLagMillis() {
        return shown.lagMillis();
    }

    @Override
    public List<String> getNeighbours() {
        return shown.neighbours();
    }

    @Override
    public List<String> getHalted() {
        return shown.halted();
    }

    @Override
    public void close() {
        if (name != null) {
            try {
                server().unregisterMBean(name);
            } catch (JMException failed) {
                LOG.log(System.Logger.Level.DEBUG, "not taken out of JMX: " + name, failed);
            }
        }
    }

    private static MBeanServer server() {
        return ManagementFactory.getPlatformMBeanServer();
    }
}
