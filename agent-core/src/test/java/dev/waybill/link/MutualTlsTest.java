// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.link.Link.LinkException;
import dev.waybill.link.TestCertificates.Kind;
import dev.waybill.link.http.Access;
import dev.waybill.link.http.ClientCertificates;
import dev.waybill.link.http.Doorkeeper;
import dev.waybill.link.http.Doorkeeper.Proof;
import dev.waybill.link.http.HttpLinks;
import dev.waybill.link.http.MailboxServer;
import dev.waybill.link.http.Tls;
import dev.waybill.publication.MessageType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Remotes that say by a certificate who they are. The head office believes its authority, and two certificates as they stand: that of a remote, and one that has ended. */
class MutualTlsTest {

    private static final int MAX = 20_000;

    @TempDir
    static Path keys;
    private static TestCertificates made;

    @TempDir
    Path temp;
    private Path believed;

    @BeforeAll
    static void make() throws Exception {
        made = new TestCertificates(keys).self(Kind.ORDINARY, "hq", "localhost").self(Kind.AUTHORITY, "authority", "authority").self(Kind.ORDINARY, "pinned", "branch").self(Kind.ENDED, "ended", "branch").self(Kind.ORDINARY, "stranger", "branch")
                .by("authority", Kind.ORDINARY, "branch", "branch").by("authority", Kind.ORDINARY, "shop", "shop").by("authority", Kind.ENDED, "past", "branch").by("authority", Kind.ORDINARY, "odd", "branch", "shop")
                .by("authority", Kind.SERVER_ONLY, "server", "branch").self(Kind.ORDINARY, "impostor", "authority").by("branch", Kind.ORDINARY, "made by a branch", "shop");
    }

    @BeforeEach
    void believe() throws IOException {
        believed = Files.writeString(temp.resolve("clients.pem"), pem("authority") + pem("pinned") + pem("ended"));
    }

    private static String pem(String name) throws IOException {
        return Files.readString(made.certificate(name));
    }

    @Test
    void whoseCertificateIsBelievedHasHisOwnMailbox() throws Exception {
        try (MailboxServer server = server(Proof.CERTIFICATE, InstantSource.system())) {
            put("branch", "for branch");
            put("shop", "for shop");
            for (String name : new String[] {"branch", "pinned"}) {
                try (Link branch = link(server, name, null)) {
                    assertThat(branch.read(branch.list(10).get(0))).asString().isEqualTo("for branch");
                    branch.send("hq", new byte[] {1});
                }
            }
            try (Link shop = link(server, "shop", null)) {
                assertThatThrownBy(() -> shop.send("branch", new byte[] {1})).hasMessageContaining("403");
            }
            assertThatThrownBy(() -> link(server, "shop", null, "branch").list(10)).as("another's mailbox").hasMessageContaining("403");
        }
    }

    @Test
    void whoseCertificateIsNotBelievedIsNobody() throws Exception {
        try (MailboxServer server = server(Proof.CERTIFICATE, InstantSource.system())) {
            put("branch", "secret");
            for (String name : new String[] {"stranger", "ended", "past", "odd", "server", "impostor", "made by a branch"}) {
                assertThatThrownBy(() -> link(server, name, null).list(10)).as(name).isInstanceOf(LinkException.class);
            }
            assertThatThrownBy(() -> link(server, null, grant("branch")).list(10)).as("a token alone").hasMessageContaining("401");
        }
        assertThat(temp.resolve("mail/hq")).doesNotExist();
    }

    @Test
    void whereBothAreDemandedBothHaveToBeOfOneName() throws Exception {
        Path token = grant("branch");
        try (MailboxServer server = server(Proof.BOTH, InstantSource.system())) {
            assertThat(link(server, "branch", token).list(10)).isEmpty();
            assertThatThrownBy(() -> link(server, "branch", null).list(10)).hasMessageContaining("401");
            assertThatThrownBy(() -> link(server, null, token).list(10)).hasMessageContaining("401");
            assertThatThrownBy(() -> link(server, "shop", token).list(10)).hasMessageContaining("401");
        }
    }

