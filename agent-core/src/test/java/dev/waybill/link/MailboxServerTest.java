// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.link.Link.LinkException;
import dev.waybill.link.http.Access;
import dev.waybill.link.http.Doorkeeper;
import dev.waybill.link.http.HttpLinks;
import dev.waybill.link.http.MailboxServer;
import dev.waybill.link.http.Tls;
import dev.waybill.publication.MessageType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The head office's port as strangers and neighbours would try it. */
class MailboxServerTest {

    private static final int MAX = 20_000;

    @TempDir
    Path temp;
    private HttpOffice office;
    private String token;

    @BeforeEach
    void open() throws Exception {
        office = new HttpOffice(temp, "hq", MAX, 3, (name, message) -> message.length > 0 && message[0] == 'b');
        token = office.grant("branch");
        try (Link hq = office.link("hq", MAX)) {
            hq.send("branch", "0123456789".getBytes(StandardCharsets.US_ASCII));
            hq.send("shop", "secret".getBytes(StandardCharsets.US_ASCII));
            hq.flush();
        }
    }

    @AfterEach
    void close() {
        office.close();
    }

    @Test
    void whoHasNoTokenReadsAndWritesNothing() throws Exception {
        for (String wrong : List.of("", "Authorization: Bearer x\r\n", "Authorization: Bearer " + token + "x\r\n", "Authorization: Basic " + token + "\r\n", "Authorization: Bearer " + "x".repeat(5_000) + "\r\n")) {
            for (String line : List.of("GET /mail/branch", "POST /mail/hq", "DELETE /mail/branch/x", "GET /metrics", "GET /mail")) {
                assertThat(status(line + " HTTP/1.1\r\n" + wrong + "Content-Length: 0\r\n\r\n")).as(line + wrong).isEqualTo(401);
            }
        }
        assertThat(status("GET /health HTTP/1.1\r\n\r\n")).isEqualTo(200);
        assertThat(mailbox("hq")).isEmpty();
    }

    @Test
    void whoHasATokenReadsHisOwnMailboxAloneAndPostsInHisOwnNameAlone() throws Exception {
        String other = mailbox("shop").get(0);
        for (String line : List.of("GET /mail/shop", "GET /mail/hq", "GET /mail/shop/" + other, "DELETE /mail/shop/" + other, "POST /mail/shop", "POST /mail/branch", "GET /metrics")) {
            assertThat(status(authorized(line, ""))).as(line).isEqualTo(403);
        }
        assertThat(status(post("hq", 3, "xyz"))).as("in another's name").isEqualTo(403);
        assertThat(status(post("hq", 3, "byz"))).isEqualTo(201);
        assertThat(mailbox("shop")).containsExactly(other);
        assertThat(mailbox("hq")).hasSize(1);
    }

    @Test
    void noPathLeadsOutOfTheMailbox() throws Exception {
        Files.writeString(temp.resolve("outside"), "private");
        for (String path : List.of("/mail/branch/..%2f..%2foutside", "/mail/branch/%2e%2e/%2e%2e/outside", "/mail/branch/../../outside", "/mail/..%2foutside", "/mail/branch/%2fetc%2fpasswd", "/mail/branch/..%5coutside", "/mail/branch/%00", "/mail/branch/%zz",
                "/mail/branch/a/b", "//mail/branch", "/mail//branch")) {
            assertThat(status(authorized("GET " + path, ""))).as(path).isIn(400, 403, 404);
            assertThat(status(authorized("DELETE " + path, ""))).as(path).isIn(400, 403, 404);
        }
        assertThat(temp.resolve("outside")).hasContent("private");
    }

    @Test
    void sizesAreRefusedBeforeTheyAreRead() throws Exception {
        assertThat(status(authorized("POST /mail/hq", "Content-Length: " + (MAX + 1) + "\r\n"))).isEqualTo(413);
        assertThat(status(authorized("POST /mail/hq", "Content-Length: 99999999999999999999\r\n"))).isIn(400, 411);
        assertThat(status(authorized("POST /mail/hq", "Transfer-Encoding: chunked\r\n") + "3\r\nbyz\r\n0\r\n\r\n")).isEqualTo(411);
        assertThat(status(authorized("POST /mail/branch/" + mailbox("branch").get(0), "Content-Length: 1000000\r\n"))).isEqualTo(413);
        assertThat(mailbox("hq")).isEmpty();
    }

    @Test
    void aBundleIsTakenWholeOrNotAtAll() throws Exception {
        String one = letter(3, "byz");
        String bundle = "hq?several=1";
        for (String wrong : List.of(letter(4, "byz"), one + "\0", one + letter(MAX + 1, "byz"), "\0\7\0\0", "x".repeat(100))) {
            assertThat(status(post(bundle, wrong.length(), wrong))).isEqualTo(400);
        }
        assertThat(status(post(bundle, 2 * one.length(), one))).isIn(-1, 400);
        String foreign = one + letter(3, "xyz");
        assertThat(status(post(bundle, foreign.length(), foreign))).as("one of them in another's name").isEqualTo(403);
        assertThat(status(authorized("POST /mail/" + bundle, "Content-Length: 1000000\r\n"))).isEqualTo(413);
        assertThat(mailbox("hq")).isEmpty();
        assertThat(status(post(bundle, 2 * one.length(), one + one))).isEqualTo(201);
        assertThat(mailbox("hq")).hasSize(2);
    }

