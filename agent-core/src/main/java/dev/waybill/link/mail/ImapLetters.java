// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.link.Link.Arrival;
import dev.waybill.link.Link.LinkException;
import dev.waybill.link.Watching;
import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Flags.Flag;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.UIDFolder;
import jakarta.mail.search.HeaderTerm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.eclipse.angus.mail.imap.IMAPMessage;
import org.eclipse.angus.mail.imap.IMAPStore;

/** Fetches by IMAP. One agent thread at a time. */
final class ImapLetters implements Letters {

    private static final String IMAP = "imap";
    private static final String QUARANTINE = "Waybill quarantine";
    private static final int QUARANTINE_AT_MOST = 1_000;

    private final MailOptions options;
    private final Mailbox mailbox;
    private final int maxMessageBytes;
    private final Watching watching;

    ImapLetters(MailOptions options, Mailbox mailbox, int maxMessageBytes, ThreadFactory threads) {
        this.options = options;
        this.mailbox = mailbox;
        this.maxMessageBytes = maxMessageBytes;
        this.watching = new Watching(threads);
    }

    @Override
    public List<Arrival> list(int atMost) throws LinkException {
        watching.begin(wake -> new MailWatch(mailbox, wake));
        try {
            IMAPFolder folder = mailbox.folder();
            sayBounces(folder);
            return arrivals(folder, atMost);
        } catch (MessagingException | IOException failed) {
            throw mailbox.failed(failed);
        }
    }

    private List<Arrival> arrivals(IMAPFolder folder, int atMost) throws MessagingException {
        Message[] mails = folder.search(new HeaderTerm(MailText.TO, options.address().header()));
        FetchProfile profile = new FetchProfile();
        profile.add(UIDFolder.FetchProfileItem.UID);
        profile.add(FetchProfile.Item.FLAGS);
        profile.add(MailText.TO);
        folder.fetch(mails, profile);
        List<Arrival> arrivals = new ArrayList<>();
        for (Message mail : mails) { // the server's search finds parts of words, too
            if (!mail.isSet(Flag.DELETED) && MailText.isFor(mail, options.address())) {
                arrivals.add(new Arrival(String.format("%d.%010d", folder.getUIDValidity(), folder.getUID(mail)), -1, null));
            }
        }
        arrivals.sort(Comparator.comparing(Arrival::name));
        return List.copyOf(arrivals.subList(0, Math.min(atMost, arrivals.size())));
    }

    private void sayBounces(IMAPFolder folder) throws MessagingException, IOException {
        for (Message report : folder.search(new HeaderTerm("Content-Type", "delivery-status"))) {
            if (!report.isSet(Flag.DELETED)) {
                ((IMAPMessage) report).setPeek(true);
                Bounce.say(report, options.address(), options.host(IMAP), () -> remove(folder, report));
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
            throw mailbox.failed(failed);
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
            throw mailbox.failed(failed);
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
                aside.appendMessages(new Message[] {MailText.aside(mailbox.session(), options.address(), null, reason)});
                folder.copyMessages(new Message[] {mail}, aside);
                trim(aside);
                remove(folder, mail);
            }
        } catch (MessagingException failed) {
            throw mailbox.failed(failed);
        }
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
        watching.onArrival(run);
    }

    @Override
    public void close() {
        watching.close();
        mailbox.close();
    }
}
