// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.link.http.NoticeDesk;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Between the notifiers of a process and its port: who listens there, what waits for whom, what pollers find. Nothing of it is on record, since a notice may be lost; a listener that comes pulls by itself. Any thread.
 */
public final class NoticeBoard implements NoticeDesk {

    /** So long after its last request somebody counts as listening: longer than a request waits, and a reconnect takes. */
    private static final Duration PRESENT = Duration.ofSeconds(90);
    private static final int MOST_LISTENERS = 50_000;
    private static final int MOST_WAITING = 50;
    private static final int MOST_NOTIFIERS = 1_000;

    private final InstantSource clock;
    private final Map<String, Presence> listeners = new HashMap<>();
    private final Map<String, Map<String, PolledNotice>> polled = new LinkedHashMap<>();
    private boolean open;
    private Consumer<String> told;
    private Consumer<Contact> contacts = contact -> { };
    private BiConsumer<String, byte[]> confirmations = (name, bytes) -> { };
    private NameBook names = (owner, others) -> false;

    public NoticeBoard(InstantSource clock) {
        this.clock = clock;
    }

    /** Somebody who was heard, and where. */
    record Contact(String listener, GatewaySettings.Kind medium, String address) {}

    /** Knows whose names are whose. */
    interface NameBook {
        /** Whether these names may be listened for by this one; those that nobody has are his from then on. */
        boolean take(String owner, List<String> others);
    }

    private static final class Presence {
        private Instant seen;
        private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    }

    /** Notifiers work in this process now, or do not. */
    synchronized void open(boolean now, Consumer<Contact> toContacts, BiConsumer<String, byte[]> toConfirmations, NameBook toNames) {
        open = now;
        contacts = toContacts;
        confirmations = toConfirmations;
        names = toNames;
        if (!now) {
            listeners.clear();
            polled.clear();
        }
    }

    @Override
    public synchronized boolean isOpen() {
        return open;
    }

    /** A notice for somebody who listens; false when he does not. */
    boolean put(String name, byte[] notice) {
        Consumer<String> door;
        synchronized (this) {
            Presence presence = listeners.get(name);
            if (!open || presence == null || presence.seen.plus(PRESENT).isBefore(clock.instant())) {
                return false;
            }
            if (presence.waiting.size() >= MOST_WAITING) {
                presence.waiting.poll();
            }
            presence.waiting.add(notice);
            door = told;
        }
        if (door != null) {
            door.accept(name);
        }
        return true;
    }

    /** What pollers of this notifier find from now on. */
    synchronized void offer(String notifier, List<PolledNotice> notices) {
        if (polled.containsKey(notifier) || polled.size() < MOST_NOTIFIERS) {
            Map<String, PolledNotice> byKey = new HashMap<>();
            notices.forEach(notice -> byKey.put(notice.key(), notice));
            polled.put(notifier, byKey);
        }
    }

    @Override
    public void listens(String name, String host, int udpPort) {
        Consumer<Contact> toContacts;
        synchronized (this) {
            Presence presence = listeners.get(name);
            if (presence == null && listeners.size() >= MOST_LISTENERS) {
                Instant gone = clock.instant().minus(PRESENT);
                listeners.values().removeIf(each -> each.seen.isBefore(gone));
            }
            if (presence == null && listeners.size() < MOST_LISTENERS) {
                presence = new Presence();
                listeners.put(name, presence);
            }
            if (presence != null) {
                presence.seen = clock.instant();
            }
            toContacts = contacts;
        }
        if (udpPort > 0) {
            toContacts.accept(new Contact(name, GatewaySettings.Kind.UDP, (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + udpPort));
        }
    }

    @Override
    public boolean listensFor(String name, List<String> others) {
        NameBook book;
        synchronized (this) {
            book = names;
        }
        return book.take(name, others);
    }

    @Override
    public synchronized List<byte[]> take(String name) {
        Presence presence = listeners.get(name);
        List<byte[]> taken = presence == null ? List.of() : new ArrayList<>(presence.waiting);
        if (presence != null) {
            presence.waiting.clear();
        }
        return taken;
    }

    @Override
    public void confirmed(String name, byte[] confirmation) {
        BiConsumer<String, byte[]> to;
        synchronized (this) {
            to = confirmations;
        }
        to.accept(name, confirmation);
    }

    @Override
    public synchronized String polled(String notifier, String key) {
        PolledNotice found = polled.getOrDefault(notifier, Map.of()).get(key);
        return found == null ? null : "[" + found.subject() + "]" + found.content();
    }

    @Override
    public synchronized void onNotice(Consumer<String> door) {
        told = door;
    }
}
