// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.link.Link.LinkException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What real mail servers do besides carrying mail: they refuse it, return it, demand TLS, and say when something came. */
@Tag("mail-servers")
class PostfixAndDovecotTest {

    private static final int MAX = 50_000;
    private static final int LARGEST = 40_000;
    private static final Logger BOUNCES = Logger.getLogger("dev.waybill.link.mail.Bounce");

    @TempDir
    static Path temp;
    static PostfixAndDovecot servers;

    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            said.add(entry.getMessage());
        }

        @Override
        public void flush() { }

        @Override
        public void close() { }
    };

    @BeforeAll
    static void start() throws Exception {
        servers = PostfixAndDovecot.start(temp, LARGEST);
    }

    @AfterAll
    static void stop() throws Exception {
        if (servers != null) {
            servers.close();
        }
    }

    @BeforeEach
    void listen() {
        BOUNCES.addHandler(listener);
    }

    @AfterEach
    void listenNoMore() {
        BOUNCES.removeHandler(listener);
    }

    private static Link open(String name) throws Exception {
        return servers.link(servers.options(name), name, MAX);
    }

    /** Postfix says in its greeting how long a mail may be; a message becomes a third longer in one. */
    @Test
    void theServersLimitIsLearntBeforeAnythingIsLost() throws Exception {
        try (Link hq = open("hq"); Link branch = open("branch")) {
            assertThat(hq.sendableBytes()).isEqualTo(MAX);
            hq.send("branch", new byte[1_000]);
            assertThat(hq.sendableBytes()).isBetween(20_000, LARGEST * 3 / 4);
            hq.send("branch", new byte[hq.sendableBytes()]);
            assertThat(branch.list(10)).hasSize(2);
            assertThatThrownBy(() -> hq.send("branch", new byte[LARGEST])).isInstanceOf(LinkException.class).hasMessageContaining("LINK_MAIL");
            for (Link.Arrival arrival : branch.list(10)) {
                branch.delete(arrival);
            }
        }
    }

    @Test
    void aMailToAnUnknownAddressComesBackAndIsSaid() throws Exception {
        try (Link hq = open("hq")) {
            hq.send("nobody", new byte[] {1});
            assertReturned(hq, "nobody@example.org");
        }
    }

    @Test
    void aMailboxOverItsQuotaReturnsMailAndTakesItAgainWhenThereIsRoom() throws Exception {
        try (Link hq = open("hq"); Link full = open("full")) {
            hq.send("full", new byte[15_000]);
            assertThat(full.list(10)).hasSize(1);
            hq.send("full", new byte[15_000]);
            assertReturned(hq, "full@example.org");
            full.delete(full.list(10).get(0));
            hq.send("full", new byte[15_000]);
            assertThat(full.list(10)).hasSize(1);
            full.delete(full.list(10).get(0));
        }
    }

    /** The report is taken out of the mailbox, and no message. */
    private void assertReturned(Link sender, String recipient) {
        Awaitility.await().atMost(Duration.ofSeconds(180)).untilAsserted(() -> {
            assertThat(sender.list(10)).isEmpty();
            assertThat(said).as(servers.everythingSaid()).anyMatch(text -> text.contains("A mail to " + recipient + " came back as undeliverable"));
        });
        assertThat(servers.mails("hq", "")).isEmpty();
    }

    /** Dovecot has IDLE: whoever waits is woken, again and again, by one connection. */
    @Test
    void whoWaitsInIdleIsWokenByEachMail() throws Exception {
        try (Link hq = open("hq"); Link branch = open("branch")) {
            AtomicInteger woken = new AtomicInteger();
            branch.onArrival(woken::incrementAndGet);
            branch.list(1);
            Awaitility.await().atMost(Duration.ofSeconds(180)).until(() -> woken.get() > 0); // it listens now
            for (int i = 0; i < 3; i++) {
                int before = woken.get();
                hq.send("branch", new byte[] {1});
                Awaitility.await().atMost(Duration.ofSeconds(180)).until(() -> woken.get() > before);
            }
            for (Link.Arrival arrival : branch.list(10)) {
                branch.delete(arrival);
            }
        }
    }

    @Test
    void byPop3TheSameMailIsFetchedAndDeleted() throws Exception {
        try (Link hq = open("hq"); Link branch = servers.link(servers.popOptions("branch"), "branch", MAX)) {
            hq.send("branch", new byte[] {1, 2, 3});
            Link.Arrival arrival = branch.list(10).get(0);
            assertThat(branch.read(arrival)).containsExactly(1, 2, 3);
            branch.delete(arrival);
            assertThat(branch.list(10)).isEmpty();
        }
    }

    /** Postfix demands STARTTLS for a password (Dovecot does not, of this machine), and both show a certificate that the platform does not know. */
    @Test
    void withoutStarttlsOrWithACertificateThatIsNotBelievedNothingGoes() throws Exception {
        for (Map<String, String> other : List.of(Map.of("security", "none"), Map.of("security", "tls"), Map.of("certificate", ""))) {
            Map<String, String> options = new HashMap<>(servers.options("hq"));
            options.putAll(other);
            if (other.containsKey("certificate")) {
                options.remove("certificate");
            }
            try (Link hq = servers.link(options, "hq", MAX)) {
                assertThatThrownBy(() -> hq.send("branch", new byte[] {1})).as(other.toString()).isInstanceOf(LinkException.class).hasMessageNotContaining("only-for-tests");
                if (other.containsValue("none")) {
                    continue;
                }
                assertThatThrownBy(() -> hq.list(10)).as(other.toString()).isInstanceOf(LinkException.class).hasMessageNotContaining("only-for-tests");
            }
        }
    }
}
