// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.mail;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link.LinkException;

/** What is said when a mail server cannot be used. Stateless; any thread. */
final class MailFailure {

    private static final System.Logger LOG = System.getLogger(MailFailure.class.getName());
    private static final int LONGEST = 500;

    private MailFailure() {}

    static LinkException of(String host, Exception cause) {
        return cause instanceof LinkException known ? known : new LinkException(WaybillError.LINK_MAIL.with(host, reason(cause)).getMessage(), cause);
    }

    private static String reason(Exception cause) {
        String text = cause.getMessage() == null ? "" : ": " + cause.getMessage().strip().replaceAll("\\s+", " ");
        return cause.getClass().getSimpleName().replaceAll("Exception$", "") + (text.length() > LONGEST ? text.substring(0, LONGEST) : text);
    }

    /** Closes it, if there is one; that it is gone already is no matter. */
    static void closeQuietly(AutoCloseable connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (Exception gone) {
            LOG.log(System.Logger.Level.DEBUG, "a connection to a mail server ended before it was closed", gone);
        }
    }
}
