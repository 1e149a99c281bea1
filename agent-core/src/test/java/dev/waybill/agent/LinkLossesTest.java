// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.link.ForwardingLink;
import dev.waybill.link.Link;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A way that has lost something says so to people in a table, and the exchange goes on. */
class LinkLossesTest {

    @TempDir
    Path folder;

    @Test
    void whatALinkHasLostStandsInTheQuarantineAndIsCounted() throws Exception {
        List<String> losses = new ArrayList<>();
        try (TwoDatabases two = new TwoDatabases(folder, links -> links, links -> (type, most) -> new Losing(links.open(type, most), losses))) {
            two.started();
            losses.addAll(List.of("The topic waybill-hq was removed and made anew.", "The cluster has removed 7 records."));
            two.hq.insert(1, "one");
            two.converge(200);
            for (int i = 0; i < 5; i++) {
                two.turn(Duration.ofMillis(300));
            }
            assertThat(two.branch.rows("SELECT link, name, reason FROM waybill.quarantine ORDER BY quarantine_id")).isEqualTo("FILE|lost|The topic waybill-hq was removed and made anew.\nFILE|lost|The cluster has removed 7 records.\n");
            assertThat(two.branch.rows("SELECT subject, total FROM waybill.counter WHERE name = 'lost'")).isEqualTo("link FILE|2\n");
            assertThat(two.hq.rows("SELECT COUNT(*) FROM waybill.quarantine")).isEqualTo("0\n");
        }
    }

    private static final class Losing extends ForwardingLink {
        private final List<String> losses;

        Losing(Link inside, List<String> losses) {
            super(inside);
            this.losses = losses;
        }

        @Override
        public List<String> losses() {
            List<String> all = List.copyOf(losses);
            losses.clear();
            return all;
        }
    }
}
