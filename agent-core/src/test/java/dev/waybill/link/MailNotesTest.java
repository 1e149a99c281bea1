// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.link.mail.MailNotes;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Short mails to people. */
class MailNotesTest {

    @Test
    void noteArrivesAsItIsAndCanAddNeitherHeaderNorRecipient(@TempDir Path temp) throws Exception {
        try (MailServers servers = new MailServers(temp).user("hq").user("clerk").user("spy"); MailNotes notes = MailNotes.of("hq@example.org", servers.options("hq"))) {
            notes.send("clerk@example.org", "prices\r\nBcc: spy@example.org\r\n\r\nno body", "[prices]ü new\r\n.\r\nQUIT");
            MimeMessage[] mails = servers.servers.getReceivedMessages();
            assertThat(mails).hasSize(1);
            assertThat(mails[0].getSubject()).isEqualTo("prices  Bcc: spy@example.org    no body");
            assertThat(mails[0].getHeader("Bcc")).isNull();
            assertThat(mails[0].getHeader("Auto-Submitted")).containsExactly("auto-generated");
            assertThat(mails[0].getAllRecipients()).singleElement().hasToString("clerk@example.org");
            assertThat(mails[0].getContent().toString()).startsWith("[prices]ü new").contains("QUIT");
            assertThatThrownBy(() -> notes.send("clerk@example.org, spy@example.org", "s", "t")).hasMessageContaining("is no address");
        }
    }

    @Test
    void passwordDoesNotTravelReadably() {
        assertThatThrownBy(() -> MailNotes.of("hq@example.org", Map.of("smtp_host", "mail.example.org", "security", "none"))).hasMessageContaining("readably");
        assertThatThrownBy(() -> MailNotes.of("hq@example.org", Map.of())).hasMessageContaining("smtp_host");
    }
}
