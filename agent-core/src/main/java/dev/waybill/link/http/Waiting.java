// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import dev.waybill.link.Link.LinkException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Requests that wait for something to arrive: none holds a thread. Each mailbox has one; a newer one answers the older. Any thread.
 */
final class Waiting {

    private final Mailboxes mailboxes;
    private final Executor answers;
    private final Map<String, Request> requests = new ConcurrentHashMap<>();

    /** @param answers write answers, which may take as long as a client likes */
    Waiting(Mailboxes mailboxes, Executor answers) {
        this.mailboxes = mailboxes;
        this.answers = answers;
    }

    private record Request(Exchange exchange, String tag, int atMost, long untilNanos) {}

    /** Lets it wait until the mailbox differs from what this tag is of. */
    void add(String owner, Exchange exchange, String tag, int atMost, Duration longest) {
        Request older = requests.put(owner, new Request(exchange, tag, atMost, System.nanoTime() + longest.toNanos()));
        if (older != null) {
            answer(older, null);
        }
    }

    /** Answers those that have something to hear, or have waited long enough; to be called again and again. */
    void look() {
        for (Iterator<Map.Entry<String, Request>> each = requests.entrySet().iterator(); each.hasNext();) {
            Map.Entry<String, Request> entry = each.next();
            Request request = entry.getValue();
            Mailboxes.Listing listing = null;
            try {
                listing = mailboxes.list(entry.getKey(), request.atMost());
            } catch (LinkException unreadable) {
                request.exchange().abandon(unreadable);
                requests.remove(entry.getKey(), request);
                continue;
            }
            boolean news = !listing.tag().equals(request.tag());
            if ((news || System.nanoTime() - request.untilNanos() >= 0) && requests.remove(entry.getKey(), request)) {
                answer(request, listing);
            }
        }
    }

    private void answer(Request request, Mailboxes.Listing listing) {
        answers.execute(() -> {
            try {
                if (listing == null) {
                    request.exchange().answer(304);
                } else {
                    request.exchange().content(listing.text().getBytes(StandardCharsets.UTF_8), listing.tag());
                }
            } catch (IOException gone) {
                request.exchange().abandon(gone);
            }
        });
    }

    /** Nobody waits any longer. */
    void close() {
        requests.values().forEach(request -> answer(request, null));
        requests.clear();
    }
}
