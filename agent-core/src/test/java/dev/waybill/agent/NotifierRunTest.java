// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.waybill.link.LinkFactory;
import dev.waybill.notice.Notice;
import dev.waybill.notice.NoticeCodec;
import dev.waybill.notice.NoticeGate;
import dev.waybill.notice.SharedSecret;
import dev.waybill.notify.NoticeBoard;
import dev.waybill.notify.NotifierHandler;
import dev.waybill.notify.PushRequest;
import dev.waybill.seal.KeyBook;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Notifiers under an agent's lease: settings and requests are rows, what is sent is on record before, errors of their SQL are shown and pass. */
class NotifierRunTest {

    private static final String SECRET = "a secret of twenty letters";
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    private Path directory;
    private final NoticeBoard board = new NoticeBoard(CLOCK);
    private final NoticeGate gate = new NoticeGate(Set.of("branch", "till"), () -> KeyBook.EMPTY, new SharedSecret(SECRET), CLOCK);
    private Site site;
    private String reference;

    @BeforeEach
    void open() throws SQLException, IOException {
        String url = "jdbc:h2:mem:notifiers" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
        Path secret = Files.createFile(directory.resolve("secret"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        reference = "file:" + Files.writeString(secret, SECRET);
        site = new Site(url, CLOCK, LinkFactory.standard(CLOCK, new Random(1), Site::daemon), 1).jobs(() -> DriverManager.getConnection(url)).notices(board)
                .say("GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + directory + "'", "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'");
    }

    @AfterEach
    void close() throws SQLException {
        site.say("SHUTDOWN");
    }

    private void set(String component, String name, String property, String setting) throws SQLException {
        site.say("MERGE INTO waybill.notify_setting KEY (component, name, property) VALUES ('" + component + "', '" + name + "', '" + property + "', '" + setting.replace("'", "''") + "')");
    }

    private void until(Callable<Boolean> holds) {
        await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(5)).until(() -> {
            site.turnSurviving();
            return holds.call();
        });
    }

    private void untilRows(String query, String expected) {
        until(() -> site.rows(query).equals(expected));
    }

    @Test
    void requestOfTheTableReachesWhoListensAndIsOverWhenItIsConfirmed() throws Exception {
        set("Notifier", "n", "poll_every", "1s");
        set("Gateway", "Default-SYNC", "secret", reference);
        until(board::isOpen);
        board.listens("branch", "127.0.0.1", 0);
        site.say("INSERT INTO waybill.push_request (address, subject, content, resend_interval, time_to_live) VALUES ('branch', 'price', 'now', '5M', '1H')");
        byte[][] got = new byte[1][];
        until(() -> {
            List<byte[]> taken = board.take("branch");
            got[0] = taken.isEmpty() ? got[0] : taken.get(0);
            return got[0] != null;
        });
        Notice notice = gate.admit(got[0], false);
        assertThat(notice.text()).isEqualTo("[price]now");
        assertThat(notice.sender()).isEqualTo("hq");
        assertThat(site.rows("SELECT state, sent_by, sends FROM waybill.push_request_state")).isEqualTo("OPEN|Default-SYNC|1\n");
        board.confirmed("till", NoticeCodec.encode(new NoticeCodec.Confirmation(notice.nonce(), 0))); // he speaks of what is not his
        board.confirmed("branch", NoticeCodec.encode(new NoticeCodec.Confirmation(notice.nonce() + 1, 0))); // of what there is not
        board.confirmed("branch", NoticeCodec.encode(new NoticeCodec.Confirmation(notice.nonce(), 0)));
        untilRows("SELECT COUNT(*) FROM waybill.push_request", "0\n");
        untilRows("SELECT COUNT(*) FROM waybill.push_request_state", "0\n");
        assertThat(board.take("branch")).isEmpty();
    }

    @Test
    void trackerFallsFromTheConnectionToDatagramsAndAConfirmationComesBackByThem() throws Exception {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout(120_000);
            set("Notifier", "n", "poll_every", "1s");
            set("Gateway", "Default-UDP", "secret", reference);
            site.say("INSERT INTO waybill.listener_address (listener, medium, address) VALUES ('branch', 'UDP', '127.0.0.1:" + socket.getLocalPort() + "')",
                    "INSERT INTO waybill.push_request (address, resend_interval, time_to_live) VALUES ('branch', '5M', '1H')");
            untilRows("SELECT state FROM waybill.push_request_state WHERE sent_by = 'Default-UDP'", "OPEN\n");
            DatagramPacket packet = new DatagramPacket(new byte[NoticeCodec.LONGEST], NoticeCodec.LONGEST);
            socket.receive(packet);
            Notice notice = gate.admit(Arrays.copyOf(packet.getData(), packet.getLength()), false);
            assertThat(notice.recipient()).isEqualTo("branch");
            byte[] confirmation = NoticeCodec.encode(new NoticeCodec.Confirmation(notice.nonce(), 0));
            SocketAddress back = packet.getSocketAddress();
            socket.send(new DatagramPacket("rubbish".getBytes(StandardCharsets.US_ASCII), 7, back));
            socket.send(new DatagramPacket(confirmation, confirmation.length, back));
            untilRows("SELECT COUNT(*) FROM waybill.push_request", "0\n");
        }
    }

    @Test
    void requestToAMailboxIsAMail() throws Exception {
        ServerSetup setup = new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP);
        setup.setServerStartupTimeout(120_000);
        GreenMail server = new GreenMail(setup);
        server.start();
        try {
            set("Notifier", "n", "poll_every", "1s");
            set("Gateway", "Default-SMTP", "smtp_host", "127.0.0.1");
            set("Gateway", "Default-SMTP", "smtp_port", Integer.toString(server.getSmtp().getPort()));
            set("Gateway", "Default-SMTP", "security", "none");
            set("Gateway", "Default-SMTP", "sender", "hq@example.org");
            site.say("INSERT INTO waybill.push_request (gateway, address, subject, content) VALUES ('Default-SMTP', 'clerk@example.org', 'price', 'new')");
            until(() -> server.getReceivedMessages().length == 1);
            assertThat(server.getReceivedMessages()[0].getContent().toString()).startsWith("[price]new");
            untilRows("SELECT COUNT(*) FROM waybill.push_request", "0\n");
        } finally {
            server.stop();
        }
    }

