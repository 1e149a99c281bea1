// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.link.ForwardingLink;
import dev.waybill.link.Link;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A link that accepts messages and says only at the end that it could not hand them over, or breaks among them. */
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

    /** Several are encoded by other threads when it breaks: those that were handed over count, and no other does. */
    @Test
    void aLinkThatBreaksAmongManyMessagesLosesNoneAndHandsOverNoneTwice() throws Exception {
        AtomicInteger room = new AtomicInteger(1_000);
        try (TwoDatabases two = new TwoDatabases(folder, links -> (type, limit) -> new Narrow(links.open(type, limit), room), links -> links).started()) {
            two.converge(100);
            for (int i = 0; i < 300; i++) {
                two.hq.insert(i, random(i));
            }
            String before = two.hq.neighbour("log_sent");
            room.set(3);
            two.hq.turn();
            assertThat(room).as("it broke").hasNegativeValue();
            assertThat(two.hq.neighbour("state")).isEqualTo("LINK_DOWN");
            two.branch.turn();
            two.branch.turn();
            String sent = two.hq.neighbour("log_sent");
            assertThat(sent).isNotEqualTo(before).isEqualTo(two.branch.neighbour("log_received"));
            room.set(1_000);
            two.clock.pass(Duration.ofSeconds(1));
            two.converge(100);
            assertThat(two.hq.neighbour("resend_count")).as("nobody had to ask").isEqualTo("0");
            assertThat(1_000 - room.get()).as("messages of the rest").isGreaterThan(5);
        }
    }

    /** As a mail server says it when it is first asked: what was cut too long is cut again, and arrives in parts. */
    @Test
    void messagesAreCutToWhatTheWayTakesOnceThatIsKnown() throws Exception {
        AtomicInteger longest = new AtomicInteger();
        try (TwoDatabases two = new TwoDatabases(folder, links -> (type, limit) -> new Short(links.open(type, limit), longest), links -> links).started()) {
            two.hq.write(writes -> {
                for (int i = 0; i < 60; i++) {
                    writes.insert(i, random(i));
                }
            });
            two.converge(200);
            assertThat(longest).hasValueBetween(10_001, 20_000);
            assertThat(two.hq.neighbour("resend_count")).as("nobody had to ask").isEqualTo("0");
        }
    }

    /** Takes messages of twenty thousand bytes and says so when it has refused one. */
    private static final class Short extends Around {
        private static final int MOST = 20_000;
        private final AtomicInteger longest;
        private int sendable;

        Short(Link inside, AtomicInteger longest) {
            super(inside);
            this.longest = longest;
            this.sendable = inside.maxMessageBytes();
        }

        @Override
        public int sendableBytes() {
            return sendable;
        }

        @Override
        public void send(String address, byte[] message) throws LinkException {
            if (message.length > MOST) {
                sendable = MOST;
                throw new LinkException("it takes no more than " + MOST, null);
            }
            longest.accumulateAndGet(message.length, Math::max);
            super.send(address, message);
        }
    }

    /** Hardly compressible, so that there are many messages. */
    private static String random(int seed) {
        return new Random(seed).ints(2_000, 0x4e00, 0x9fa5).mapToObj(Character::toString).collect(Collectors.joining());
    }

    /** Takes so many messages and no more. */
    private static final class Narrow extends Around {
        private final AtomicInteger room;

        Narrow(Link inside, AtomicInteger room) {
            super(inside);
            this.room = room;
        }

        @Override
        public void send(String address, byte[] message) throws LinkException {
            if (room.decrementAndGet() < 0) {
                throw new LinkException("the folder is full", null);
            }
            super.send(address, message);
        }
    }

    /** Loses what it accepted while it is broken, and says so when it is asked. */
    private static final class LateFailing extends Around {
        private final AtomicBoolean broken;
        private boolean lost;

        LateFailing(Link inside, AtomicBoolean broken) {
            super(inside);
            this.broken = broken;
        }

        @Override
        public void send(String address, byte[] message) throws LinkException {
            if (broken.get()) {
                lost = true;
            } else {
                super.send(address, message);
            }
        }

        @Override
        public void flush() throws LinkException {
            super.flush();
            if (lost) {
                lost = false;
                throw new LinkException("the folder is full", null);
            }
        }
    }

    private static class Around extends ForwardingLink {

        Around(Link inside) {
            super(inside);
        }

        @Override
        public void send(String address, byte[] message) throws LinkException {
            inside.sendSoon(address, message);
        }
    }
}
