// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import dev.waybill.link.Link.LinkException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Requests that wait for something to arrive: none holds a thread. Each mailbox has one; a newer one answers the older. Any thread.
 */
final class Waiting {

    private static final long LOOK_ANYWAY_NANOS = 5_000_000_000L;

    private final Mailboxes mailboxes;
    private final Executor answers;
    private final Map<String, Request> requests = new ConcurrentHashMap<>();

    /** @param answers write answers, which may take as long as a client likes */
    Waiting(Mailboxes mailboxes, Executor answers) {
        this.mailboxes = mailboxes;
        this.answers = answers;
    }

    /** One that waits, and what was seen of its mailbox. */
    private static final class Request {

        private final Exchange exchange;
        private final String tag;
        private final int atMost;
        private final long untilNanos;
        private Instant touched;
        private long lookAgainNanos;

        private Request(Exchange exchange, String tag, int atMost, long untilNanos) {
            this.exchange = exchange;
            this.tag = tag;
            this.atMost = atMost;
            this.untilNanos = untilNanos;
        }
    }

    /** Lets it wait until the mailbox differs from what this tag is of. */
    void add(String owner, Exchange exchange, String tag, int atMost, Duration longest) {
        Request older = requests.put(owner, new Request(exchange, tag, atMost, System.nanoTime() + longest.toNanos()));
        if (older != null) {
            answer(older, null);
        }
    }

    /** Answers those that have something to hear, or have waited long enough; to be called again and again. */
    void look() {
        for (Map.Entry<String, Request> entry : requests.entrySet()) {
            Request request = entry.getValue();
            try {
                Mailboxes.Listing news = news(entry.getKey(), request);
                if ((news != null || System.nanoTime() - request.untilNanos >= 0) && requests.remove(entry.getKey(), request)) {
                    answer(request, news);
                }
            } catch (LinkException unreadable) {
                request.exchange.abandon(unreadable);
                requests.remove(entry.getKey(), request);
            }
        }
    }

    /** What lies there, when that is something else than the client knows. A thousand directories are not read ten times a second: their times tell, and now and then all are looked into in case they do not. */
    private Mailboxes.Listing news(String owner, Request request) throws LinkException {
        long now = System.nanoTime();
        Instant touched = mailboxes.touched(owner);
        boolean same = touched != null && touched.equals(request.touched);
        if (same && now - request.lookAgainNanos < 0) {
            return null;
        }
        request.touched = touched == null || mailboxes.isJustNow(touched) ? null : touched;
        request.lookAgainNanos = now + LOOK_ANYWAY_NANOS;
        Mailboxes.Listing listing = mailboxes.list(owner, request.atMost);
        return listing.tag().equals(request.tag) ? null : listing;
    }

    private void answer(Request request, Mailboxes.Listing listing) {
        answers.execute(() -> {
            try {
                if (listing == null) {
                    request.exchange.answer(304);
                } else {
                    request.exchange.content(listing.text().getBytes(StandardCharsets.UTF_8), listing.tag());
                }
            } catch (IOException gone) {
                request.exchange.abandon(gone);
            }
        });
    }

    /** Nobody waits any longer. */
    void close() {
        requests.values().forEach(request -> answer(request, null));
        requests.clear();
    }
}
