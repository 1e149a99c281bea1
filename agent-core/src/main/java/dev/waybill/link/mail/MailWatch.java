// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.link.ArrivalLoop;
import dev.waybill.link.Link.LinkException;
import jakarta.mail.MessagingException;
import jakarta.mail.event.MessageCountAdapter;
import jakarta.mail.event.MessageCountEvent;
import java.time.Duration;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.eclipse.angus.mail.imap.IMAPStore;

/** Waits in IDLE for mail, where the server has it, by a connection of its own; otherwise it ends, and looking has to do. One thread, and {@link #close} by any. */
final class MailWatch extends ArrivalLoop {

    /** Servers end an IDLE after half an hour; a connection that died says nothing. */
    private static final long SILENT_AT_MOST_MILLIS = 600_000;
    private static final Duration REST_FIRST = Duration.ofSeconds(1);
    private static final Duration REST_AT_MOST = Duration.ofSeconds(60);

    private final Mailbox mailbox;
    private final Runnable wake;

    MailWatch(Mailbox of, Runnable wake) {
        super(REST_FIRST, REST_AT_MOST);
        this.mailbox = of.waiting(SILENT_AT_MOST_MILLIS);
        this.wake = wake;
    }

    @Override
    protected boolean look() throws MessagingException, LinkException {
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
        while (!isClosed() && folder.isOpen()) {
            folder.idle(true);
            works();
        }
        return true;
    }

    @Override
    protected void ended() {
        mailbox.close();
    }

    /** The thread ends with the connection that it waits on. */
    @Override
    public void close() {
        super.close();
        mailbox.close();
    }
}
