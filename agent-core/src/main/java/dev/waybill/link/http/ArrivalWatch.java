// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import dev.waybill.link.ArrivalLoop;
import dev.waybill.link.Link.LinkException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Waits at the head office for something to arrive, one request after the other, each of which waits long. One thread, and {@link #close} by any. */
final class ArrivalWatch extends ArrivalLoop {

    private static final Duration WAIT = Duration.ofSeconds(25);
    private static final Duration REST_FIRST = Duration.ofMillis(100);
    private static final Duration REST_AT_MOST = Duration.ofSeconds(10);
    private static final int LISTING_BYTES = 8 << 20;

    private final Office office;
    private final String address;
    private final Runnable wake;
    private String tag = "\"\"";

    ArrivalWatch(Office office, String address, Runnable wake) {
        super(REST_FIRST, REST_AT_MOST);
        this.office = office;
        this.address = address;
        this.wake = wake;
    }

    @Override
    protected boolean look() throws LinkException {
        HttpRequest.Builder request = office.to(address, null, "?wait=" + WAIT.toSeconds()).header("If-None-Match", tag);
        HttpResponse<BoundedBody> answer = office.ask(request, LISTING_BYTES, WAIT);
        if (answer.statusCode() == 200) {
            String before = tag;
            tag = answer.headers().firstValue("ETag").orElse(before);
            if (answer.body().bytes().length > 0) {
                wake.run();
            }
            if (tag.equals(before)) {
                rest(REST_AT_MOST); // somebody in between takes tags away: without them this would never wait
            }
        } else if (answer.statusCode() != 304) {
            throw office.refused(answer.statusCode());
        }
        works();
        return true;
    }
}
