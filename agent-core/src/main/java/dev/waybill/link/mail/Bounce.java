// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import jakarta.mail.MessagingException;
import jakarta.mail.Part;
import java.io.IOException;

/** Delivery reports about ours are taken out and said, once. Anybody can write one, so nothing else comes of it: what was lost is asked for. Stateless; any thread. */
final class Bounce {

    private static final System.Logger LOG = System.getLogger(Bounce.class.getName());

    private Bounce() {}

    interface Removal {
        void run() throws MessagingException;
    }

    /** Does so when the report is about a mail of ours from this address. */
    static void say(Part report, MailAddress me, String host, Removal removal) throws MessagingException, IOException {
        String to = MailText.bounced(report, me);
        if (to != null) {
            removal.run();
            LOG.log(System.Logger.Level.WARNING, "A mail to " + to.replaceAll("\\p{Cntrl}", "?") + " came back as undeliverable, says " + host + ". What it carried is sent again when it is missed; see that the address is right.");
        }
    }
}
