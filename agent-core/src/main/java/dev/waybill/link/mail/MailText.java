// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.change.MalformedException;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import jakarta.activation.DataHandler;
import jakarta.mail.BodyPart;
import jakarta.mail.Message;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Date;

/** Messages as mail and back, as the package page draws them. Stateless; any thread. */
final class MailText {

    /** By this header a recipient finds what is his. */
    static final String TO = "X-Waybill-To";

    /** What headers and the text for people take, at most, many times over. */
    static final int AROUND_BYTES = 100_000;

    private static final int LONGEST_REASON = 2_000;
    private static final String TYPE = "application/vnd.waybill";
    private static final String UTF_8 = "UTF-8";
    private static final int PARTS_AT_MOST = 10;
    private static final int DEPTH_AT_MOST = 3;
    private static final byte[] NOTHING = new byte[0];

    private MailText() {}

    static MimeMessage compose(Session session, MailAddress from, MailAddress to, byte[] message) throws MessagingException {
        String subject = subject(message);
        MimeMessage mail = new MimeMessage(session);
        mail.setFrom(new InternetAddress(from.mailbox(), true));
        mail.setRecipient(RecipientType.TO, new InternetAddress(to.mailbox(), true));
        mail.setSubject(subject, UTF_8);
        mail.setSentDate(new Date());
        mail.setHeader(TO, to.header());
        mail.setHeader("Auto-Submitted", "auto-generated");
        MimeBodyPart text = new MimeBodyPart();
        text.setText("This mail carries changes between two databases, by Waybill: " + subject + ".\r\nThe program of its recipient takes it out of the mailbox. There is nothing to be done with it by hand.\r\n", UTF_8);
        MimeBodyPart attachment = new MimeBodyPart();
        attachment.setDataHandler(new DataHandler(new ByteArrayDataSource(message, TYPE)));
        attachment.setHeader("Content-Transfer-Encoding", "base64");
        attachment.setFileName("message.waybill");
        attachment.setDisposition(Part.ATTACHMENT);
        mail.setContent(new MimeMultipart(text, attachment));
        mail.saveChanges();
        return mail;
    }

    /** {@code hq → shop1 (0-0000923357-0000942712-0)}; letters that have no place in a header become question marks. */
    static String subject(byte[] message) {
        try {
            Envelope envelope = new MessageCodec(MessageBounds.of(Math.max(1, message.length))).peek(message).envelope();
            String subject = envelope.sender() + " → " + envelope.recipient() + " " + envelope.header();
            return subject.replaceAll("[\\p{Cntrl}\\u2028\\u2029]", "?").substring(0, Math.min(300, subject.length()));
        } catch (MalformedException unreadable) {
            return "Waybill message";
        }
    }

    /** The message that is attached, or its first so many bytes; empty when there is none, which is no message either. */
    static byte[] attached(Part mail, int atMost) throws MessagingException, IOException {
        byte[] found = attached(mail, atMost, 0);
        return found == null ? NOTHING : found;
    }

    private static byte[] attached(Part part, int atMost, int depth) throws MessagingException, IOException {
        if (part.isMimeType(TYPE) && part.getSize() > 2L * atMost + AROUND_BYTES) {
            return new byte[atMost]; // the library would fetch it whole; that it is too long is all that anybody wants to know
        }
        if (part.isMimeType(TYPE)) {
            try (InputStream in = part.getInputStream()) {
                return in.readNBytes(atMost);
            }
        }
        if (part.isMimeType("multipart/*") && depth < DEPTH_AT_MOST && part.getContent() instanceof Multipart parts) {
            for (int i = 0; i < Math.min(PARTS_AT_MOST, parts.getCount()); i++) {
                BodyPart inner = parts.getBodyPart(i);
                byte[] found = attached(inner, atMost, depth + 1);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /** Whether it is for this address, and for no other that shares the mailbox. */
    static boolean isFor(Message mail, MailAddress me) throws MessagingException {
        String[] to = mail.getHeader(TO);
        return to != null && to.length == 1 && to[0].strip().equalsIgnoreCase(me.header());
    }

    /**
     * A mail for people, who find in it why another one was put aside.
     *
     * @param mail goes along; null: it lies beside
     */
    static MimeMessage aside(Session session, MailAddress me, Message mail, String reason) throws MessagingException {
        MimeMessage note = new MimeMessage(session);
        note.setFrom(new InternetAddress(me.mailbox(), true));
        note.setRecipient(RecipientType.TO, new InternetAddress(me.mailbox(), true));
        note.setSubject(mail == null ? "Put aside: the mail after this one" : "Put aside: the mail in this one", UTF_8);
        note.setSentDate(new Date());
        note.setHeader("Auto-Submitted", "auto-generated");
        String text = reason.substring(0, Math.min(LONGEST_REASON, reason.length())) + "\r\n";
        if (mail == null) {
            note.setText(text, UTF_8);
        } else {
            MimeBodyPart words = new MimeBodyPart();
            words.setText(text, UTF_8);
            MimeBodyPart attached = new MimeBodyPart();
            attached.setContent(mail, "message/rfc822");
            note.setContent(new MimeMultipart(words, attached));
        }
        note.saveChanges();
        return note;
    }

    /** Which recipient a delivery report is about, when it is about a mail of ours from this address; null otherwise. */
    static String bounced(Part report, MailAddress me) throws MessagingException, IOException {
        String text;
        try (InputStream in = report.getInputStream()) {
            text = new String(in.readNBytes(64 << 10), StandardCharsets.ISO_8859_1);
        }
        String to = line(text, TO);
        String from = line(text, "From");
        return to != null && from != null && from.contains(me.mailbox()) ? to : null;
    }

    private static String line(String text, String header) {
        return text.lines().filter(line -> line.regionMatches(true, 0, header + ":", 0, header.length() + 1)).map(line -> line.substring(header.length() + 1).strip()).reduce((first, last) -> last).orElse(null);
    }
}