    private static String letter(int length, String message) {
        return "\0\0" + (char) (length >> 24) + (char) (length >> 16 & 127) + (char) (length >> 8 & 127) + (char) (length & 127) + message;
    }

    @Test
    void severalNamesAreOfTheOwnMailboxAndPlain() throws Exception {
        Files.writeString(temp.resolve("outside"), "private");
        String own = mailbox("branch").get(0);
        String other = mailbox("shop").get(0);
        for (String query : List.of("?read=1", "?delete=1")) {
            assertThat(status(post("shop" + query, other.length(), other))).isEqualTo(403);
            for (String wrong : List.of("..%2f..%2foutside", "../shop/" + other, "%2fetc%2fpasswd", own + "\n\n", "%zz", (own + "\n").repeat(101))) {
                assertThat(status(post("branch" + query, wrong.length(), wrong))).as(wrong).isEqualTo(400);
            }
            assertThat(status(authorized("POST /mail/branch" + query, "Content-Length: 1000000\r\n"))).isEqualTo(413);
        }
        assertThat(mailbox("branch")).contains(own);
        assertThat(status(post("branch?read=1", 4, "gone"))).isEqualTo(200);
        assertThat(status(post("branch?delete=1", own.length(), own))).isEqualTo(204);
        assertThat(mailbox("branch")).doesNotContain(own);
        assertThat(mailbox("shop")).containsExactly(other);
        assertThat(temp.resolve("outside")).hasContent("private");
    }

    @Test
    void halfAMessageIsNoMessage() throws Exception {
        assertThat(status(post("hq", 100, "b and then nothing more"))).isIn(-1, 400);
        assertThat(status(post("hq", 3, "byz"))).isEqualTo(201);
        assertThat(mailbox("hq")).hasSize(1);
    }

    @Test
    void whereTooMuchLiesMoreIsAskedToComeLater() throws Exception {
        try (Link branch = office.link("branch", MAX)) {
            for (int i = 0; i < 3; i++) {
                assertThat(status(post("hq", 3, "b" + i + "!"))).isEqualTo(201);
            }
            InstantSource clock = InstantSource.system();
            long later = clock.millis() + 120_000;
            String refusal = "";
            while (refusal.isEmpty() && clock.millis() < later) {
                refusal = refusal(branch, "bxx");
            }
            assertThat(refusal).contains("LINK_OFFICE").contains("come later");
            assertThat(answer(post("hq", 3, "bxx"))).contains("429").containsIgnoringCase("Retry-After");
        }
    }

    private static String refusal(Link link, String text) {
        try {
            link.send("hq", text.getBytes(StandardCharsets.US_ASCII));
            return "";
        } catch (LinkException refused) {
            return refused.getMessage();
        }
    }

    @Test
    void aMessageIsReadInPartsByItsTag() throws Exception {
        String name = mailbox("branch").get(0);
        String whole = answer(authorized("GET /mail/branch/" + name, ""));
        assertThat(whole).startsWith("HTTP/1.1 200").endsWith("0123456789");
        String tag = whole.lines().filter(line -> line.toLowerCase(Locale.ROOT).startsWith("etag:")).findFirst().orElseThrow().substring(5).strip();
        assertThat(answer(authorized("GET /mail/branch/" + name, "Range: bytes=4-\r\nIf-Range: " + tag + "\r\n"))).startsWith("HTTP/1.1 206").contains("bytes 4-9/10").endsWith("\r\n\r\n456789");
        assertThat(answer(authorized("GET /mail/branch/" + name, "Range: bytes=4-5\r\n"))).endsWith("\r\n\r\n45");
        assertThat(answer(authorized("GET /mail/branch/" + name, "Range: bytes=4-\r\nIf-Range: \"other\"\r\n"))).startsWith("HTTP/1.1 200");
        assertThat(answer(authorized("GET /mail/branch/" + name, "Range: bytes=10-\r\n"))).startsWith("HTTP/1.1 416");
        assertThat(answer(authorized("GET /mail/branch/" + name, "If-None-Match: " + tag + "\r\n"))).startsWith("HTTP/1.1 304");
        assertThat(answer(authorized("GET /mail/branch/gone", ""))).startsWith("HTTP/1.1 404");
    }

