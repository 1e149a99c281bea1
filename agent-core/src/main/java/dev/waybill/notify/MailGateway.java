// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.link.mail.MailNotes;
import dev.waybill.notice.Notice;
import java.io.IOException;

/** Notices as mail, for people and for what turns mail into other things; nobody confirms them. One thread at a time. */
final class MailGateway implements Gateway {

    private final NotifyProperties properties;
    private MailNotes notes;

    MailGateway(NotifyProperties properties) {
        this.properties = properties;
    }

    @Override
    public synchronized void send(Notice notice, String address) throws IOException {
        if (notes == null) {
            notes = MailNotes.of(properties.text("sender", ""), properties.settings());
        }
        notes.send(address, notice.subject(), notice.text());
    }

    @Override
    public synchronized void close() {
        if (notes != null) {
            notes.close();
        }
    }
}
