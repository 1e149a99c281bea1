// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link.LinkException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Map;

/** Sends short mails for people and for what turns mail into other things: a subject, a text, nothing to be answered. By the options of {@link MailLinks}, those of SMTP alone. One thread. */
public final class MailNotes implements AutoCloseable {

    private final Notes notes;

    private MailNotes(Notes notes) {
        this.notes = notes;
    }

    /** Apart, so that this class can be loaded where the library is missing. */
    private interface Notes {
        void send(MailAddress to, String subject, String text) throws LinkException;

        void close();
    }

    /**
     * Not connected yet.
     *
     * @param sender its address
     * @throws LinkException an option is missing or wrong, or there is no mail library
     */
    public static MailNotes of(String sender, Map<String, String> options) throws LinkException {
        MailOptions read = MailOptions.ofSender(MailAddress.of(sender), options);
        try {
            return new MailNotes(new ByLibrary(read));
        } catch (NoClassDefFoundError missing) {
            throw new LinkException(WaybillError.LINK_MODULE.with("SMTP", MailLinks.ARTIFACT).getMessage(), missing);
        }
    }

    /** Sends one; what cannot stand in a subject is a space there. */
    public void send(String address, String subject, String text) throws LinkException {
        notes.send(MailAddress.of(address), subject.replaceAll("\\p{Cntrl}", " "), text);
    }

    @Override
    public void close() {
        notes.close();
    }

    private static final class ByLibrary implements Notes {

        private final MailOptions options;
        private final Session session;
        private final MailSender sender;

        private ByLibrary(MailOptions options) throws LinkException {
            this.options = options;
            this.session = Session.getInstance(options.properties());
            this.sender = new MailSender(options, session);
        }

        @Override
        public void send(MailAddress to, String subject, String text) throws LinkException {
            try {
                MimeMessage note = new MimeMessage(session);
                note.setFrom(new InternetAddress(options.address().mailbox(), true));
                note.setRecipient(MimeMessage.RecipientType.TO, new InternetAddress(to.mailbox(), true));
                note.setSubject(subject, StandardCharsets.UTF_8.name());
                note.setSentDate(new Date());
                note.setHeader("Auto-Submitted", "auto-generated");
                note.setText(text, StandardCharsets.UTF_8.name());
                note.saveChanges();
                sender.send(to, note);
            } catch (MessagingException unfit) {
                throw MailFailure.of(options.host("smtp"), unfit);
            }
        }

        @Override
        public void close() {
            sender.close();
        }
    }
}
