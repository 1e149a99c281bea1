// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.util.GreenMailUtil;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.link.Link.Arrival;
import dev.waybill.link.Link.LinkException;
import dev.waybill.link.mail.MailLinks;
import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import dev.waybill.message.MessageHeader;
import dev.waybill.message.MessageKind;
import dev.waybill.publication.MessageType;
import jakarta.mail.Flags;
import jakarta.mail.Flags.Flag;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail as people and attackers send it, to mailboxes that are not ours alone. */
class MailLinkTest {

    private static final int MAX = 20_000;

    @TempDir
    Path temp;
    private MailServers servers;

    @BeforeEach
    void open() throws Exception {
        servers = new MailServers(temp).user("hq").user("branch");
    }

    @AfterEach
    void close() {
        servers.close();
    }

    @Test
    void foreignMailIsLeftAsItIs() throws Exception {
        deliver("branch", "From: aunt@example.org\r\nTo: branch@example.org\r\nSubject: hq =?utf-8?B?4oaS?= branch (0-0000000000-0000000412-0)\r\n\r\nDear nephew\r\n");
        deliver("branch", "From: hq@example.org\r\nTo: branch@example.org\r\nX-Waybill-To: xbranch@example.org\r\nSubject: another's\r\n\r\nnothing\r\n");
        deliver("branch", "From: MAILER-DAEMON@example.org\r\nTo: branch@example.org\r\nSubject: yours\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nyour letter to the aunt\r\n--b--\r\n");
        try (Link hq = servers.link("hq", MAX); Link branch = servers.link("branch", MAX)) {
            hq.send("branch", new byte[] {1, 2, 3});
            List<Arrival> arrivals = branch.list(10);
            assertThat(arrivals).hasSize(1);
            assertThat(branch.read(arrivals.get(0))).containsExactly(1, 2, 3);
            branch.delete(arrivals.get(0));
        }
        assertThat(inbox("branch")).hasSize(3).noneMatch(mail -> mail.getFlags().contains(Flag.SEEN)).noneMatch(mail -> mail.getFlags().contains(Flag.DELETED));
    }

    @Test
    void twoDatabasesShareAMailbox() throws Exception {
        try (Link hq = servers.open("hq", "hq@example.org", MAX); Link one = servers.open("branch", "shop1 <branch@example.org>", MAX); Link two = servers.open("branch", "shop2 <branch@example.org>", MAX)) {
            hq.send("shop2 <branch@example.org>", new byte[] {2});
            hq.send("shop1 <branch@example.org>", new byte[] {1});
            assertThat(one.read(one.list(10).get(0))).containsExactly(1);
            assertThat(two.read(two.list(10).get(0))).containsExactly(2);
            assertThat(one.list(10)).hasSize(1);
        }
    }

