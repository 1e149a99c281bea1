// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link.LinkException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/** Sends mail by SMTP; its connection is made when it is needed and made anew when it is gone. One thread. */
final class MailSender {

    private static final String SMTP = "smtp";
    /** What headers and the text for people take, at most. */
    private static final int AROUND_BYTES = 4_000;
    /** Base64 makes a line of so many letters, with its end, of so many bytes. */
    private static final int LINE_BYTES = 54;
    private static final int LINE_LETTERS = 74;

    private final MailOptions options;
    private final Session session;
    private SMTPTransport transport;
    private long serversMost = Long.MAX_VALUE;

    MailSender(MailOptions options, Session session) {
        this.options = options;
        this.session = session;
    }

    /** What fits into a mail that the server takes, by what it said when it was last connected. */
    int sendableBytes() {
        long lines = Math.max(0, serversMost - AROUND_BYTES - LINE_LETTERS) / LINE_LETTERS;
        return (int) Math.min(Integer.MAX_VALUE, lines * LINE_BYTES);
    }

    /** A message to somebody else. */
    void send(String address, byte[] message) throws LinkException {
        MailAddress to = MailAddress.of(address);
        try {
            MimeMessage mail = MailText.compose(session, options.address(), to, message);
            connect();
            demandRoom(message.length);
            transport.sendMessage(mail, new InternetAddress[] {new InternetAddress(to.mailbox(), true)});
        } catch (MessagingException failed) {
            throw failed(failed);
        }
    }

    /** A note to the own mailbox. */
    void sendBack(MimeMessage note) throws LinkException {
        send(options.address(), note);
    }

    /** A note to somebody. */
    void send(MailAddress to, MimeMessage note) throws LinkException {
        try {
            connect();
            transport.sendMessage(note, new InternetAddress[] {new InternetAddress(to.mailbox(), true)});
        } catch (MessagingException failed) {
            throw failed(failed);
        }
    }

    private void connect() throws MessagingException, LinkException {
        if (transport == null || !transport.isConnected()) {
            transport = (SMTPTransport) session.getTransport(options.protocol(SMTP));
            String user = options.user(SMTP);
            transport.connect(options.host(SMTP), options.port(SMTP), user, user == null ? null : options.password(SMTP));
            String most = transport.getExtensionParameter("SIZE");
            serversMost = most != null && most.matches("[1-9]\\d{0,15}") ? Long.parseLong(most) : Long.MAX_VALUE;
        }
    }

    /** What was cut before the server said what it takes is cut again. */
    private void demandRoom(int bytes) throws LinkException {
        if (bytes > sendableBytes()) {
            throw new LinkException(WaybillError.LINK_MAIL.with(options.host(SMTP), "it takes mails of " + serversMost + " bytes, so messages of " + sendableBytes() + ", and this one has " + bytes
                    + "; it is cut again, as long as that is not less than a message has at least").getMessage(), null);
        }
    }

    private LinkException failed(MessagingException cause) {
        close();
        return MailFailure.of(options.host(SMTP), cause);
    }

    void close() {
        MailFailure.closeQuietly(transport);
        transport = null;
    }
}