    @Test
    void aTokenIsTakenBackWithoutAStopAndIsKeptNowhere() throws Exception {
        assertThat(status(authorized("GET /mail/branch", ""))).isEqualTo(200);
        try (var files = Files.list(office.access)) {
            for (Path file : files.toList()) {
                assertThat(Files.readString(file)).doesNotContain(token);
            }
        }
        new Access(office.access, InstantSource.system()).revoke("branch");
        Awaitility.await().atMost(120, TimeUnit.SECONDS).until(() -> status(authorized("GET /mail/branch", "")) == 401);
    }

    @Test
    void figuresAreForTheirOwnToken() throws Exception {
        String metrics = office.grant("metrics");
        Awaitility.await().atMost(120, TimeUnit.SECONDS).until(() -> answer("GET /metrics HTTP/1.1\r\nAuthorization: Bearer " + metrics + "\r\nConnection: close\r\n\r\n").contains("waybill_lag_bytes 0"));
    }

    @Test
    void optionsThatWouldShowASecretOrGoWithoutTlsAreRefused() {
        assertThatThrownBy(() -> open(Map.of("url", "http://hq.example:8443", "token", "env:X"))).isInstanceOf(LinkException.class).hasMessageContaining("must begin with https:");
        assertThatThrownBy(() -> open(Map.of("url", "https://user:pw@hq.example", "token", "env:X"))).isInstanceOf(LinkException.class);
        assertThatThrownBy(() -> open(Map.of("url", "https://hq.example", "token", "hunter2"))).isInstanceOf(LinkException.class).hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> open(Map.of("url", "https://hq.example"))).isInstanceOf(LinkException.class).hasMessageContaining("token");
        assertThatThrownBy(() -> open(Map.of("url", "https://localhost:1", "token", "env:WAYBILL_NO_SUCH_VARIABLE")).list(1)).isInstanceOf(LinkException.class).hasMessageContaining("env:WAYBILL_NO_SUCH_VARIABLE");
    }

    private static Link open(Map<String, String> options) throws LinkException {
        return new HttpLinks(InstantSource.system(), new Random(1), FileLinkTest::daemon, HttpOffice.WITHIN).open(new MessageType("HTTP", "branch", options), MAX);
    }

    @Test
    void overTlsTheOfficeIsWhoItsCertificateSaysOrNothingIsSaidToIt() throws Exception {
        TestCertificates made = new TestCertificates(temp).self(TestCertificates.Kind.ORDINARY, "hq", "localhost");
        Path secret = Files.createFile(temp.resolve("tls.token"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Access access = new Access(office.access, InstantSource.system());
        Files.writeString(secret, access.grant("branch", new SecureRandom()));
        MailboxServer.Offer offer = new MailboxServer.Offer(office.root, "hq", MAX, 3, Doorkeeper.ofTokens(access), (name, message) -> true, () -> "");
        try (MailboxServer server = MailboxServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Tls.serving(made.store("hq"), "changeit".toCharArray(), null), offer, InstantSource.system(), new Random(1), FileLinkTest::daemon)) {
            Map<String, String> options = Map.of("url", "https://localhost:" + server.port(), "token", "file:" + secret, "certificate", made.certificate("hq").toString());
            try (Link branch = open(options)) {
                assertThat(branch.read(branch.list(10).get(0))).hasSize(10);
            }
            Map<String, String> untrusting = Map.of("url", "https://localhost:" + server.port(), "token", "file:" + secret);
            assertThatThrownBy(() -> open(untrusting).list(10)).isInstanceOf(LinkException.class).hasMessageContaining("SSLHandshake");
            Map<String, String> otherName = Map.of("url", "https://127.0.0.1:" + server.port(), "token", "file:" + secret, "certificate", made.certificate("hq").toString());
            assertThatThrownBy(() -> open(otherName).list(10)).isInstanceOf(LinkException.class).hasMessageContaining("SSLHandshake");
        }
    }

    private String authorized(String line, String headers) {
        return line + " HTTP/1.1\r\nHost: hq\r\nAuthorization: Bearer " + token + "\r\nConnection: close\r\n" + headers + (headers.contains("Content-Length") || headers.contains("chunked") || line.startsWith("GET") ? "" : "Content-Length: 0\r\n") + "\r\n";
    }

    private String post(String address, int announced, String body) {
        return authorized("POST /mail/" + address, "Content-Length: " + announced + "\r\n") + body;
    }

    private int status(String request) throws IOException {
        String answer = answer(request);
        return answer.isEmpty() ? -1 : Integer.parseInt(answer.substring(9, 12));
    }

    /** Says this, closes its half, and returns all that comes; empty when the connection is just closed. */
    private String answer(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), office.server.port())) {
            socket.setSoTimeout(120_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(all);
            return all.toString(StandardCharsets.ISO_8859_1);
        } catch (SocketException reset) {
            return "";
        }
    }

    private List<String> mailbox(String name) throws IOException {
        Path folder = office.root.resolve(name);
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(file -> file.endsWith(".msg")).sorted().toList();
        }
    }
}
