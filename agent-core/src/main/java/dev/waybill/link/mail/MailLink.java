// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link;
import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Flags.Flag;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.UIDFolder;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.search.HeaderTerm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.eclipse.angus.mail.imap.IMAPMessage;
import org.eclipse.angus.mail.imap.IMAPStore;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/** SMTP with IMAP. One agent thread at a time. */
final class MailLink implements Link {

    private static final System.Logger LOG = System.getLogger(MailLink.class.getName());
    private static final String QUARANTINE = "Waybill quarantine";
    private static final int QUARANTINE_AT_MOST = 1_000;
    private static final int LONGEST_REASON = 2_000;
    /** What headers and the text for people take, at most. */
    private static final int AROUND_BYTES = 4_000;

    private final MailOptions options;
    private final Mailbox mailbox;
    private final int maxMessageBytes;
    private final ThreadFactory threads;
    private Runnable wake;
    private MailWatch watch;

    MailLink(MailOptions options, Mailbox mailbox, int maxMessageBytes, ThreadFactory threads) {
        this.options = options;
        this.mailbox = mailbox;
        this.maxMessageBytes = maxMessageBytes;
        this.threads = threads;
    }

    @Override
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    @Override
    public void send(String address, byte[] message) throws LinkException {
        MailAddress to = MailAddress.of(address);
        try {
            MimeMessage mail = MailText.compose(mailbox.session(), options.address(), to, message.clone());
            SMTPTransport transport = (SMTPTransport) mailbox.transport();
            demandRoom(transport, message.length);
            transport.sendMessage(mail, new InternetAddress[] {new InternetAddress(to.mailbox(), true)});
        } catch (MessagingException failed) {
            throw mailbox.failed(mailbox.host("smtp"), failed);
        }
    }

    /** What the server says it takes, compared with what base64 makes of a message. */
    private void demandRoom(SMTPTransport transport, int bytes) throws LinkException {
        String most = transport.getExtensionParameter("SIZE");
        long needed = bytes / 54L * 74 + 74 + AROUND_BYTES;
        if (most != null && most.matches("[1-9]\\d{0,15}") && Long.parseLong(most) < needed) {
            throw new LinkException(WaybillError.LINK_MAIL.with(mailbox.host("smtp"), "it takes mails of " + most + " bytes and this one has " + needed
                    + "; make messages shorter (waybill.message-bytes, agent --max-message-bytes)").getMessage(), null);
        }
    }

    @Override
    public List<Arrival> list(int atMost) throws LinkException {
        beginToWatch();
        try {
            IMAPFolder folder = mailbox.folder();
            sayBounces(folder);
            return arrivals(folder, atMost);
        } catch (MessagingException | IOException failed) {
            throw failed instanceof LinkException known ? known : mailbox.failed(mailbox.host("imap"), failed);
        }
    }

    private List<Arrival> arrivals(IMAPFolder folder, int atMost) throws MessagingException {
        String me = options.address().header();
        Message[] mails = folder.search(new HeaderTerm(MailText.TO, me));
        FetchProfile profile = new FetchProfile();
        profile.add(UIDFolder.FetchProfileItem.UID);
        profile.add(FetchProfile.Item.FLAGS);
        profile.add(MailText.TO);
        folder.fetch(mails, profile);
        List<Arrival> arrivals = new ArrayList<>();
        for (Message mail : mails) { // the server's search finds parts of words, too
            String[] to = mail.getHeader(MailText.TO);
            if (!mail.isSet(Flag.DELETED) && to != null && to.length == 1 && to[0].strip().equalsIgnoreCase(me)) {
                arrivals.add(new Arrival(String.format("%d.%010d", folder.getUIDValidity(), folder.getUID(mail)), -1, null));
            }
        }
        arrivals.sort(Comparator.comparing(Arrival::name));
        return List.copyOf(arrivals.subList(0, Math.min(atMost, arrivals.size())));
    }

