// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.fuzzing.Bounds;
import dev.waybill.link.Link.LinkException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.junit.jupiter.api.Timeout;

/** Mail from anybody: what is attached is taken out within the bound, delivery reports are read, addresses understood, or all of it is refused. */
class MailFuzzTest {

    private static final int LIMIT = 50_000;
    private static final Session SESSION = Session.getInstance(new Properties());

    private final MailAddress me = me();

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void anyMailIsReadWithinItsBoundOrRefused(byte[] bytes) throws Exception {
        Bounds.within(64L << 20, () -> {
            try {
                MimeMessage mail = new MimeMessage(SESSION, new ByteArrayInputStream(bytes));
                Bounds.demand(MailText.attached(mail, LIMIT).length <= LIMIT, "more was taken out than may be");
                MailText.bounced(mail, me);
            } catch (MessagingException | IOException refused) {
                Bounds.demand(refused.getClass() != null, "refused");
            }
            String subject = MailText.subject(bytes);
            Bounds.demand(subject.length() <= 300 && subject.indexOf('\r') < 0 && subject.indexOf('\n') < 0, "a subject that begins a header of its own");
            address(new String(bytes, StandardCharsets.UTF_8));
        });
    }

    private void address(String text) throws MessagingException {
        try {
            MimeMessage mail = MailText.compose(SESSION, me, MailAddress.of(text), new byte[] {1});
            String[] to = mail.getHeader(MailText.TO);
            Bounds.demand(to != null && to.length == 1 && to[0].indexOf('\n') < 0, "an address that begins a header of its own");
        } catch (LinkException refused) {
            Bounds.demand(refused.getMessage() != null, "refused without a reason");
        }
    }

    private static MailAddress me() {
        try {
            return MailAddress.of("hq <office@example.org>");
        } catch (LinkException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