    @Test
    void whereOneIsEnoughTheOtherMustNotContradict() throws Exception {
        Path token = grant("branch");
        try (MailboxServer server = server(Proof.EITHER, InstantSource.system())) {
            assertThat(link(server, "branch", null).list(10)).isEmpty();
            assertThat(link(server, null, token).list(10)).isEmpty();
            assertThatThrownBy(() -> link(server, "shop", token).list(10)).hasMessageContaining("401");
            assertThatThrownBy(() -> link(server, null, null)).as("nothing to show").hasMessageContaining("token");
        }
    }

    /** Also on a connection that stays open, and on one that is resumed. */
    @Test
    void aCertificateThatIsTakenOutOfTheFileIsWorthNothingSoonAfter() throws Exception {
        try (MailboxServer server = server(Proof.CERTIFICATE, InstantSource.system()); Link pinned = link(server, "pinned", null)) {
            assertThat(pinned.list(10)).isEmpty();
            Files.writeString(believed, pem("authority"));
            Files.setLastModifiedTime(believed, FileTime.from(Instant.now().plusSeconds(10)));
            Awaitility.await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> assertThatThrownBy(() -> pinned.list(11)).isInstanceOf(LinkException.class));
            assertThat(link(server, "branch", null).list(10)).isEmpty();
        }
    }

    /** One remote is shut out, whose authority is believed for all others; also on a connection that stays open. */
    @Test
    void aCertificateThatItsAuthorityHasTakenBackIsWorthNothing() throws Exception {
        try (MailboxServer server = server(Proof.CERTIFICATE, InstantSource.system()); Link branch = link(server, "branch", null)) {
            assertThat(branch.list(10)).isEmpty();
            Files.writeString(believed, pem("authority") + made.revoked("authority", "branch"));
            Files.setLastModifiedTime(believed, FileTime.from(Instant.now().plusSeconds(10)));
            Awaitility.await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> assertThatThrownBy(() -> branch.list(11)).isInstanceOf(LinkException.class));
            assertThat(link(server, "shop", null).list(10)).isEmpty();
        }
    }

    /** Whoever can write to the file could write anything; but a list that was mixed up would let in whom another one shuts out. */
    @Test
    void aListOfAnotherAuthorityIsRefusedWithItsFile() throws Exception {
        Files.writeString(believed, pem("authority") + made.revoked("impostor", "branch"));
        assertThatThrownBy(() -> new ClientCertificates(believed, InstantSource.system())).isInstanceOf(IOException.class).hasMessageContaining("is signed by none of its certificates");
    }

    /** The office's clock goes on while the connection stays open. */
    @Test
    void aCertificateEndsOnAnOpenConnectionToo() throws Exception {
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        try (MailboxServer server = server(Proof.CERTIFICATE, now::get); Link branch = link(server, "branch", null)) {
            assertThat(branch.list(10)).isEmpty();
            now.updateAndGet(before -> before.plus(Duration.ofDays(400)));
            assertThatThrownBy(() -> branch.list(11)).isInstanceOf(LinkException.class);
        }
    }

    @Test
    void aRemotesCertificateIsRenewedWithoutAStop() throws Exception {
        Path store = temp.resolve("own.p12");
        Files.copy(made.store("stranger"), store);
        try (MailboxServer server = server(Proof.CERTIFICATE, InstantSource.system()); Link branch = open(server, Map.of("keystore", store.toString(), "keystore_password", "file:" + made.password()), "branch")) {
            assertThatThrownBy(() -> branch.list(10)).isInstanceOf(LinkException.class);
            Files.copy(made.store("branch"), store, StandardCopyOption.REPLACE_EXISTING);
            assertThat(branch.list(10)).isEmpty();
        }
    }

    @Test
    void itWorksThroughConnectionsThatAreCutAndHalfClosed() throws Exception {
        try (MailboxServer server = server(Proof.CERTIFICATE, InstantSource.system()); TroubledProxy proxy = new TroubledProxy(server.port(), 7);
                Link branch = open(proxy.port(), Map.of("keystore", made.store("branch").toString(), "keystore_password", "file:" + made.password()), "branch", Duration.ofSeconds(20))) {
            for (int i = 0; i < 6; i++) {
                byte[] message = new byte[10_000];
                new Random(i).nextBytes(message);
                HttpUnderTroubleTest.sendUntilTaken(branch, message);
            }
        }
        try (var posted = Files.list(temp.resolve("mail/hq"))) {
            assertThat(posted.filter(file -> file.toString().endsWith(".msg"))).hasSizeGreaterThanOrEqualTo(6).allSatisfy(file -> assertThat(Files.size(file)).isEqualTo(10_000));
        }
    }

    @Test
    void thePasswordOfAKeyStoreIsAReferenceAndIsNotSaid() {
        assertThatThrownBy(() -> open(1, Map.of("keystore", made.store("branch").toString(), "keystore_password", "hunter2"), "branch")).hasMessageContaining("keystore_password").hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> open(1, Map.of("keystore", made.store("branch").toString()), "branch")).hasMessageContaining("keystore_password");
        assertThatThrownBy(() -> open(1, Map.of("keystore", temp.resolve("none").toString(), "keystore_password", "file:" + made.password()), "branch")).hasMessageContaining("keystore");
    }

    private MailboxServer server(Proof proof, InstantSource clock) throws Exception {
        MailboxServer.configureProcess();
        ClientCertificates clients = new ClientCertificates(believed, clock);
        MailboxServer.Offer offer = new MailboxServer.Offer(temp.resolve("mail"), "hq", MAX, 1_000, new Doorkeeper(new Access(temp.resolve("access"), InstantSource.system()), clients, proof), (name, message) -> true, () -> "");
        return MailboxServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Tls.serving(made.store("hq"), TestCertificates.PASSWORD.toCharArray(), clients), offer, InstantSource.system(), new Random(1), FileLinkTest::daemon);
    }

    private void put(String name, String message) throws LinkException {
        try (Link hq = new HttpLinks(InstantSource.system(), new Random(1), FileLinkTest::daemon).open(new MessageType("HTTP", "hq", Map.of("directory", temp.resolve("mail").toString())), MAX)) {
            hq.send(name, message.getBytes(StandardCharsets.UTF_8));
            hq.flush();
        }
    }

    private Path grant(String name) throws IOException {
        Path file = temp.resolve(name + ".token");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, new Access(temp.resolve("access"), InstantSource.system()).grant(name, new SecureRandom()));
    }

    private static Link link(MailboxServer server, String certificate, Path token) throws Exception {
        return link(server, certificate, token, certificate == null || !certificate.equals("shop") ? "branch" : "shop");
    }

    private static Link link(MailboxServer server, String certificate, Path token, String mailbox) throws Exception {
        Map<String, String> options = new HashMap<>();
        if (certificate != null) {
            options.putAll(Map.of("keystore", made.store(certificate).toString(), "keystore_password", "file:" + made.password()));
        }
        if (token != null) {
            options.put("token", "file:" + token);
        }
        return open(server, options, mailbox);
    }

    private static Link open(MailboxServer server, Map<String, String> options, String mailbox) throws LinkException {
        return open(server.port(), options, mailbox);
    }

    private static Link open(int port, Map<String, String> options, String mailbox) throws LinkException {
        return open(port, options, mailbox, HttpOffice.WITHIN);
    }

    private static Link open(int port, Map<String, String> options, String mailbox, Duration within) throws LinkException {
        Map<String, String> all = new HashMap<>(options);
        all.putAll(Map.of("url", "https://localhost:" + port, "certificate", made.certificate("hq").toString()));
        return new HttpLinks(InstantSource.system(), new Random(2), FileLinkTest::daemon, within).open(new MessageType("HTTP", mailbox, all), MAX);
    }
}
