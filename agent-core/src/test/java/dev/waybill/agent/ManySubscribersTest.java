// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.MalformedException;
import dev.waybill.durable.StepGuard;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.link.Link;
import dev.waybill.link.MemoryLink;
import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import dev.waybill.message.MessageHeader;
import dev.waybill.message.MessageKind;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many subscribers of one journal: it is looked through once for all of them, and what is held does not grow with their number. The subscribers are mailboxes in memory, and confirmations that are written by hand. */
class ManySubscribersTest {

    private static final String HEAD = "SELECT log_offset FROM waybill.journal_head";
    private static final int TRANSACTIONS = 40;
    /** Together 40 kilobytes for each, which do not compress: four hundred megabytes for ten thousand, were they held. */
    private static final int NAME = 1_000;

    private final VirtualClock clock = new VirtualClock();
    private final MemoryLink.PostOffice office = new MemoryLink.PostOffice();
    private final AtomicLong scans = new AtomicLong();
    private final Map<String, Long> reached = new HashMap<>();
    private final Random random = new Random(1);
    private long mostHeap;
    private MessageAgent agent;
    private Site hq;

    @AfterEach
    void close() throws SQLException {
        if (agent != null) {
            agent.abandon();
        }
        hq.close();
    }

    @Test
    void journalIsLookedThroughOnceForTwoHundredSubscribers() throws Exception {
        serve(200);
    }

    @Test
    @Tag("long")
    void journalIsLookedThroughOnceForTenThousandSubscribers() throws Exception {
        serve(Integer.getInteger("waybill.test.subscribers", 10_000));
    }

    private void serve(int subscribers) throws Exception {
        hq = new Site("jdbc:h2:mem:hq" + UUID.randomUUID(), clock, (type, bytes) -> new Counter(type.address(), bytes), 1);
        hq.say(Site.CREATE_ITEM, "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "GRANT REMOTE TO r0 TYPE FILE ADDRESS 'r0' SEND EVERY '00:00:00'",
                "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR r0", "START SUBSCRIPTION TO stock FOR r0");
        multiply(subscribers);
        turn("first look");
        long settled = scans.get();
        for (int i = 0; i < TRANSACTIONS; i++) {
            hq.insert(i, random.ints(NAME, ' ', '~').collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString());
        }
        long start = System.nanoTime();
        int turns = turn("sending");
        String head = hq.rows(HEAD).strip();
        assertThat(hq.rows("SELECT COUNT(*) FROM waybill.remote_user WHERE log_sent = (" + HEAD + ")")).isEqualTo(subscribers + "\n");
        assertThat(scans.get() - settled).as("scans of the journal in " + turns + " turns").isLessThanOrEqualTo(turns);
        assertEveryMailboxReaches(subscribers, Long.parseLong(head));
        long sent = System.nanoTime();
        confirm();
        turn("confirming");
        assertThat(hq.rows("SELECT COUNT(*) FROM waybill.remote_user WHERE confirm_sent = (" + HEAD + ")")).isEqualTo(subscribers + "\n");
        System.out.printf("%d subscribers, %d transactions of %d bytes: sent in %.1f s, confirmed in %.1f s, %d scans, most heap after a collection %d MB%n", subscribers, TRANSACTIONS, NAME, (sent - start) / 1e9,
                (System.nanoTime() - sent) / 1e9, scans.get() - settled, mostHeap >> 20);
    }

