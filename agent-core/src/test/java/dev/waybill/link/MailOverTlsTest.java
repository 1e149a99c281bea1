// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.link.Link.LinkException;
import dev.waybill.link.TestCertificates.Kind;
import dev.waybill.link.TlsFront.Speech;
import dev.waybill.link.http.Tls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mail to servers that are who they say, or not; and logging in by a token. */
class MailOverTlsTest {

    private static final int MAX = 20_000;

    @TempDir
    Path temp;
    private MailServers servers;
    private TestCertificates made;
    private final List<TlsFront> fronts = new ArrayList<>();

    @BeforeEach
    void open() throws Exception {
        servers = new MailServers(temp).user("branch");
        made = new TestCertificates(temp).self(Kind.ORDINARY, "server", "localhost").self(Kind.ORDINARY, "stranger", "localhost").self(Kind.ENDED, "ended", "localhost");
    }

    @AfterEach
    void close() throws Exception {
        for (TlsFront front : fronts) {
            front.close();
        }
        servers.close();
    }

    @ParameterizedTest
    @CsvSource({"tls, imap", "tls, pop3", "starttls, imap", "starttls, pop3"})
    void mailTravelsAndIsFetchedSecurely(String security, String protocol) throws Exception {
        try (Link branch = MailServers.open(options(security, protocol, "server", true), "branch@example.org", MAX)) {
            branch.send("branch@example.org", new byte[] {1, 2, 3});
            assertThat(branch.read(branch.list(10).get(0))).containsExactly(1, 2, 3);
        }
        assertNothingReadable();
    }

    /** Somebody in between who takes the offer away hears neither name nor password nor mail. */
    @ParameterizedTest
    @ValueSource(strings = {"imap", "pop3"})
    void whereStarttlsIsDemandedAndNotOfferedNothingIsSaid(String protocol) throws Exception {
        try (Link branch = MailServers.open(options("starttls", protocol, "server", false), "branch@example.org", MAX)) {
            assertThatThrownBy(() -> branch.send("branch@example.org", new byte[] {1, 2, 3})).isInstanceOf(LinkException.class).hasMessageContaining("STARTTLS");
            assertThatThrownBy(() -> branch.list(10)).isInstanceOf(LinkException.class).hasMessageContaining("TLS");
        }
        assertNothingReadable();
    }

    @ParameterizedTest
    @CsvSource({"tls, stranger", "starttls, stranger", "tls, ended", "starttls, ended"})
    void aServerWithACertificateThatIsNotBelievedIsToldNothing(String security, String certificate) throws Exception {
        refused(options(security, "imap", certificate, true));
    }

    @Test
    void aServerWithTheCertificateOfAnotherNameIsToldNothing() throws Exception {
        Map<String, String> options = options("tls", "imap", "server", true);
        options.putAll(Map.of("smtp_host", "127.0.0.1", "imap_host", "127.0.0.1"));
        refused(options);
    }

    @Test
    void aCertificateOfAnAuthorityThatThePlatformDoesNotKnowIsNotBelievedByItself() throws Exception {
        Map<String, String> options = options("tls", "imap", "server", true);
        options.remove("certificate");
        refused(options);
    }

    @ParameterizedTest
    @ValueSource(strings = {"imap", "pop3"})
    void aTokenLogsInAndIsRenewedWithoutAStop(String protocol) throws Exception {
        Map<String, String> options = protocol.equals("imap") ? servers.options("branch") : servers.popOptions("branch");
        options.put("login", "oauth2");
        try (Link branch = MailServers.open(options, "branch@example.org", MAX)) {
            branch.send("branch@example.org", new byte[] {1});
            assertThat(branch.list(10)).hasSize(1);
            Files.writeString(servers.password(), "an old token\n");
            servers.stop();
            assertThatThrownBy(() -> branch.list(10)).isInstanceOf(LinkException.class);
            servers.startAgain();
            servers.user("branch");
            assertThatThrownBy(() -> branch.list(10)).isInstanceOf(LinkException.class).hasMessageNotContaining("an old token");
            assertThatThrownBy(() -> branch.send("branch@example.org", new byte[] {2})).isInstanceOf(LinkException.class).hasMessageNotContaining("an old token");
            Files.writeString(servers.password(), "only-for-tests\n");
            branch.send("branch@example.org", new byte[] {2});
            assertThat(branch.read(branch.list(10).get(0))).containsExactly(2);
        }
    }

    private void refused(Map<String, String> options) throws Exception {
        try (Link branch = MailServers.open(options, "branch@example.org", MAX)) {
            assertThatThrownBy(() -> branch.send("branch@example.org", new byte[] {1, 2, 3})).isInstanceOf(LinkException.class).hasMessageContaining("LINK_MAIL");
            assertThatThrownBy(() -> branch.list(10)).isInstanceOf(LinkException.class).hasMessageContaining("LINK_MAIL");
        }
        assertThat(servers.servers.getReceivedMessages()).isEmpty();
        assertNothingReadable();
    }

    private void assertNothingReadable() {
        assertThat(fronts).allSatisfy(front -> assertThat(String.join("\n", front.saidReadably())).doesNotContainIgnoringCase("auth").doesNotContainIgnoringCase("login").doesNotContain("branch").doesNotContain("PASS").doesNotContain("only-for-tests"));
    }

    private Map<String, String> options(String security, String protocol, String certificate, boolean offers) throws Exception {
        boolean atOnce = security.equals("tls");
        Map<String, String> options = new HashMap<>(protocol.equals("imap") ? servers.options("branch") : servers.popOptions("branch"));
        int mailbox = protocol.equals("imap") ? servers.servers.getImap().getPort() : servers.servers.getPop3().getPort();
        options.putAll(Map.of("security", security, "certificate", made.certificate(certificate.equals("ended") ? "ended" : "server").toString(), "smtp_host", "localhost", protocol + "_host", "localhost",
                "smtp_port", Integer.toString(front(servers.servers.getSmtp().getPort(), atOnce ? Speech.AT_ONCE : Speech.SMTP, certificate, offers)),
                protocol + "_port", Integer.toString(front(mailbox, atOnce ? Speech.AT_ONCE : protocol.equals("imap") ? Speech.IMAP : Speech.POP3, certificate, offers))));
        return options;
    }

    private int front(int target, Speech speech, String certificate, boolean offers) throws Exception {
        TlsFront front = new TlsFront(target, Tls.serving(made.store(certificate), TestCertificates.PASSWORD.toCharArray(), null), speech, offers);
        fronts.add(front);
        return front.port();
    }
}
