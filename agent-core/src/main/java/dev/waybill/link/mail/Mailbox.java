// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link.LinkException;
import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import java.util.Properties;
import org.eclipse.angus.mail.imap.IMAPFolder;

/** The connections to the mail servers, made when they are needed and made anew when they are gone. One thread. */
final class Mailbox {

    private static final System.Logger LOG = System.getLogger(Mailbox.class.getName());

    private final MailOptions options;
    private final Session session;
    private Transport transport;
    private Store store;
    private IMAPFolder folder;

    Mailbox(MailOptions options) {
        this(options, options.properties());
    }

    private Mailbox(MailOptions options, Properties properties) {
        this.options = options;
        this.session = Session.getInstance(properties);
    }

    /** The same with a connection of its own, on which the server may be silent for so long. */
    Mailbox waiting(long millis) {
        Properties properties = options.properties();
        properties.setProperty("mail." + options.protocol("imap") + ".timeout", Long.toString(millis));
        return new Mailbox(options, properties);
    }

    MailAddress address() {
        return options.address();
    }

    Session session() {
        return session;
    }

    Transport transport() throws MessagingException, LinkException {
        if (transport == null || !transport.isConnected()) {
            transport = session.getTransport(options.protocol("smtp"));
            String user = options.user("smtp");
            transport.connect(options.host("smtp"), options.port("smtp"), user, user == null ? null : options.password("smtp"));
        }
        return transport;
    }

    /** The folder where mail arrives, as it is now. */
    IMAPFolder folder() throws MessagingException, LinkException {
        if (folder == null || !folder.isOpen() || !store.isConnected()) {
            closeStore();
            store = session.getStore(options.protocol("imap"));
            store.connect(options.host("imap"), options.port("imap"), options.user("imap"), options.password("imap"));
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
    LinkException failed(String host, Exception cause) {
        close();
        return new LinkException(WaybillError.LINK_MAIL.with(host, reason(cause)).getMessage(), cause);
    }

    private static String reason(Exception cause) {
        String text = cause.getMessage() == null ? "" : ": " + cause.getMessage().strip().replaceAll("\\s+", " ");
        return cause.getClass().getSimpleName().replaceAll("Exception$", "") + (text.length() > 500 ? text.substring(0, 500) : text);
    }

    String host(String protocol) {
        return options.host(protocol);
    }

    void close() {
        closeStore();
        quietly(transport);
        transport = null;
    }

    private void closeStore() {
        quietly(store);
        store = null;
        folder = null;
    }

    private static void quietly(AutoCloseable connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (Exception gone) {
            LOG.log(System.Logger.Level.DEBUG, "a connection to a mail server ended before it was closed", gone);
        }
    }
}
