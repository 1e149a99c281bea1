// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link;
import dev.waybill.link.Link.LinkException;
import dev.waybill.link.LinkFactory;
import dev.waybill.publication.MessageType;
import java.util.concurrent.ThreadFactory;

/** Opens SMTP with IMAP by the options of the type; the only class here that can be loaded where Angus Mail is missing. Any thread. */
public final class MailLinks implements LinkFactory {

    private static final String ARTIFACT = "org.eclipse.angus:angus-mail:2.0.5 (with jakarta.mail:jakarta.mail-api:2.1.5 and org.eclipse.angus:angus-activation:2.0.3)";

    private final ThreadFactory threads;

    public MailLinks(ThreadFactory threads) {
        this.threads = threads;
    }

    @Override
    public Link open(MessageType type, int maxMessageBytes) throws LinkException {
        MailOptions options = MailOptions.of(type);
        try {
            return new MailLink(options, new Mailbox(options), maxMessageBytes, threads);
        } catch (NoClassDefFoundError missing) {
            throw new LinkException(WaybillError.LINK_MODULE.with(type.name(), ARTIFACT).getMessage(), missing);
        }
    }
}
