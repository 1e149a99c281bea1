// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/** Messages in memory, between databases of one process: for simulations. Any thread. */
public final class MemoryLink implements Link {

    private final PostOffice office;
    private final String ownAddress;
    private final int maxMessageBytes;

    /** A way through this office, with a mailbox there. */
    public MemoryLink(PostOffice office, String ownAddress, int maxMessageBytes) {
        this.office = office;
        this.ownAddress = ownAddress;
        this.maxMessageBytes = maxMessageBytes;
    }

    @Override
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    @Override
    public void send(String address, byte[] message) {
        office.mailbox(address).put(message.clone());
    }

    @Override
    public List<Arrival> list(int atMost) {
        List<Arrival> arrivals = new ArrayList<>();
        for (var message : own().messages.entrySet()) {
            if (arrivals.size() == atMost) {
                break;
            }
            arrivals.add(new Arrival(name(message.getKey()), message.getValue().length, null));
        }
        return arrivals;
    }

    @Override
    public byte[] read(Arrival arrival) {
        byte[] message = own().messages.get(key(arrival));
        return message == null ? null : Arrays.copyOf(message, Math.min(message.length, maxMessageBytes + 1));
    }

    @Override
    public void delete(Arrival arrival) {
        own().messages.remove(key(arrival));
    }

    @Override
    public void quarantine(Arrival arrival, String reason) {
        if (own().messages.remove(key(arrival)) != null) {
            own().reasons.merge("all", List.of(reason), MemoryLink::bounded);
        }
    }

    private static List<String> bounded(List<String> older, List<String> newer) {
        List<String> both = new ArrayList<>(older);
        both.addAll(newer);
        return List.copyOf(both.subList(Math.max(0, both.size() - FileLink.QUARANTINE_AT_MOST), both.size()));
    }

    /** Why messages were put aside, oldest first. */
    public List<String> quarantined() {
        return own().reasons.getOrDefault("all", List.of());
    }

    @Override
    public void onArrival(Runnable wake) {
        own().wake = wake;
    }

    @Override
    public void close() {
        own().wake = () -> { };
    }

    private Mailbox own() {
        return office.mailbox(ownAddress);
    }

    private static String name(long number) {
        return String.format("%016x", number);
    }

    private static long key(Arrival arrival) {
        return Long.parseUnsignedLong(arrival.name(), 16);
    }

    /** Where the mailboxes are. Any thread. */
    public static final class PostOffice {

        private final ConcurrentMap<String, Mailbox> mailboxes = new ConcurrentHashMap<>();

        /** Empties every mailbox. */
        public void clear() {
            mailboxes.clear();
        }

        private Mailbox mailbox(String address) {
            return mailboxes.computeIfAbsent(address, any -> new Mailbox());
        }
    }

    private static final class Mailbox {

        private final AtomicLong count = new AtomicLong();
        private final ConcurrentSkipListMap<Long, byte[]> messages = new ConcurrentSkipListMap<>();
        private final ConcurrentMap<String, List<String>> reasons = new ConcurrentHashMap<>();
        private volatile Runnable wake = () -> { };

        private void put(byte[] message) {
            messages.put(count.incrementAndGet(), message);
            wake.run();
        }
    }
}
