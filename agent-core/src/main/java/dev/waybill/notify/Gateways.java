// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.message.Seal;
import dev.waybill.notice.Notice;
import dev.waybill.notice.NoticeCodec;
import dev.waybill.notice.SharedSecret;
import dev.waybill.seal.KeyBook;
import dev.waybill.secret.SecretReference;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The gateways of one agent: made when they are first used, with the settings of then. Sends in threads of its own, a bounded number at a time. Any thread. */
final class Gateways implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Gateways.class.getName());
    private static final int THREADS = 4;
    private static final int MOST_WAITING = 20_000;
    private static final int REMEMBERED = 20_000;
    private static final int USUAL_PORT = 5_001;

    private final NoticeBoard board;
    private final Supplier<KeyBook> keys;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ThreadFactory threads;
    private final ThreadPoolExecutor senders;
    private final Map<String, Gateway> made = new HashMap<>();
    private final Map<String, GatewaySettings> madeOf = new HashMap<>();
    private final Map<Long, Sent> sent = new LinkedHashMap<>();
    private volatile String publisher = "";
    private volatile NotifySettings settings = NotifySettings.of(List.of());
    private volatile AddressBook addresses = AddressBook.EMPTY;

    /** A notice that may be confirmed: whose it was, and what is told of it. */
    private record Sent(String listener, long request, Consumer<NotifierInput> notifier) {}

    /** @param board null where this process offers no port */
    Gateways(NoticeBoard board, Supplier<KeyBook> keys, InstantSource clock, RandomGenerator random, ThreadFactory threads) {
        this.board = board;
        this.keys = keys;
        this.clock = clock;
        this.random = random;
        this.threads = threads;
        this.senders = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), threads);
        this.senders.allowCoreThreadTimeOut(true);
    }

    /** From now on by these settings, in this name, to these addresses. */
    void use(String publisherNow, NotifySettings settingsNow, AddressBook addressesNow) {
        publisher = publisherNow;
        settings = settingsNow;
        addresses = addressesNow;
    }

    Route route(PushRequest request) {
        return settings.route(request, addresses);
    }

    boolean isUdp(String gateway) {
        GatewaySettings how = settings.gateways().get(gateway);
        return how != null && how.kind() == GatewaySettings.Kind.UDP;
    }

    /** Sends, some time soon; a failure is told to the notifier, and so is what the listener answers. */
    void send(PushRequest request, String gateway, Consumer<NotifierInput> notifier) {
        try {
            senders.execute(() -> sendNow(request, gateway, notifier));
        } catch (RejectedExecutionException full) {
            notifier.accept(new NotifierInput.Undelivered(request.id(), gateway));
        }
    }

    private void sendNow(PushRequest request, String gateway, Consumer<NotifierInput> notifier) {
        try {
            GatewaySettings how = settings.gateways().get(gateway);
            if (how == null) {
                throw new IOException("there is no gateway " + gateway + " any more");
            }
            boolean tracked = !gateway.equals(request.gateway());
            String address = address(how.kind(), request.address(), tracked);
            if (address == null) {
                throw new IOException("no address of " + request.address() + " is known for " + how.kind());
            }
            boolean confirmed = settings.route(request, addresses).isConfirmed();
            boolean anybody = how.kind() == GatewaySettings.Kind.UDP && !tracked;
            Notice notice = new Notice(confirmed, clock.instant(), remember(request, notifier), request.id(), publisher, anybody ? "" : request.address(), request.subject(), request.content());
            gateway(how).send(notice, address);
        } catch (IOException | RuntimeException failed) {
            LOG.log(System.Logger.Level.DEBUG, "a notice to " + request.address() + " did not leave by " + gateway, failed);
            notifier.accept(new NotifierInput.Undelivered(request.id(), gateway));
        }
    }

    private String address(GatewaySettings.Kind kind, String listener, boolean tracked) {
        return kind == GatewaySettings.Kind.SYNC ? addresses.syncName(listener) : tracked ? addresses.of(listener, kind) : listener;
    }

    private long remember(PushRequest request, Consumer<NotifierInput> notifier) {
        synchronized (sent) {
            long nonce = random.nextLong();
            sent.put(nonce, new Sent(addresses.syncName(request.address()), request.id(), notifier));
            if (sent.size() > REMEMBERED) {
                sent.remove(sent.keySet().iterator().next());
            }
            return nonce;
        }
    }

    private synchronized Gateway gateway(GatewaySettings how) throws IOException {
        if (!how.equals(madeOf.get(how.name()))) {
            Gateway old = made.remove(how.name());
            if (old != null) {
                old.close();
            }
            made.put(how.name(), make(how));
            madeOf.put(how.name(), how);
        }
        return made.get(how.name());
    }

    private Gateway make(GatewaySettings how) throws IOException {
        NotifyProperties properties = how.properties();
        return switch (how.kind()) {
            case SYNC -> new SyncGateway(board, seal(properties));
            case UDP -> new UdpGateway(properties.number("sender_port", 0, 0, 65_535), properties.number("port", USUAL_PORT, 1, 65_535), seal(properties), bytes -> confirmed(null, bytes), threads);
            case SMTP -> new MailGateway(properties);
            case TRACKER -> throw new IOException("a device tracker has no way of its own");
        };
    }

    /** By the secret where there is one, otherwise by the ring as it is then. */
    private Supplier<Seal> seal(NotifyProperties properties) throws IOException {
        String reference = properties.text("secret");
        if (reference == null) {
            return () -> keys.get().signingFor(publisher);
        }
        try {
            SharedSecret secret = new SharedSecret(SecretReference.of(reference).read());
            return () -> secret;
        } catch (IllegalArgumentException unfit) {
            throw new IOException(unfit.getMessage(), unfit);
        }
    }

    /**
     * A listener said what became of a notice; what is none, or of no notice that is known, is nothing.
     *
     * @param name who said it, where that is known: he speaks of his own alone
     */
    void confirmed(String name, byte[] bytes) {
        try {
            NoticeCodec.Confirmation confirmation = NoticeCodec.decodeConfirmation(bytes);
            Sent of;
            synchronized (sent) {
                of = sent.get(confirmation.nonce());
                if (of == null || name != null && !name.equals(of.listener())) {
                    return;
                }
                sent.remove(confirmation.nonce());
            }
            of.notifier().accept(new NotifierInput.Confirmed(of.request(), confirmation.status()));
        } catch (IOException unreadable) {
            LOG.log(System.Logger.Level.DEBUG, "a confirmation was not taken", unreadable);
        }
    }

    @Override
    public synchronized void close() {
        senders.shutdownNow();
        made.values().forEach(Gateway::close);
        made.clear();
        madeOf.clear();
    }
}
