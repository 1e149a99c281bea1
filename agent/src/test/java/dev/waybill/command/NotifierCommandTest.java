// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be said of notifiers and listeners, and what is refused when it is said. */
class NotifierCommandTest {

    private static final String SETTINGS = "SELECT component || ' ' || name || ' ' || property || ' ' || setting FROM waybill.notify_setting ORDER BY component, name, property";

    @TempDir
    private Path directory;

    @Test
    void settingsAreCheckedWrittenShownAndDropped() throws Exception {
        Database hq = Database.at(directory, "hq");
        assertThat(Outcome.of("notifier", hq.bare("SELECT 1").url(), "list").err()).contains("PUBLISHER_MISSING");
        hq.say("GRANT PUBLISH TO hq");
        Outcome.done("notifier", hq.url(), "create", "wake");
        Outcome.done("notifier", hq.url(), "set", "wake", "poll_every", "1H 30M");
        Outcome.done("notifier", hq.url(), "set", "wake", "poll_every", "2m");
        Outcome.done("notifier", hq.url(), "gateway", "Default-UDP", "port", "6000");
        Outcome.done("notifier", hq.url(), "listener", "udp_port", "5001");
        for (String[] wrong : new String[][] {{"set", "wake", "poll_every", "soon"}, {"set", "wake", "colour", "red"}, {"gateway", "mine", "port", "1"}, {"create"}, {"fly"}, {"drop", "nobody"}, {"load", "/no/such/file"}}) {
            String[] arguments = new String[wrong.length + 2];
            arguments[0] = "notifier";
            arguments[1] = hq.url();
            System.arraycopy(wrong, 0, arguments, 2, wrong.length);
            Outcome refused = Outcome.of(arguments);
            assertThat(refused.exitCode()).as(String.join(" ", wrong)).isEqualTo(2);
            assertThat(refused.err()).contains("Nothing was done");
        }
        assertThat(hq.rows(SETTINGS)).containsExactly("Gateway Default-UDP port 6000", "Listener  udp_port 5001", "Notifier wake enable yes", "Notifier wake poll_every 2m");
        assertThat(Outcome.done("notifier", hq.url(), "list").out()).contains("poll_every").contains("6000");
        Outcome.done("notifier", hq.url(), "unset", "wake", "poll_every");
        Outcome.done("notifier", hq.url(), "drop", "wake");
        assertThat(hq.rows(SETTINGS)).noneMatch(row -> row.startsWith("Notifier"));
    }

    @Test
    void fileOfMobiLinksFormIsReadWhollyOrNotAtAll() throws Exception {
        Database hq = Database.at(directory, "hq").say("GRANT PUBLISH TO hq");
        Path file = Files.writeString(directory.resolve("config.notifier"), "Notifier(wake).poll_every = 30s\nNotifier(wake).request_cursor = SELECT id, \\\n  gateway, s, c, a FROM wanted\nUDP(mine).port = 6000\nListener.enable = no\n");
        Outcome.done("notifier", hq.url(), "load", file.toString());
        Outcome.done("notifier", hq.url(), "load", file.toString());
        assertThat(hq.rows(SETTINGS)).containsExactly("Gateway mine class UDP", "Gateway mine port 6000", "Listener  enable no", "Notifier wake poll_every 30s", "Notifier wake request_cursor SELECT id, gateway, s, c, a FROM wanted");
        Files.writeString(file, "Notifier(wake).poll_every = 1m\nNotifier(wake).gui = yes\n");
        assertThat(Outcome.of("notifier", hq.url(), "load", file.toString()).err()).contains("no property \"gui\"");
        Files.writeString(file, "Notifier(wake).poll_every = 1m\nverbosity = 3\n");
        assertThat(Outcome.of("notifier", hq.url(), "load", file.toString()).err()).contains("verbosity");
        assertThat(hq.rows(SETTINGS)).contains("Notifier wake poll_every 30s");
    }

    @Test
    void listenerThatCouldDoOrHearNothingIsRefused() {
        Database branch = Database.at(directory, "branch").say("GRANT PUBLISH TO branch");
        assertThat(Outcome.of("listen", branch.url(), "-l", "action=run /bin/true").err()).contains("--allow-programs").contains("Nothing was done");
        assertThat(Outcome.of("listen", branch.url(), "-l", "subject=x").err()).contains("needs action=");
        assertThat(Outcome.of("listen", branch.url()).err()).contains("nothing to hear by");
        assertThat(Outcome.of("listen", branch.url(), "--udp", "0", "--secret", "hunter2").err()).contains("file:/path").doesNotContain("hunter2");
        assertThat(Outcome.of("listen", "--help").out()).contains("altaction").contains("$subject");
    }
}
