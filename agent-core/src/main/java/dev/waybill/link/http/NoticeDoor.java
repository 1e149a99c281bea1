// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Requests about notices. One that waits holds no thread; each remote has one, and a newer one answers the older. Any thread.
 *
 * <pre>
 *   GET    /notice/branch?wait=SECONDS&amp;udp=PORT   what is for it: length 2 bytes, notice, …     204 nothing within that time · 503 nobody sends notices here
 *   POST   /notice/branch                        a confirmation, 16 bytes: 204
 *   POST   /notice/branch?names=1                names for which it listens too, a line for each: 204 · 409 one is somebody else's
 *   GET    /poll/NOTIFIER/KEY                    [subject]content; ETag · 204 nothing · 304 as before
 * </pre>
 */
final class NoticeDoor {

    private static final int LONGEST_WAIT_SECONDS = 60;
    private static final int MOST_NAMES_BYTES = 10_000;
    private static final int MOST_NAMES = 50;
    private static final int CONFIRMATION_BYTES = 16;
    private static final int RETRY_SECONDS = 2;
    private static final int MOST_WAITING = 20_000;

    private final NoticeDesk desk;
    private final Executor answers;
    private final Map<String, Waiter> waiting = new ConcurrentHashMap<>();

    private record Waiter(Exchange exchange, long untilNanos) {}

    NoticeDoor(NoticeDesk desk, Executor answers) {
        this.desk = desk;
        this.answers = answers;
        desk.onNotice(this::tell);
    }

    /** Whether this path is about notices; then it was answered, or waits. */
    boolean handle(Exchange exchange, List<String> path, String name) throws IOException {
        if (path.get(0).equals("poll") && path.size() == 3) {
            poll(exchange, path.get(1), path.get(2));
        } else if (!path.get(0).equals("notice") || path.size() != 2) {
            return false;
        } else if (!path.get(1).equals(name)) {
            exchange.close().answer(403);
        } else if (!desk.isOpen()) {
            exchange.later(503, RETRY_SECONDS);
        } else if (exchange.method().equals("GET")) {
            listen(exchange, name);
        } else if (exchange.method().equals("POST")) {
            hear(exchange, name);
        } else {
            exchange.close().answer(405);
        }
        return true;
    }

    private void poll(Exchange exchange, String notifier, String key) throws IOException {
        String found = desk.isOpen() ? desk.polled(notifier, key) : null;
        if (!desk.isOpen()) {
            exchange.later(503, RETRY_SECONDS);
        } else if (found == null) {
            exchange.answer(204);
        } else {
            exchange.content(found.getBytes(StandardCharsets.UTF_8), "\"" + Integer.toHexString(found.hashCode()) + "-" + found.length() + "\"");
        }
    }

    private void listen(Exchange exchange, String name) throws IOException {
        desk.listens(name, exchange.host(), exchange.number("udp", 0, 65_535));
        int wait = exchange.number("wait", 0, LONGEST_WAIT_SECONDS);
        if (waiting.size() >= MOST_WAITING && !waiting.containsKey(name)) {
            exchange.later(503, RETRY_SECONDS);
            return;
        }
        Waiter older = waiting.put(name, new Waiter(exchange, System.nanoTime() + wait * 1_000_000_000L));
        if (older != null) {
            answer(older, List.of());
        }
        tell(name);
        if (wait == 0) {
            look();
        }
    }

    private void hear(Exchange exchange, String name) throws IOException {
        boolean names = exchange.number("names", 0, 1) == 1;
        long announced = exchange.announcedBytes();
        if (announced < 0 || announced > (names ? MOST_NAMES_BYTES : CONFIRMATION_BYTES)) {
            exchange.close().answer(413);
            return;
        }
        if (names) {
            List<String> others = exchange.names();
            boolean good = others != null && others.size() <= MOST_NAMES;
            exchange.answer(!good ? 400 : desk.listensFor(name, others) ? 204 : 409);
        } else {
            byte[] confirmation = exchange.body();
            if (confirmation != null) {
                desk.confirmed(name, confirmation);
            }
            exchange.answer(confirmation == null ? 400 : 204);
        }
    }

    /** Answers the one who waits under this name with what there is for him, if anything is. */
    private void tell(String name) {
        Waiter waiter = waiting.get(name);
        if (waiter == null) {
            return;
        }
        List<byte[]> notices = desk.take(name);
        if (!notices.isEmpty()) {
            if (waiting.remove(name, waiter)) {
                answer(waiter, notices);
            } else {
                tell(name, notices);
            }
        }
    }

    /** A newer request came in between: what was taken is for that one. */
    private void tell(String name, List<byte[]> notices) {
        Waiter newer = waiting.remove(name);
        if (newer != null) {
            answer(newer, notices);
        }
    }

    /** Answers those who have waited long enough, or everybody where nobody sends any more; to be called again and again. */
    void look() {
        boolean open = desk.isOpen();
        long now = System.nanoTime();
        for (Map.Entry<String, Waiter> entry : waiting.entrySet()) {
            if ((!open || now - entry.getValue().untilNanos() >= 0) && waiting.remove(entry.getKey(), entry.getValue())) {
                answer(entry.getValue(), List.of());
            }
        }
    }

    private void answer(Waiter waiter, List<byte[]> notices) {
        answers.execute(() -> {
            try {
                if (notices.isEmpty()) {
                    waiter.exchange().answer(204);
                } else {
                    waiter.exchange().answer(200, framed(notices));
                }
            } catch (IOException gone) {
                waiter.exchange().abandon(gone);
            }
        });
    }

    private static byte[] framed(List<byte[]> notices) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] notice : notices) {
            out.write(notice.length >> 8);
            out.write(notice.length);
            out.writeBytes(notice);
        }
        return out.toByteArray();
    }

    /** Nobody waits any longer. */
    void close() {
        desk.onNotice(null);
        waiting.values().forEach(waiter -> answer(waiter, List.of()));
        waiting.clear();
    }
}
