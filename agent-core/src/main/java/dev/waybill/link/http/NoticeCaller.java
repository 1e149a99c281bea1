// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import dev.waybill.link.Link.LinkException;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A remote that waits at its head office for notices; {@link NoticeDoor} has the requests. One connection, kept. One thread. */
public final class NoticeCaller {

    private static final int MOST_BYTES = 300_000;
    private static final int SMALL_BYTES = 1_000;

    private final Office office;
    private final String name;

    NoticeCaller(Office office, String name) {
        this.office = office;
        this.name = name;
    }

    /**
     * Waits until something is there, or the time is over.
     *
     * @param udpPort where datagrams are heard, too; 0: nowhere
     * @return notices, as bytes that nobody has looked at; empty when there are none
     * @throws LinkException the office cannot be reached, or sends no notices
     */
    public List<byte[]> await(Duration atMost, int udpPort) throws LinkException {
        HttpResponse<BoundedBody> answer = office.ask(office.at("notice", name, "?wait=" + atMost.toSeconds() + (udpPort == 0 ? "" : "&udp=" + udpPort)), MOST_BYTES, atMost);
        if (answer.statusCode() == 204) {
            return List.of();
        }
        if (answer.statusCode() != 200) {
            throw office.refused(answer.statusCode());
        }
        if (answer.body().cut() != null) {
            throw office.failed("notices came only in part", answer.body().cut());
        }
        return unframed(answer.body().bytes());
    }

    private List<byte[]> unframed(byte[] bytes) throws LinkException {
        List<byte[]> notices = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int length = at + 2 > bytes.length ? -1 : (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
            if (length < 0 || at + 2 + length > bytes.length) {
                throw office.failed("notices came that cannot be read", null);
            }
            notices.add(Arrays.copyOfRange(bytes, at + 2, at + 2 + length));
            at += 2 + length;
        }
        return notices;
    }

    /** Says what became of a notice. */
    public void confirm(byte[] confirmation) throws LinkException {
        expect(office.ask(office.at("notice", name, "").POST(BodyPublishers.ofByteArray(confirmation)), SMALL_BYTES));
    }

    /** Says for which other names this remote listens. */
    public void listenFor(List<String> others) throws LinkException {
        String lines = others.stream().map(other -> URLEncoder.encode(other, StandardCharsets.UTF_8)).collect(Collectors.joining("\n"));
        expect(office.ask(office.at("notice", name, "?names=1").POST(BodyPublishers.ofString(lines)), SMALL_BYTES));
    }

    /** What a poller finds under this key: {@code [subject]content}; null for nothing. */
    public String poll(String notifier, String key) throws LinkException {
        HttpResponse<BoundedBody> answer = office.ask(office.at("poll", notifier, "/" + URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20")), SMALL_BYTES * 3);
        if (answer.statusCode() == 204) {
            return null;
        }
        if (answer.statusCode() != 200 || answer.body().cut() != null) {
            throw office.refused(answer.statusCode());
        }
        return new String(answer.body().bytes(), StandardCharsets.UTF_8);
    }

    private void expect(HttpResponse<BoundedBody> answer) throws LinkException {
        if (answer.statusCode() != 204) {
            throw office.refused(answer.statusCode());
        }
    }
}
