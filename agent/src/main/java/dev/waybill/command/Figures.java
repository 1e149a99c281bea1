// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** What JMX shows of this process's agents, in the text form that Prometheus reads. Stateless; any thread. */
final class Figures {

    private Figures() {}

    static String text() {
        StringBuilder text = new StringBuilder();
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            for (ObjectName agent : server.queryNames(new ObjectName("dev.waybill:type=Agent,*"), null)) {
                String publisher = ((String) server.getAttribute(agent, "Publisher")).replaceAll("[\\\\\"\\n]", "_");
                line(text, "waybill_agent_working", publisher, (Boolean) server.getAttribute(agent, "Working") ? 1 : 0);
                line(text, "waybill_lag_bytes", publisher, (Long) server.getAttribute(agent, "LagBytes"));
                line(text, "waybill_lag_milliseconds", publisher, (Long) server.getAttribute(agent, "LagMillis"));
                line(text, "waybill_neighbours", publisher, ((List<?>) server.getAttribute(agent, "Neighbours")).size());
                line(text, "waybill_halted", publisher, ((List<?>) server.getAttribute(agent, "Halted")).size());
            }
        } catch (JMException gone) {
            text.append("# an agent ended meanwhile\n");
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String publisher, long value) {
        text.append(String.format(Locale.ROOT, "%s{publisher=\"%s\"} %d\n", name, publisher, value));
    }
}
