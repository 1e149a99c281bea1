// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.link.Link.LinkException;
import jakarta.mail.MessagingException;
import jakarta.mail.event.MessageCountAdapter;
import jakarta.mail.event.MessageCountEvent;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.eclipse.angus.mail.imap.IMAPStore;

/** Waits in IDLE for mail, where the server has it, by a connection of its own; otherwise it ends, and looking has to do. One thread, and {@link #close} by any. */
final class MailWatch implements Runnable {

    private static final System.Logger LOG = System.getLogger(MailWatch.class.getName());
    /** Servers end an IDLE after half an hour; a connection that died says nothing. */
    private static final long SILENT_AT_MOST_MILLIS = 600_000;
    private static final long REST_FIRST_MILLIS = 1_000;
    private static final long REST_AT_MOST_MILLIS = 60_000;

    private final Mailbox mailbox;
    private final Runnable wake;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long rest = REST_FIRST_MILLIS;

    MailWatch(Mailbox of, Runnable wake) {
        this.mailbox = of.waiting(SILENT_AT_MOST_MILLIS);
        this.wake = wake;
    }

    @Override
    public void run() {
        while (closed.getCount() > 0) {
            try {
                if (!watch()) {
                    return;
                }
            } catch (MessagingException | LinkException | RuntimeException away) {
                LOG.log(System.Logger.Level.DEBUG, "waiting for mail was cut", away);
                pause();
            }
        }
        mailbox.close();
    }

    /** False: the server has no IDLE. */
    private boolean watch() throws MessagingException, LinkException {
        IMAPFolder folder = mailbox.folder();
        if (!((IMAPStore) folder.getStore()).hasCapability("IDLE")) {
            mailbox.close();
            return false;
        }
        folder.addMessageCountListener(new MessageCountAdapter() {
            @Override
            public void messagesAdded(MessageCountEvent event) {
                wake.run();
            }
        });
        wake.run(); // for what came before it was listened
        while (closed.getCount() > 0 && folder.isOpen()) {
            folder.idle(true);
            rest = REST_FIRST_MILLIS;
        }
        return true;
    }

    private void pause() {
        try {
            closed.await(rest, TimeUnit.MILLISECONDS);
            rest = Math.min(2 * rest, REST_AT_MOST_MILLIS);
        } catch (InterruptedException ended) {
            closed.countDown();
        }
    }

    /** The thread ends with the connection that it waits on. */
    void close() {
        closed.countDown();
        mailbox.close();
    }
}
