// SPDX-License-Identifier: Apache-2.0
package dev.waybill.listen;

import dev.waybill.link.http.HttpLinks;
import dev.waybill.link.http.NoticeCaller;
import dev.waybill.notice.NoticeGate;
import dev.waybill.notice.SharedSecret;
import dev.waybill.notify.IntervalText;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.MessageType;
import dev.waybill.seal.KeyBook;
import dev.waybill.secret.SecretReference;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The listener beside an agent, as the settings of component {@code Listener} say: {@code enable}, {@code udp_port}, {@code udp_host}, {@code secret}, {@code interval}, {@code handler}. It lets the agent look at its links at once, which its database's neighbours have put something
 * on; nothing else. One thread.
 */
public final class AgentListening implements AutoCloseable {

    private static final Set<String> PROPERTIES = Set.of("enable", "udp_port", "udp_host", "secret", "interval", "handler");
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String HTTP = "HTTP";

    private final Supplier<KeyBook> keys;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ThreadFactory threads;
    private final Runnable wake;
    private final Consumer<String> trouble;
    private Object present = Map.of();
    private PacedSync sync;
    private UdpEar udp;
    private SyncEar office;

    private record Wanted(Map<String, String> settings, String publisher, MessageType http, boolean isOffice) {}

    /**
     * @param keys    whose notices are believed, as it is now; from any thread
     * @param wake    lets the agent look at its links, from any thread
     * @param trouble is told why nothing is heard, from any thread
     */
    public AgentListening(Supplier<KeyBook> keys, InstantSource clock, RandomGenerator random, ThreadFactory threads, Runnable wake, Consumer<String> trouble) {
        this.keys = keys;
        this.clock = clock;
        this.random = random;
        this.threads = threads;
        this.wake = wake;
        this.trouble = trouble;
    }

    /** From now on as these settings and this catalogue say; does nothing when they say what they said. */
    public void follow(Map<String, String> settings, Catalogue catalogue) {
        MessageType http = catalogue.messageType(HTTP).orElse(null);
        Object wanted = settings.isEmpty() ? Map.of() : new Wanted(settings, catalogue.publisher(), http, http != null && http.options().containsKey(HttpLinks.DIRECTORY));
        if (wanted.equals(present)) {
            return;
        }
        close();
        present = wanted;
        if (wanted instanceof Wanted some) {
            try {
                begin(some);
            } catch (IOException | IllegalArgumentException wrong) {
                close();
                present = wanted;
                trouble.accept("The listener beside this agent does not listen: " + wrong.getMessage() + ". The agent works as without it. See to the settings of component Listener in waybill.notify_setting.");
            }
        }
    }

    private void begin(Wanted wanted) throws IOException {
        Map<String, String> settings = wanted.settings();
        for (String property : settings.keySet()) {
            if (!PROPERTIES.contains(property)) {
                throw new IllegalArgumentException("there is no property " + property + "; there are " + String.join(", ", PROPERTIES.stream().sorted().toList()));
            }
        }
        if (!settings.getOrDefault("enable", "yes").equalsIgnoreCase("yes")) {
            return;
        }
        String port = settings.getOrDefault("udp_port", "0");
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new IllegalArgumentException("udp_port is no number of a port");
        }
        Listener listener = listener(wanted);
        if (!port.equals("0")) {
            String host = settings.get("udp_host");
            udp = UdpEar.open(host == null ? new InetSocketAddress(Integer.parseInt(port)) : new InetSocketAddress(host, Integer.parseInt(port)), listener, threads);
        }
        if (wanted.http() != null && !wanted.isOffice()) {
            NoticeCaller caller = new HttpLinks(clock, random, threads).notices(wanted.http(), wanted.publisher());
            office = SyncEar.open(List.of(caller), listener, udp == null ? 0 : udp.port(), List.of(), this::say, threads);
        }
    }

    private Listener listener(Wanted wanted) throws IOException {
        Map<String, String> settings = wanted.settings();
        Duration interval = IntervalText.parse(settings.get("interval"), SECOND);
        MessageHandler handler = HandlerText.read(settings.getOrDefault("handler", "action=sync"));
        if (!handler.onlySyncs()) {
            throw new IllegalArgumentException("beside an agent the only action is sync; for others: ./waybill listen");
        }
        String reference = settings.get("secret");
        SharedSecret secret = reference == null ? null : new SharedSecret(SecretReference.of(reference).read());
        sync = new PacedSync(interval == null ? SECOND : interval, wake, threads);
        return new Listener(wanted.publisher(), new NoticeGate(Set.of(wanted.publisher()), keys, secret, clock), List.of(handler), sync, () -> { }, line -> { });
    }

    private void say(String line) {
        trouble.accept("Listener: " + line);
    }

    /** Where datagrams are heard; 0: nowhere. */
    public int udpPort() {
        return udp == null ? 0 : udp.port();
    }

    /** Nothing more is heard. */
    @Override
    public void close() {
        if (office != null) {
            office.close();
        }
        if (udp != null) {
            udp.close();
        }
        if (sync != null) {
            sync.close();
        }
        office = null;
        udp = null;
        sync = null;
        present = Map.of();
    }
}
