// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import dev.waybill.agent.AgentEvents;
import dev.waybill.agent.AgentHome;
import dev.waybill.agent.AgentRunner;
import dev.waybill.agent.AgentSettings;
import dev.waybill.agent.AgentSurroundings;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.publication.Boards;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;

/** The message agent of production in a process of its own, with a guard that stops where the test says. Arguments: JDBC URL of the real driver, lease in milliseconds. Ends when its standard input does. */
final class AgentProcess {

    private AgentProcess() {}

    public static void main(String[] arguments) throws Exception {
        Aim aim = new Aim();
        aim.listen();
        AgentSurroundings usual = AgentSurroundings.system(AgentEvents.NONE);
        AgentSurroundings around = new AgentSurroundings(usual.clock(), usual.place(), usual.random(), usual.threads(), usual.links(), aim, usual.events());
        AgentSettings standard = AgentSettings.DEFAULTS;
        AgentSettings settings = new AgentSettings(20_000, standard.arrivalsAtMost(), standard.pollLeast(), Duration.ofMillis(200), Duration.ofMillis(Long.parseLong(arguments[1])), standard.confirmAfter(), Duration.ofSeconds(1),
                standard.retention());
        AgentHome home = home(arguments[0], settings);
        AgentRunner runner = AgentRunner.start(home, around);
        System.out.println("running");
        while (!aim.hasEnded()) {
            Thread.sleep(50);
        }
        runner.stop();
        runner.awaitEnd(Duration.ofSeconds(120));
    }

    /** The server may just be starting. */
    private static AgentHome home(String url, AgentSettings settings) throws InterruptedException, SQLException {
        for (int tries = 0; ; tries++) {
            try (Connection raw = DriverManager.getConnection(url)) {
                Dialect dialect = Dialects.of(raw);
                String key = dialect.databaseKey(raw);
                return new AgentHome(key, dialect, () -> DriverManager.getConnection(url), Boards.of(key), settings);
            } catch (SQLException notYet) {
                if (tries > 600) {
                    throw notYet;
                }
                Thread.sleep(100);
            }
        }
    }
}
