// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import dev.waybill.link.Link.LinkException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Waits at the head office for something to arrive, one request after the other, each of which waits long. What goes wrong here is said by the agent's own requests; this only rests longer and longer. One thread, and {@link #close} by any.
 */
final class ArrivalWatch implements Runnable {

    private static final System.Logger LOG = System.getLogger(ArrivalWatch.class.getName());
    private static final Duration WAIT = Duration.ofSeconds(25);
    private static final long REST_FIRST_MILLIS = 100;
    private static final long REST_AT_MOST_MILLIS = 10_000;
    private static final int LISTING_BYTES = 8 << 20;

    private final Office office;
    private final String address;
    private final Runnable wake;
    private final CountDownLatch closed = new CountDownLatch(1);
    private String tag = "\"\"";
    private long rest = REST_FIRST_MILLIS;

    ArrivalWatch(Office office, String address, Runnable wake) {
        this.office = office;
        this.address = address;
        this.wake = wake;
    }

    @Override
    public void run() {
        while (closed.getCount() > 0) {
            try {
                look();
                rest = REST_FIRST_MILLIS;
            } catch (LinkException | RuntimeException away) {
                LOG.log(System.Logger.Level.DEBUG, "waiting for arrivals was cut", away);
                pause(rest);
                rest = Math.min(2 * rest, REST_AT_MOST_MILLIS);
            }
        }
    }

    private void look() throws LinkException {
        HttpRequest.Builder request = office.to(address, null, "?wait=" + WAIT.toSeconds()).header("If-None-Match", tag);
        HttpResponse<BoundedBody> answer = office.ask(request, LISTING_BYTES, WAIT);
        if (answer.statusCode() == 200) {
            String before = tag;
            tag = answer.headers().firstValue("ETag").orElse(before);
            if (answer.body().bytes().length > 0) {
                wake.run();
            }
            if (tag.equals(before)) {
                pause(REST_AT_MOST_MILLIS); // somebody in between takes tags away: without them this would never wait
            }
        } else if (answer.statusCode() != 304) {
            throw office.refused(answer.statusCode());
        }
    }

    private void pause(long millis) {
        try {
            closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException ended) {
            closed.countDown();
        }
    }

    /** The thread ends with the request that it waits in. */
    void close() {
        closed.countDown();
    }
}