    @Test
    void nothingCanAddAHeaderOrARecipient() throws Exception {
        try (Link hq = servers.open("hq", "hq@example.org", MAX)) {
            for (String address : List.of("branch@example.org\r\nBcc: thief@example.org", "branch@example.org, thief@example.org", "<branch@example.org>", "a b <branch@example.org>", "branch", "", "\"x\r\ny\"@example.org", "x <y <branch@example.org>>")) {
                assertThatThrownBy(() -> hq.send(address, new byte[1])).as(address).isInstanceOf(LinkException.class).hasMessageContaining("LINK_OPTION").satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("\n"));
            }
            hq.send("branch@example.org", message("hq\r\nBcc: thief@example.org\r\n\r\n", "branch\u2028\n"));
        }
        MimeMessage mail = inbox("branch").get(0).getMimeMessage();
        assertThat(mail.getAllRecipients()).hasSize(1);
        assertThat(mail.getHeader("Bcc")).isNull();
        assertThat(mail.getSubject()).doesNotContain("\n").doesNotContain("\r").contains("hq??Bcc: thief");
    }

    @Test
    void aPersonReadsWhatTheMailIs() throws Exception {
        try (Link hq = servers.open("hq", "hq@example.org", MAX)) {
            hq.send("branch@example.org", message("hq", "shop1"));
        }
        MimeMessage mail = inbox("branch").get(0).getMimeMessage();
        assertThat(mail.getSubject()).isEqualTo("hq → shop1 (0-0000923357-0000942712-0)");
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(GreenMailUtil.getWholeMessage(mail)).contains("takes it out of the mailbox").contains("filename=message.waybill");
    }

    @Test
    void aMailWithOurHeaderAndNoMessageIsReadAsNone() throws Exception {
        deliver("branch", "From: x@example.org\r\nTo: branch@example.org\r\nX-Waybill-To: branch@example.org\r\nSubject: x\r\n\r\nno message\r\n");
        deliver("branch", "From: x@example.org\r\nTo: branch@example.org\r\nX-Waybill-To: branch@example.org\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n".repeat(200) + "--b--\r\n");
        try (Link branch = servers.link("branch", MAX)) {
            for (Arrival arrival : branch.list(10)) {
                assertThat(branch.read(arrival)).isEmpty();
                branch.quarantine(arrival, "no message");
            }
            assertThat(branch.list(10)).isEmpty();
        }
    }

    @Test
    void aMailThatComesBackIsSaidOnceAndTakenOut() throws Exception {
        deliver("hq", "From: MAILER-DAEMON@example.org\r\nTo: hq@example.org\r\nSubject: undeliverable\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nno such user\r\n"
                + "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: hq@example.org\r\nTo: gone@example.org\r\nX-Waybill-To: gone@example.org\r\nSubject: hq\r\n\r\n--b--\r\n");
        List<String> said = new ArrayList<>();
        Handler listener = new ConsoleHandler() {
            @Override
            public void publish(LogRecord record) {
                said.add(record.getMessage());
            }
        };
        Logger logger = Logger.getLogger("dev.waybill.link.mail.Bounce");
        logger.addHandler(listener);
        try (Link hq = servers.link("hq", MAX)) {
            assertThat(hq.list(10)).isEmpty();
            assertThat(hq.list(10)).isEmpty();
        } finally {
            logger.removeHandler(listener);
        }
        assertThat(said).hasSize(1).allMatch(text -> text.contains("gone@example.org") && text.contains("undeliverable"));
        assertThat(inbox("hq")).isEmpty();
    }

    @Test
    void aServerThatComesBackIsUsedAgain() throws Exception {
        try (Link hq = servers.link("hq", MAX); Link branch = servers.link("branch", MAX)) {
            hq.send("branch", new byte[] {1});
            branch.delete(branch.list(10).get(0));
            servers.stop();
            assertThatThrownBy(() -> hq.send("branch", new byte[] {2})).isInstanceOf(LinkException.class).hasMessageContaining("LINK_MAIL");
            assertThatThrownBy(() -> branch.list(10)).isInstanceOf(LinkException.class).hasMessageContaining("LINK_MAIL");
            servers.startAgain();
            servers.user("hq").user("branch");
            hq.send("branch", new byte[] {3});
            assertThat(branch.read(branch.list(10).get(0))).containsExactly(3);
        }
    }

    /** What it says is what is sent from then on: the sender cuts to it. */
    @Test
    void aServerThatTakesNoMailOfThatLengthIsNotTriedAndSaysWhatItTakes() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            FileLinkTest.daemon(() -> narrowServer(listener)).start();
            Map<String, String> options = new HashMap<>(servers.options("hq"));
            options.put("smtp_port", Integer.toString(listener.getLocalPort()));
            options.remove("imap_userid");
            try (Link hq = new MailLinks(FileLinkTest::daemon).open(new MessageType("SMTP", "hq@example.org", options), MAX)) {
                assertThat(hq.sendableBytes()).isEqualTo(MAX);
                assertThatThrownBy(() -> hq.send("branch@example.org", new byte[10_000])).isInstanceOf(LinkException.class).hasMessageContaining("10000 bytes").hasMessageContaining("cut again");
                assertThat(hq.sendableBytes()).isBetween(3_000, 5_000);
                assertThat(hq.maxMessageBytes()).as("what is received is another matter").isEqualTo(MAX);
            }
        }
    }

    @Test
    void aMailOfAnyLengthIsNotFetchedWhole() throws Exception {
        deliver("branch", "From: x@example.org\r\nTo: branch@example.org\r\nX-Waybill-To: branch@example.org\r\nSubject: x\r\nContent-Type: application/vnd.waybill\r\nContent-Transfer-Encoding: base64\r\n\r\n" + ("A".repeat(72) + "\r\n").repeat(60_000));
        for (Link branch : List.of(servers.link("branch", MAX), servers.popLink("branch", MAX))) {
            try (branch) {
                assertThat(branch.read(branch.list(10).get(0))).hasSize(MAX + 1);
            }
        }
    }

    /** Says that it takes mails of ten thousand bytes. */
    private static void narrowServer(ServerSocket listener) {
        try (Socket client = listener.accept(); BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII)); OutputStream out = client.getOutputStream()) {
            out.write("220 narrow ESMTP\r\n".getBytes(StandardCharsets.US_ASCII));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.write((line.startsWith("EHLO") ? "250-narrow\r\n250 SIZE 10000\r\n" : "250 ok\r\n").getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
        } catch (IOException closed) {
            assertThat(closed).isNotNull();
        }
    }

    @Test
    void whatWouldSendAPasswordReadablyOrIsIncompleteIsRefused() {
        assertRefused("security", "security", "none", "smtp_host", "mail.example.org");
        assertRefused("smtp_host", "smtp_host", "");
        assertRefused("imap_port", "imap_port", "none");
        assertThatThrownBy(() -> new MailLinks(FileLinkTest::daemon).open(new MessageType("SMTP", null, servers.options("hq")), MAX)).hasMessageContaining("own address");
    }

    private void assertRefused(String option, String... changed) {
        Map<String, String> options = new HashMap<>(servers.options("hq"));
        for (int i = 0; i < changed.length; i += 2) {
            options.put(changed[i], changed[i + 1]);
        }
        assertThatThrownBy(() -> new MailLinks(FileLinkTest::daemon).open(new MessageType("SMTP", "hq@example.org", options), MAX)).isInstanceOf(LinkException.class).hasMessageContaining("\"" + option + "\"");
    }

    @Test
    void aMissingLibraryIsNamed() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.matches(".*(angus|jakarta|greenmail).*")) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader without = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Object links = without.loadClass(MailLinks.class.getName()).getConstructor(ThreadFactory.class).newInstance((ThreadFactory) FileLinkTest::daemon);
            Object type = without.loadClass(MessageType.class.getName()).getConstructor(String.class, String.class, Map.class).newInstance("SMTP", "hq@example.org", servers.options("hq"));
            assertThatThrownBy(() -> Arrays.stream(links.getClass().getMethods()).filter(method -> method.getName().equals("open")).findFirst().orElseThrow().invoke(links, type, MAX)).cause()
                    .hasMessageContaining("LINK_MODULE").hasMessageContaining("org.eclipse.angus:angus-mail:2.0.5");
        }
    }

    private void deliver(String user, String mail) throws Exception {
        folder(user).appendMessage(new MimeMessage(null, new ByteArrayInputStream(mail.getBytes(StandardCharsets.UTF_8))), new Flags(), new Date());
    }

    private List<StoredMessage> inbox(String user) throws Exception {
        return folder(user).getMessages();
    }

    private MailFolder folder(String user) throws Exception {
        return servers.servers.getManagers().getImapHostManager().getInbox(servers.servers.getManagers().getUserManager().getUser(user));
    }

    private static byte[] message(String sender, String recipient) {
        Position head = new Position(new UUID(1, 2), new LogOffset(942_712), new Digest(3, 4));
        Envelope envelope = new Envelope(MessageKind.DATA, sender, recipient, new UUID(1, 2), new UUID(5, 6), new UUID(7, 8), new MessageHeader(0, new LogOffset(923_357), new LogOffset(942_712), 0), new Digest(1, 1), null, null, head,
                Instant.parse("2026-11-22T15:00:00Z"), null, new Envelope.Limits(50_000, MessageCodec.CODECS, List.of()), List.of());
        return new MessageCodec(MessageBounds.of(50_000)).encode(new Message(envelope, new byte[0]), MessageCodec.CODECS);
    }
}
