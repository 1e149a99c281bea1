// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import java.util.Locale;

/** What a notifier lets SQL, or a Java class, do, in the order of a poll; each is a transaction of its own. Names are MobiLink's. */
public enum NotifierEvent {
    /** After connecting, and again after every reconnect. */
    BEGIN_CONNECTION,
    /** Before each poll: makes push requests of what has changed. */
    BEGIN_POLL,
    /** A query; the answer "yes" ends the notifier. */
    SHUTDOWN_QUERY,
    /** A query: the requests. The one event that a notifier cannot do without. */
    REQUEST_CURSOR,
    /** A request that expired without the confirmation that it needs, or that could not be delivered; answers what becomes of it. */
    ERROR_HANDLER,
    /** A request is over: dropped by the cursor, confirmed, or expired. Once for each. */
    REQUEST_DELETE,
    /** After the poll. */
    END_POLL,
    /** A listener has said what became of a notice, at any time; answers what becomes of the request. */
    CONFIRMATION_HANDLER,
    /** Before the connection is closed. */
    END_CONNECTION;

    /** As MobiLink writes it. */
    public String property() {
        return name().toLowerCase(Locale.ROOT);
    }
}
