// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.util.GreenMailUtil;
import dev.waybill.link.Link.Arrival;
import dev.waybill.link.Link.LinkException;
import jakarta.mail.Flags;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail where a mailbox offers POP3 alone. */
class MailByPop3Test {

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
    void messagesArriveInTheirOrderAndAreGoneWhenTheyAreDeleted() throws Exception {
        try (Link hq = servers.link("hq", MAX); Link branch = servers.popLink("branch", MAX)) {
            for (byte i = 1; i <= 3; i++) {
                hq.send("branch", new byte[] {i});
            }
            List<Arrival> arrivals = branch.list(2);
            assertThat(arrivals).hasSize(2);
            assertThat(branch.read(arrivals.get(0))).containsExactly(1);
            branch.delete(arrivals.get(0));
            assertThat(branch.read(arrivals.get(0))).isNull();
            assertThat(branch.list(10)).hasSize(2).contains(arrivals.get(1));
        }
        assertThat(inbox("branch")).hasSize(2);
    }

    @Test
    void foreignMailIsLeftAsItIs() throws Exception {
        deliver("branch", "From: aunt@example.org\r\nTo: branch@example.org\r\nSubject: hq\r\n\r\nDear nephew\r\n");
        deliver("branch", "From: hq@example.org\r\nTo: branch@example.org\r\nX-Waybill-To: xbranch@example.org\r\nSubject: another's\r\n\r\nnothing\r\n");
        try (Link hq = servers.link("hq", MAX); Link branch = servers.popLink("branch", MAX)) {
            assertThat(branch.list(10)).isEmpty();
            hq.send("branch", new byte[] {1});
            branch.delete(branch.list(10).get(0));
            assertThat(branch.list(10)).isEmpty();
        }
        assertThat(inbox("branch")).extracting(mail -> mail.getMimeMessage().getSubject()).containsExactly("hq", "another's");
    }

    /** A session keeps everybody else out: none stays open when there is nothing of ours. */
    @Test
    void twoDatabasesShareAMailboxAndLetEachOtherIn() throws Exception {
        try (Link hq = servers.open("hq", "hq@example.org", MAX); Link one = MailServers.open(servers.popOptions("branch"), "shop1 <branch@example.org>", MAX);
                Link two = MailServers.open(servers.popOptions("branch"), "shop2 <branch@example.org>", MAX)) {
            hq.send("shop2 <branch@example.org>", new byte[] {2});
            assertThat(one.list(10)).isEmpty();
            assertThat(two.read(two.list(10).get(0))).containsExactly(2);
            two.delete(two.list(10).get(0));
            hq.send("shop1 <branch@example.org>", new byte[] {1});
            assertThat(one.read(one.list(10).get(0))).containsExactly(1);
        }
    }

    @Test
    void whatIsPutAsideGoesBackToThePersonWhoReadsTheMailbox() throws Exception {
        try (Link hq = servers.link("hq", MAX); Link branch = servers.popLink("branch", MAX)) {
            hq.send("branch", new byte[] {1, 2, 3});
            branch.quarantine(branch.list(10).get(0), "it is not signed");
            assertThat(branch.list(10)).isEmpty();
            assertThat(branch.list(10)).as("it does not come round again").isEmpty();
        }
        assertThat(inbox("branch")).singleElement().satisfies(mail -> assertThat(GreenMailUtil.getWholeMessage(mail.getMimeMessage())).contains("Put aside", "it is not signed", "message.waybill"));
    }

    @Test
    void aMailThatComesBackIsTakenOut() throws Exception {
        deliver("hq", "From: MAILER-DAEMON@example.org\r\nTo: hq@example.org\r\nSubject: undeliverable\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nno such user\r\n"
                + "--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: hq@example.org\r\nTo: gone@example.org\r\nX-Waybill-To: gone@example.org\r\nSubject: hq\r\n\r\n--b--\r\n");
        try (Link hq = servers.popLink("hq", MAX)) {
            assertThat(hq.list(10)).isEmpty();
        }
        assertThat(inbox("hq")).isEmpty();
    }

    @Test
    void aServerThatComesBackIsUsedAgain() throws Exception {
        try (Link hq = servers.link("hq", MAX); Link branch = servers.popLink("branch", MAX)) {
            assertThat(branch.list(10)).isEmpty();
            servers.stop();
            assertThatThrownBy(() -> branch.list(10)).isInstanceOf(LinkException.class).hasMessageContaining("LINK_MAIL");
            servers.startAgain();
            servers.user("hq").user("branch");
            hq.send("branch", new byte[] {3});
            assertThat(branch.read(branch.list(10).get(0))).containsExactly(3);
        }
    }

    @Test
    void twoWaysToFetchAreRefused() {
        Map<String, String> both = new HashMap<>(servers.popOptions("branch"));
        both.putAll(servers.options("branch"));
        assertThatThrownBy(() -> MailServers.open(both, "branch@example.org", MAX)).hasMessageContaining("pop3_host").hasMessageContaining("imap_host");
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
}
