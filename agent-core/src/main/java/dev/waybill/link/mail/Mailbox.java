// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.link.Link.LinkException;
import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.util.Properties;
import org.eclipse.angus.mail.imap.IMAPFolder;

/** The connection to the IMAP server, made when it is needed and made anew when it is gone. One thread. */
final class Mailbox {

    private static final String IMAP = "imap";

    private final MailOptions options;
    private final Session session;
    private Store store;
    private IMAPFolder folder;

    Mailbox(MailOptions options) throws LinkException {
        this(options, options.properties());
    }

    private Mailbox(MailOptions options, Properties properties) {
        this.options = options;
        this.session = Session.getInstance(properties);
    }

    /** The same with a connection of its own, on which the server may be silent for so long. */
    Mailbox waiting(long millis) {
        Properties properties = new Properties();
        properties.putAll(session.getProperties());
        properties.setProperty("mail." + options.protocol(IMAP) + ".timeout", Long.toString(millis));
        return new Mailbox(options, properties);
    }

    Session session() {
        return session;
    }

    /** The folder where mail arrives, as it is now. */
    IMAPFolder folder() throws MessagingException, LinkException {
        if (folder == null || !folder.isOpen() || !store.isConnected()) {
            close();
            store = session.getStore(options.protocol(IMAP));
            store.connect(options.host(IMAP), options.port(IMAP), options.user(IMAP), options.password(IMAP));
            folder = (IMAPFolder) store.getFolder(options.folder());
            folder.open(Folder.READ_WRITE);
        }
        folder.getMessageCount(); // lets the server say what is new
        return folder;
    }

    /** Another folder beside it, made if it is not there. */
    IMAPFolder folder(String name) throws MessagingException, LinkException {
        folder();
        IMAPFolder other = (IMAPFolder) store.getFolder(name);
        if (!other.exists()) {
            other.create(Folder.HOLDS_MESSAGES);
        }
        return other;
    }

    /** What failed begins anew with the next call. */
    LinkException failed(Exception cause) {
        close();
        return MailFailure.of(options.host(IMAP), cause);
    }

    void close() {
        MailFailure.closeQuietly(store);
        store = null;
        folder = null;
    }
}
