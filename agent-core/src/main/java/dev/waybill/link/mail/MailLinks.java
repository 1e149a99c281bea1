// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link;
import dev.waybill.link.Link.LinkException;
import dev.waybill.link.LinkFactory;
import dev.waybill.publication.MessageType;
import jakarta.mail.Session;
import java.util.concurrent.ThreadFactory;

/** Opens SMTP with IMAP or POP3 by the options of the type; with {@link MailOptions} the only class here that can be loaded where Angus Mail is missing. Any thread. */
public final class MailLinks implements LinkFactory {

    static final String ARTIFACT = "org.eclipse.angus:angus-mail:2.0.5 (with jakarta.mail:jakarta.mail-api:2.1.5 and org.eclipse.angus:angus-activation:2.0.3)";

    private final ThreadFactory threads;

    public MailLinks(ThreadFactory threads) {
        this.threads = threads;
    }

    @Override
    public Link open(MessageType type, int maxMessageBytes) throws LinkException {
        MailOptions options = MailOptions.of(type);
        try {
            return Opening.open(options, maxMessageBytes, threads);
        } catch (NoClassDefFoundError missing) {
            throw new LinkException(WaybillError.LINK_MODULE.with(type.name(), ARTIFACT).getMessage(), missing);
        }
    }

    /** What cannot be loaded without the library, apart from what names it then. */
    private static final class Opening {

        static Link open(MailOptions options, int maxMessageBytes, ThreadFactory threads) throws LinkException {
            Session session = Session.getInstance(options.properties());
            MailSender sender = new MailSender(options, session);
            Letters letters = options.isPop3() ? new PopLetters(options, session, sender, maxMessageBytes) : new ImapLetters(options, new Mailbox(options), maxMessageBytes, threads);
            return new MailLink(sender, letters, maxMessageBytes);
        }
    }
}
