// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.waybill.link.Link.LinkException;
import dev.waybill.message.MessageCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** The head office's mailboxes on a port, as the package page has it. Any thread. */
public final class MailboxServer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(MailboxServer.class.getName());
    /** What he posts says that it is from him. */
    public static final BiPredicate<String, byte[]> IN_HIS_NAME = (name, message) -> name.equals(MessageCodec.seemingSender(message));

    private static final String METRICS = "metrics";
    private static final int LISTED_AT_MOST = 10_000;
    private static final int LONGEST_WAIT_SECONDS = 60;
    private static final int LONGEST_NAMES_BYTES = 64 << 10;
    private static final int LONGEST_REASON_BYTES = 10_000;
    private static final int THREADS_AT_MOST = 100;
    private static final int REQUESTS_AT_MOST = 10_000;
    private static final int RETRY_SECONDS = 5;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final HttpServer server;
    private final ThreadPoolExecutor workers;
    private final ScheduledExecutorService looks;
    private final Mailboxes mailboxes;
    private final Waiting waiting;
    private final NoticeDoor notices;
    private final Doorkeeper door;
    private final BiPredicate<String, byte[]> mayPost;
    private final Supplier<String> metrics;

    /**
     * What a server offers.
     *
     * @param directory      of the mailboxes
     * @param office         the head office's own address
     * @param messagesAtMost so many wait for the office at most; beyond it remotes are told to come later
     * @param door           says who it is that calls
     * @param mayPost        whether somebody of this name may post these bytes: {@link #IN_HIS_NAME}
     * @param metrics        the text of {@code /metrics}
     * @param notices        what there is for remotes that wait to be woken; null: nothing
     */
    public record Offer(Path directory, String office, int maxMessageBytes, int messagesAtMost, Doorkeeper door, BiPredicate<String, byte[]> mayPost, Supplier<String> metrics, NoticeDesk notices) {

        /** Without notices. */
        public Offer(Path directory, String office, int maxMessageBytes, int messagesAtMost, Doorkeeper door, BiPredicate<String, byte[]> mayPost, Supplier<String> metrics) {
            this(directory, office, maxMessageBytes, messagesAtMost, door, mayPost, metrics, null);
        }
    }

    private MailboxServer(HttpServer server, Offer offer, InstantSource clock, RandomGenerator random, ThreadFactory threads) {
        this.server = server;
        this.door = offer.door();
        this.mayPost = offer.mayPost();
        this.metrics = offer.metrics();
        this.mailboxes = new Mailboxes(offer.directory(), offer.office(), offer.maxMessageBytes(), offer.messagesAtMost(), clock, random, threads);
        this.workers = new ThreadPoolExecutor(THREADS_AT_MOST, THREADS_AT_MOST, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(REQUESTS_AT_MOST), threads, new ThreadPoolExecutor.CallerRunsPolicy());
        this.workers.allowCoreThreadTimeOut(true);
        this.looks = Executors.newSingleThreadScheduledExecutor(threads);
        this.waiting = new Waiting(mailboxes, workers);
        this.notices = offer.notices() == null ? null : new NoticeDoor(offer.notices(), workers);
    }

    /**
     * Begins to listen.
     *
     * @param tls null: without TLS, for the same machine or behind a proxy that has it
     */
    public static MailboxServer start(InetSocketAddress at, SSLContext tls, Offer offer, InstantSource clock, RandomGenerator random, ThreadFactory threads) throws IOException {
        HttpServer server;
        if (tls == null) {
            server = HttpServer.create(at, 0);
        } else {
            HttpsServer secure = HttpsServer.create(at, 0);
            secure.setHttpsConfigurator(asking(tls, offer.door().certificates() != null));
            server = secure;
        }
        MailboxServer mailboxServer = new MailboxServer(server, offer, clock, random, threads);
        mailboxServer.begin();
        return mailboxServer;
    }

    /** A certificate is asked for and not demanded by TLS itself: /health is for everybody, and the door says who is somebody. */
    private static HttpsConfigurator asking(SSLContext tls, boolean clients) {
        return new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters own = getSSLContext().getDefaultSSLParameters();
                own.setWantClientAuth(clients);
                parameters.setSSLParameters(own);
            }
        };
    }

    /**
     * For a process of ours, before its first server: answers leave at once, and who is slow to say what he wants is cut off. The JDK's server has these as properties of the process alone; one that is set already stays.
     */
    public static void configureProcess() {
        Map.of("sun.net.httpserver.nodelay", "true", "sun.net.httpserver.maxReqTime", "120", "sun.net.httpserver.maxIdleConnections", "2000").forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }

    private void begin() {
        server.setExecutor(workers);
        server.createContext("/", this::handle);
        server.start();
        looks.scheduleWithFixedDelay(this::look, BETWEEN_LOOKS.toMillis(), BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            waiting.look();
            if (notices != null) {
                notices.look();
            }
        } catch (RuntimeException unexpected) {
            LOG.log(System.Logger.Level.WARNING, "Requests that wait could not be looked at. They are asked again by those who wait.", unexpected);
        }
    }

    /** Where it listens. */
    public int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange raw) {
        Exchange exchange = new Exchange(raw);
        try {
            List<String> path = exchange.path();
            if (path == null) {
                exchange.close().answer(400);
            } else if (path.equals(List.of("health"))) {
                exchange.answer(200, "ok\n");
            } else {
                answer(exchange, path, whose(exchange));
            }
        } catch (LinkException failed) {
            LOG.log(System.Logger.Level.WARNING, failed.getMessage());
            tellLater(exchange, failed);
        } catch (IOException gone) {
            exchange.abandon(gone);
        } catch (RuntimeException unexpected) {
            LOG.log(System.Logger.Level.WARNING, "A request was not answered. Nothing is lost, it is asked again.", unexpected);
            exchange.abandon(unexpected);
        }
    }

    private String whose(Exchange exchange) throws LinkException {
        try {
            return door.nameOf(exchange);
        } catch (IOException unreadable) {
            throw new LinkException("The tokens of those who may call cannot be read: " + unreadable.getMessage() + ". Nobody is let in, everything is kept. Give this process the right to read the directory of the keys.", unreadable);
        }
    }

    private static void tellLater(Exchange exchange, LinkException failed) {
        try {
            exchange.later(503, RETRY_SECONDS);
        } catch (IOException gone) {
            gone.addSuppressed(failed);
            exchange.abandon(gone);
        }
    }

    private void answer(Exchange exchange, List<String> path, String name) throws IOException {
        if (name == null || notices == null || !notices.handle(exchange, path, name)) {
            knock(exchange, path, name);
        }
    }

    private void knock(Exchange exchange, List<String> path, String name) throws IOException {
        if (name == null) {
            exchange.close().answer(401);
        } else if (path.equals(List.of(METRICS))) {
            if (name.equals(METRICS)) {
                exchange.answer(200, metrics.get());
            } else {
                exchange.close().answer(403);
            }
        } else if (!path.get(0).equals("mail") || path.size() < 2 || path.size() > 3) {
            exchange.close().answer(404);
        } else if (path.size() == 2 && exchange.method().equals("POST") && path.get(1).equals(name) && isAboutSeveral(exchange)) {
            several(exchange, name);
        } else if (path.size() == 2 && exchange.method().equals("POST")) {
            post(exchange, name, path.get(1));
        } else if (!path.get(1).equals(name)) {
            exchange.close().answer(403);
        } else if (path.size() == 2) {
            list(exchange, name);
        } else {
            message(exchange, name, path.get(2));
        }
    }

    /** What strangers and neighbours may not do is refused before a byte of the body is read. */
    private void post(Exchange exchange, String name, String address) throws IOException {
        long announced = exchange.announcedBytes();
        if (!mailboxes.isOffice(address) || mailboxes.isOffice(name)) {
            exchange.close().answer(403);
        } else if (announced < 0) {
            exchange.close().answer(411);
        } else if (announced > (isBundle(exchange) ? Bundle.BYTES : mailboxes.maxMessageBytes())) {
            exchange.close().answer(413);
        } else if (mailboxes.isFull()) {
            exchange.later(429, RETRY_SECONDS);
        } else {
            take(exchange, name);
        }
    }

    private static boolean isAboutSeveral(Exchange exchange) {
        return exchange.number("read", 0, 1) == 1 || exchange.number("delete", 0, 1) == 1;
    }

    private static boolean isBundle(Exchange exchange) {
        return exchange.number("several", 0, 1) == 1;
    }

    /** All that is in a request, or nothing of it. */
    private void take(Exchange exchange, String name) throws IOException {
        byte[] body = exchange.body();
        List<Bundle.Letter> letters = body == null ? null : isBundle(exchange) ? Bundle.read(body, mailboxes.maxMessageBytes(), true) : List.of(new Bundle.Letter("", body));
        if (letters == null) {
            exchange.close().answer(400);
        } else if (!letters.stream().allMatch(letter -> mayPost.test(name, letter.message()))) {
            exchange.answer(403);
        } else if (letters.size() == 1) {
            mailboxes.post(name, letters.get(0).message());
            exchange.answer(201);
        } else {
            mailboxes.post(name, letters.stream().map(Bundle.Letter::message).toList());
            exchange.answer(201);
        }
    }

    /** What is done with several messages of the own mailbox, whose names are in the request. */
    private void several(Exchange exchange, String owner) throws IOException {
        if (exchange.announcedBytes() < 0 || exchange.announcedBytes() > LONGEST_NAMES_BYTES) {
            exchange.close().answer(413);
            return;
        }
        List<String> names = exchange.names();
        if (names == null || names.size() > Bundle.MESSAGES) {
            exchange.close().answer(400);
        } else if (exchange.number("delete", 0, 1) == 1) {
            for (String name : names) {
                mailboxes.delete(owner, name);
            }
            exchange.answer(204);
        } else {
            exchange.answer(200, mailboxes.read(owner, names).bytes());
        }
    }

    private void list(Exchange exchange, String name) throws IOException {
        if (!exchange.method().equals("GET")) {
            exchange.close().answer(405);
            return;
        }
        int atMost = exchange.number("most", LISTED_AT_MOST, LISTED_AT_MOST);
        int wait = exchange.number("wait", 0, LONGEST_WAIT_SECONDS);
        Mailboxes.Listing listing = mailboxes.list(name, atMost);
        if (wait > 0 && listing.tag().equals(exchange.knownTag())) {
            waiting.add(name, exchange, listing.tag(), atMost, Duration.ofSeconds(wait));
        } else {
            exchange.content(listing.text().getBytes(StandardCharsets.UTF_8), listing.tag());
        }
    }

    private void message(Exchange exchange, String owner, String name) throws IOException {
        switch (exchange.method()) {
            case "GET" -> {
                byte[] message = mailboxes.read(owner, name);
                if (message == null) {
                    exchange.answer(404);
                } else {
                    exchange.content(message, "\"" + Integer.toHexString(name.hashCode()) + "-" + message.length + "\"");
                }
            }
            case "DELETE" -> {
                mailboxes.delete(owner, name);
                exchange.answer(204);
            }
            case "POST" -> putAside(exchange, owner, name);
            default -> exchange.close().answer(405);
        }
    }

    private void putAside(Exchange exchange, String owner, String name) throws IOException {
        if (exchange.announcedBytes() < 0 || exchange.announcedBytes() > LONGEST_REASON_BYTES) {
            exchange.close().answer(413);
            return;
        }
        byte[] reason = exchange.body();
        if (reason == null) {
            exchange.close().answer(400);
        } else {
            mailboxes.putAside(owner, name, new String(reason, StandardCharsets.UTF_8));
            exchange.answer(204);
        }
    }

    /** Those who wait are told, nobody else is let in. */
    @Override
    public void close() {
        looks.shutdown();
        waiting.close();
        if (notices != null) {
            notices.close();
        }
        server.stop(0); // who is cut off asks again; to wait for them would last, in the JDK of today, whether there are any or not
        workers.shutdown();
        mailboxes.close();
    }
}
