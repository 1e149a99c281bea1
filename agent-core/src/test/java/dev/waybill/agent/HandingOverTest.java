// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.link.Link;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A link that accepts messages and says only at the end that it could not hand them over. */
class HandingOverTest {

    @TempDir
    Path folder;

    @Test
    void whatALinkCouldNotHandOverIsNotCountedAsSentAndIsSentAgain() throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        try (TwoDatabases two = new TwoDatabases(folder, links -> (type, limit) -> new LateFailing(links.open(type, limit), broken), links -> links).started()) {
            two.hq.insert(1, "one");
            two.converge(100);
            String sent = two.hq.neighbour("log_sent");
            broken.set(true);
            two.hq.insert(2, "two").turn();
            two.hq.turn();
            assertThat(two.hq.neighbour("log_sent")).isEqualTo(sent);
            assertThat(two.hq.neighbour("log_scanned")).isEqualTo(sent);
            two.clock.pass(Duration.ofSeconds(1));
            two.hq.turn();
            assertThat(two.hq.neighbour("state")).isEqualTo("LINK_DOWN");
            assertThat(two.hq.neighbour("state_reason")).contains("full");
            broken.set(false);
            two.converge(100);
            assertThat(two.hq.neighbour("state")).isEqualTo("ACTIVE");
            assertThat(two.hq.neighbour("resend_count")).as("nobody had to ask").isEqualTo("0");
        }
    }

    /** Loses what it accepted while it is broken, and says so when it is asked. */
    private static final class LateFailing implements Link {
        private final Link inside;
        private final AtomicBoolean broken;
        private boolean lost;

        LateFailing(Link inside, AtomicBoolean broken) {
            this.inside = inside;
            this.broken = broken;
        }

        @Override
        public int maxMessageBytes() {
            return inside.maxMessageBytes();
        }

        @Override
        public void send(String address, byte[] message) throws LinkException {
            if (broken.get()) {
                lost = true;
            } else {
                inside.sendSoon(address, message);
            }
        }

        @Override
        public void flush() throws LinkException {
            inside.flush();
            if (lost) {
                lost = false;
                throw new LinkException("the folder is full", null);
            }
        }

        @Override
        public List<Arrival> list(int atMost) throws LinkException {
            return inside.list(atMost);
        }

        @Override
        public byte[] read(Arrival arrival) throws LinkException {
            return inside.read(arrival);
        }

        @Override
        public void delete(Arrival arrival) throws LinkException {
            inside.delete(arrival);
        }

        @Override
        public void quarantine(Arrival arrival, String reason) throws LinkException {
            inside.quarantine(arrival, reason);
        }

        @Override
        public void onArrival(Runnable wake) {
            inside.onArrival(wake);
        }

        @Override
        public void close() {
            inside.close();
        }
    }
}