    /** Delivery reports about ours are taken out and said. Nobody vouches for them, so nothing else comes of it: what was lost is asked for. */
    private void sayBounces(IMAPFolder folder) throws MessagingException, IOException {
        for (Message report : folder.search(new HeaderTerm("Content-Type", "delivery-status"))) {
            ((IMAPMessage) report).setPeek(true);
            String to = report.isSet(Flag.DELETED) ? null : MailText.bounced(report, options.address());
            if (to != null) {
                remove(folder, report);
                LOG.log(System.Logger.Level.WARNING, "A mail to " + to.replaceAll("\\p{Cntrl}", "?") + " came back as undeliverable, says " + mailbox.host("imap") + ". What it carried is sent again when it is missed; see that the address is right.");
            }
        }
    }

    @Override
    public byte[] read(Arrival arrival) throws LinkException {
        try {
            IMAPMessage mail = find(mailbox.folder(), arrival);
            if (mail == null) {
                return null;
            }
            mail.setPeek(true);
            return MailText.attached(mail, maxMessageBytes + 1);
        } catch (MessagingException | IOException failed) {
            throw failed instanceof LinkException known ? known : mailbox.failed(mailbox.host("imap"), failed);
        }
    }

    /** Null when it is not there any more, or the server has numbered all mails anew. */
    private static IMAPMessage find(IMAPFolder folder, Arrival arrival) throws MessagingException {
        String[] numbers = arrival.name().split("\\.");
        IMAPMessage mail = Long.parseLong(numbers[0]) == folder.getUIDValidity() ? (IMAPMessage) folder.getMessageByUID(Long.parseLong(numbers[1])) : null;
        return mail == null || mail.isExpunged() || mail.isSet(Flag.DELETED) ? null : mail;
    }

    @Override
    public void delete(Arrival arrival) throws LinkException {
        try {
            IMAPFolder folder = mailbox.folder();
            IMAPMessage mail = find(folder, arrival);
            if (mail != null) {
                remove(folder, mail);
            }
        } catch (MessagingException failed) {
            throw mailbox.failed(mailbox.host("imap"), failed);
        }
    }

    /** This one alone: a server that can only remove all that anybody marked keeps it, marked, and it is not listed. */
    private static void remove(IMAPFolder folder, Message mail) throws MessagingException {
        mail.setFlag(Flag.DELETED, true);
        if (((IMAPStore) folder.getStore()).hasCapability("UIDPLUS")) {
            folder.expunge(new Message[] {mail});
        }
    }

    @Override
    public void quarantine(Arrival arrival, String reason) throws LinkException {
        try {
            IMAPFolder folder = mailbox.folder();
            IMAPMessage mail = find(folder, arrival);
            if (mail != null) {
                IMAPFolder aside = mailbox.folder(QUARANTINE);
                aside.appendMessages(new Message[] {note(mail, reason)});
                folder.copyMessages(new Message[] {mail}, aside);
                trim(aside);
                remove(folder, mail);
            }
        } catch (MessagingException failed) {
            throw mailbox.failed(mailbox.host("imap"), failed);
        }
    }

    private MimeMessage note(IMAPMessage mail, String reason) throws MessagingException {
        MimeMessage note = new MimeMessage(mailbox.session());
        note.setFrom(new InternetAddress(options.address().mailbox(), true));
        note.setSubject("Put aside: the mail after this one", "UTF-8");
        note.setText(reason.substring(0, Math.min(LONGEST_REASON, reason.length())) + "\r\n", "UTF-8");
        note.setSentDate(mail.getReceivedDate());
        return note;
    }

    private static void trim(IMAPFolder aside) throws MessagingException {
        aside.open(Folder.READ_WRITE);
        try {
            int tooMany = aside.getMessageCount() - 2 * QUARANTINE_AT_MOST;
            if (tooMany > 0) {
                aside.setFlags(1, tooMany, new Flags(Flag.DELETED), true);
            }
        } finally {
            aside.close(true);
        }
    }

    @Override
    public void onArrival(Runnable run) {
        wake = run;
    }

    private void beginToWatch() {
        if (wake != null && watch == null) {
            watch = new MailWatch(mailbox, wake);
            threads.newThread(watch).start();
        }
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        mailbox.close();
    }
}