    private static long heap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null).mapToLong(pool -> pool.getCollectionUsage().getUsed()).sum();
    }

    /** As GRANT REMOTE and START SUBSCRIPTION would, each with an incarnation that is known already. */
    private void multiply(int subscribers) throws SQLException {
        hq.say("INSERT INTO waybill.remote_user (user_name, consolidate, type_name, address, frequency, send_time, log_scanned, log_begun, state_since)"
                        + " SELECT 'r' || x, consolidate, type_name, 'r' || x, frequency, send_time, log_scanned, log_begun, state_since FROM waybill.remote_user, SYSTEM_RANGE(1, " + (subscribers - 1) + ")",
                "INSERT INTO waybill.subscription SELECT s.publication_id, 'r' || x, s.subscribe_by, s.state, s.created, s.started, s.stopped, s.snapshot FROM waybill.subscription s, SYSTEM_RANGE(1, " + (subscribers - 1) + ")",
                "UPDATE waybill.remote_user SET incarnation = RANDOM_UUID()", "UPDATE waybill.catalogue SET version = version + 1");
    }

    /** Turns the agent until it has nothing to do; how often. */
    private int turn(String what) throws SQLException {
        if (agent == null) {
            AgentSurroundings around = new AgentSurroundings(clock, ZoneOffset.UTC, random, Site::daemon, (type, bytes) -> new Counter(type.address(), bytes), StepGuard.PLAIN, AgentEvents.NONE);
            agent = MessageAgent.open(new AgentHome(hq.url, hq.dialect, this::counted, hq.board, AgentSettings.DEFAULTS), "many", around, false, () -> { });
        }
        int turns = 0;
        for (boolean more = true; more; turns++) {
            assertThat(turns).as(what).isLessThan(200);
            more = agent.runOnce().isZero();
        }
        clock.pass(Duration.ofMillis(10));
        return turns;
    }

    /** A connection that counts how often a walk through the journal begins. */
    private Connection counted() throws SQLException {
        Connection raw = DriverManager.getConnection(hq.url);
        return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("prepareStatement") && ((String) arguments[0]).contains("FROM waybill.journal WHERE part_end > ?")) {
                scans.incrementAndGet();
            }
            try {
                return method.invoke(raw, arguments);
            } catch (InvocationTargetException failed) {
                throw failed.getCause();
            }
        });
    }

    private void assertEveryMailboxReaches(int subscribers, long head) {
        for (int i = 0; i < subscribers; i++) {
            assertThat(reached.get("r" + i)).as("r" + i).isEqualTo(head);
        }
    }

    /** What leaves is looked at and forgotten; what arrives lies in memory. */
    private final class Counter implements Link {

        private final MemoryLink own;
        private final MessageCodec codec = new MessageCodec(MessageBounds.of(50_000));

        Counter(String address, int bytes) {
            own = new MemoryLink(office, address, bytes);
        }

        @Override
        public void send(String address, byte[] message) throws LinkException {
            try {
                Envelope envelope = codec.decode(message).envelope();
                if (envelope.kind() == MessageKind.DATA) {
                    assertThat(envelope.header().prev().bytes()).isEqualTo(reached.getOrDefault(address, 0L));
                    reached.put(address, envelope.header().last().bytes());
                    mostHeap = Math.max(mostHeap, heap());
                }
            } catch (MalformedException malformed) {
                throw new LinkException(malformed.getMessage(), malformed);
            }
        }

        @Override
        public int maxMessageBytes() {
            return own.maxMessageBytes();
        }

        @Override
        public List<Arrival> list(int atMost) {
            return own.list(atMost);
        }

        @Override
        public byte[] read(Arrival arrival) {
            return own.read(arrival);
        }

        @Override
        public void delete(Arrival arrival) {
            own.delete(arrival);
        }

        @Override
        public void quarantine(Arrival arrival, String reason) {
            own.quarantine(arrival, reason);
        }

        @Override
        public void onArrival(Runnable wake) {
            own.onArrival(wake);
        }

        @Override
        public void close() {
            own.close();
        }
    }

    /** Every subscriber says that he has all. */
    private void confirm() throws Exception {
        MessageCodec codec = new MessageCodec(MessageBounds.of(50_000));
        MemoryLink link = new MemoryLink(office, "nobody", 50_000);
        Position head;
        Map<String, UUID> incarnations = new HashMap<>();
        try (Statement statement = hq.application.createStatement()) {
            try (ResultSet row = statement.executeQuery("SELECT c.incarnation, h.log_offset, h.digest FROM waybill.catalogue c, waybill.journal_head h")) {
                row.next();
                head = new Position(row.getObject(1, UUID.class), new LogOffset(row.getLong(2)), Digest.of(row.getBytes(3)));
            }
            try (ResultSet row = statement.executeQuery("SELECT user_name, incarnation FROM waybill.remote_user")) {
                while (row.next()) {
                    incarnations.put(row.getString(1), row.getObject(2, UUID.class));
                }
            }
        }
        MessageHeader outside = new MessageHeader(0, LogOffset.ZERO, LogOffset.ZERO, 0);
        incarnations.forEach((name, incarnation) -> link.send("hq", codec.encode(new Message(new Envelope(MessageKind.CONFIRMATION, name, "hq", incarnation, head.incarnation(), new UUID(random.nextLong(), random.nextLong()),
                outside, Digest.ZERO, head, null, Position.start(incarnation), clock.instant(), null, new Envelope.Limits(50_000, List.of(MessageCodec.PLAIN), List.of()), List.of()), new byte[0]), List.of())));
    }
}