    @Test
    @Tag("extended")
    void errorsOfItsSqlAreShownAndPassWithTheirCause() throws Exception {
        set("Notifier", "n", "poll_every", "1s");
        set("Notifier", "n", "request_cursor", "SELECT id, 'Default-SYNC', 's', 'c', who FROM wanted");
        untilRows("SELECT trouble_event FROM waybill.notifier WHERE trouble_text LIKE '%WANTED%'", "request_cursor\n");
        site.say("CREATE TABLE wanted (id INT, who VARCHAR(20), n INT)");
        untilRows("SELECT trouble_event FROM waybill.notifier", "null\n");
        set("Notifier", "n", "request_cursor", "SELECT id, who, n, 4 FROM wanted");
        untilRows("SELECT trouble_event FROM waybill.notifier WHERE trouble_text LIKE 'NOTIFIER_COLUMNS%'", "request_cursor\n");
        set("Notifier", "n", "isolation", "7");
        untilRows("SELECT state FROM waybill.notifier WHERE trouble_text LIKE '%isolation%'", "WRONG\n");
        site.say("DELETE FROM waybill.notify_setting");
        untilRows("SELECT COUNT(*) FROM waybill.notifier", "0\n");
    }

    @Test
    @Tag("extended")
    void oneListenerServesSeveralNamesAndNobodyTakesThoseOfOthers() throws Exception {
        site.say("GRANT REMOTE TO shop TYPE FILE ADDRESS 'shop' SEND EVERY '00:00:00'");
        set("Notifier", "n", "poll_every", "1s");
        untilRows("SELECT state FROM waybill.notifier", "RUNNING\n");
        board.listens("branch", "127.0.0.1", 0);
        assertThat(board.listensFor("branch", List.of("branch", "till"))).isTrue();
        assertThat(board.listensFor("branch", List.of("shop"))).isFalse();
        assertThat(board.listensFor("shop", List.of("till"))).isFalse();
        untilRows("SELECT address FROM waybill.listener_address WHERE listener = 'till'", "branch\n");
        untilRows("SELECT COUNT(*) FROM waybill.notifier WHERE polls > " + site.rows("SELECT polls + 2 FROM waybill.notifier").strip(), "1\n"); // it was read meanwhile
        site.say("INSERT INTO waybill.push_request (address) VALUES ('till')");
        until(() -> board.take("branch").stream().anyMatch(bytes -> isFor("till", bytes)));
    }

