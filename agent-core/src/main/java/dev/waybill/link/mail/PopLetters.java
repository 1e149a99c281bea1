// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.link.Link.Arrival;
import dev.waybill.link.Link.LinkException;
import jakarta.mail.FetchProfile;
import jakarta.mail.Flags.Flag;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.angus.mail.pop3.POP3Folder;

/**
 * Fetches by POP3. A session sees the mailbox as it was when it began, keeps everybody else out of it, and deletes when it ends: so every look begins a new one, and one ends as soon as nothing of ours is left in it. Headers are asked for
 * alone (TOP), once for each mail; mail that is not ours is not fetched. One agent thread at a time.
 */
final class PopLetters implements Letters {

    private static final String POP3 = "pop3";

    private final MailOptions options;
    private final Session session;
    private final MailSender sender;
    private final int maxMessageBytes;
    /** Of the mails that are there, by the name that the server has for each. */
    private final Map<String, Sort> sorts = new HashMap<>();
    /** Ours, in the session that is open; oldest first. */
    private final Map<String, Message> ours = new LinkedHashMap<>();
    private Store store;
    private POP3Folder folder;

    PopLetters(MailOptions options, Session session, MailSender sender, int maxMessageBytes) {
        this.options = options;
        this.session = session;
        this.sender = sender;
        this.maxMessageBytes = maxMessageBytes;
    }

    private enum Sort { OURS, REPORT, FOREIGN }

    private interface Step<T> {
        T run() throws MessagingException, IOException;
    }

    @Override
    public List<Arrival> list(int atMost) throws LinkException {
        return attempt(() -> {
            look();
            List<Arrival> arrivals = ours.keySet().stream().limit(atMost).map(name -> new Arrival(name, -1, null)).toList();
            endUnlessNeeded();
            return arrivals;
        });
    }

    private void look() throws MessagingException, IOException {
        end();
        store = session.getStore(options.protocol(POP3));
        store.connect(options.host(POP3), options.port(POP3), options.user(POP3), options.password(POP3));
        folder = (POP3Folder) store.getFolder("INBOX");
        folder.open(Folder.READ_WRITE);
        Message[] mails = folder.getMessages();
        FetchProfile profile = new FetchProfile();
        profile.add(UIDFolder.FetchProfileItem.UID);
        folder.fetch(mails, profile);
        Set<String> present = new HashSet<>();
        for (Message mail : mails) {
            String name = folder.getUID(mail);
            present.add(name);
            Sort sort = sorts.get(name);
            if (sort == null) {
                sort = sort(mail);
                sorts.put(name, sort == Sort.REPORT ? Sort.FOREIGN : sort); // a report is looked at once
            }
            if (sort == Sort.OURS) {
                ours.put(name, mail);
            } else if (sort == Sort.REPORT) {
                Bounce.say(mail, options.address(), options.host(POP3), () -> mail.setFlag(Flag.DELETED, true));
            }
        }
        sorts.keySet().retainAll(present);
    }

    private Sort sort(Message mail) throws MessagingException {
        if (MailText.isFor(mail, options.address())) {
            return Sort.OURS;
        }
        String[] type = mail.getHeader("Content-Type");
        return type != null && type[0].contains("delivery-status") && mail.getSize() <= maxMailBytes() ? Sort.REPORT : Sort.FOREIGN;
    }

    /** A mail with a message in base64 and everything around it, and room to spare. */
    private long maxMailBytes() {
        return 2L * maxMessageBytes + MailText.AROUND_BYTES;
    }

    @Override
    public byte[] read(Arrival arrival) throws LinkException {
        return attempt(() -> {
            Message mail = find(arrival);
            if (mail == null) {
                return null;
            }
            return mail.getSize() > maxMailBytes() ? new byte[maxMessageBytes + 1] : MailText.attached(mail, maxMessageBytes + 1);
        });
    }

    /** Null when it is not there any more. */
    private Message find(Arrival arrival) throws MessagingException, IOException {
        if (folder == null) {
            look();
        }
        return ours.get(arrival.name());
    }

    @Override
    public void delete(Arrival arrival) throws LinkException {
        attempt(() -> {
            Message mail = find(arrival);
            if (mail != null) {
                mail.setFlag(Flag.DELETED, true);
                ours.remove(arrival.name());
            }
            endUnlessNeeded();
            return null;
        });
    }

    /** POP3 has no other folder: it goes back to the own mailbox as a mail for people, which is foreign to us from then on. */
    @Override
    public void quarantine(Arrival arrival, String reason) throws LinkException {
        attempt(() -> {
            Message mail = find(arrival);
            if (mail != null) {
                sender.sendBack(MailText.aside(session, options.address(), mail.getSize() > maxMailBytes() ? null : mail, reason));
                mail.setFlag(Flag.DELETED, true);
                ours.remove(arrival.name());
            }
            endUnlessNeeded();
            return null;
        });
    }

    private <T> T attempt(Step<T> step) throws LinkException {
        try {
            return step.run();
        } catch (MessagingException | IOException failed) {
            close();
            throw MailFailure.of(options.host(POP3), failed);
        }
    }

    private void endUnlessNeeded() throws MessagingException {
        if (ours.isEmpty()) {
            end();
        }
    }

    /** What was deleted is gone, and others may look into the mailbox. */
    private void end() throws MessagingException {
        ours.clear();
        POP3Folder ending = folder;
        folder = null;
        if (ending != null && ending.isOpen()) {
            ending.close(true);
        }
        MailFailure.closeQuietly(store);
        store = null;
    }

    /** POP3 does not tell of arrivals. */
    @Override
    public void onArrival(Runnable wake) { }

    @Override
    public void close() {
        MailFailure.closeQuietly(this::end);
        MailFailure.closeQuietly(store);
        store = null;
    }
}