    private static boolean isFor(String name, byte[] bytes) {
        try {
            return NoticeCodec.decode(bytes).notice().recipient().equals(name);
        } catch (IOException none) {
            return false;
        }
    }

    @Test
    void requestsMayBeThoseOfAnotherDatabaseAndOfAClass() throws Exception {
        String other = "jdbc:h2:mem:other" + UUID.randomUUID();
        try (Connection raw = DriverManager.getConnection(other); Statement statement = raw.createStatement()) {
            statement.execute("CREATE TABLE wanted AS SELECT 7 id, 'branch' who");
            until(board::isOpen);
            board.listens("branch", "127.0.0.1", 0);
            set("Notifier", "far", "poll_every", "1s");
            set("Notifier", "far", "connect_string", other);
            set("Notifier", "far", "request_cursor", "SELECT id, 'Default-SYNC', 'far', '', who, 1, 2 FROM wanted");
            set("Notifier", "java", "request_cursor", "java:" + Supplied.class.getName());
            Set<String> subjects = new TreeSet<>();
            until(() -> {
                for (byte[] bytes : board.take("branch")) {
                    subjects.add(NoticeCodec.decode(bytes).notice().subject());
                }
                return subjects.equals(Set.of("far", "java"));
            });
            set("Notifier", "java", "request_cursor", "java:java.lang.String");
            untilRows("SELECT trouble_event FROM waybill.notifier WHERE trouble_text LIKE 'NOTIFIER_HANDLER%'", "request_cursor\n");
        }
    }

    /** A class of the application's. */
    public static final class Supplied implements NotifierHandler {
        @Override
        public List<PushRequest> requests(Connection connection) {
            return List.of(new PushRequest(1, "Default-SYNC", "java", "", "branch", Duration.ofMinutes(1), Duration.ofMinutes(9)));
        }
    }

    @Test
    @Tag("extended")
    void whatOneAgentSentTheNextDoesNotSendAgain() throws Exception {
        set("Notifier", "n", "poll_every", "1s");
        until(board::isOpen);
        board.listens("branch", "127.0.0.1", 0);
        site.say("INSERT INTO waybill.push_request (address, resend_interval, time_to_live) VALUES ('branch', '1H', '2H')");
        until(() -> !board.take("branch").isEmpty());
        site.restart();
        untilRows("SELECT COUNT(*) FROM waybill.notifier WHERE polls > 3", "1\n");
        assertThat(site.rows("SELECT sends, state FROM waybill.push_request_state")).isEqualTo("1|OPEN\n");
    }

    @Test
    @Tag("extended")
    void shutdownQueryEndsItAndPollersFindWhatItOffers() throws Exception {
        set("Notifier", "n", "poll_every", "1s");
        set("Notifier", "n", "request_cursor", "SELECT 'till-' || id, 'prices', 'c' FROM SYSTEM_RANGE(1, 2) r(id)");
        until(() -> board.polled("n", "till-2") != null);
        assertThat(board.polled("n", "till-2")).isEqualTo("[prices]c");
        assertThat(board.polled("n", "till-3")).isNull();
        assertThat(board.polled("m", "till-2")).isNull();
        set("Notifier", "n", "shutdown_query", "SELECT 'yes'");
        untilRows("SELECT state FROM waybill.notifier", "STOPPED\n");
        set("Notifier", "n", "shutdown_query", "SELECT 'no'");
        untilRows("SELECT state FROM waybill.notifier", "RUNNING\n");
    }
}
