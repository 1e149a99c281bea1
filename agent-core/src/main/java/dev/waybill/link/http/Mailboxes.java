// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import dev.waybill.link.FileLink;
import dev.waybill.link.Link;
import dev.waybill.link.Link.Arrival;
import dev.waybill.link.Link.LinkException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/** The mailboxes that a server offers: each remote's own, through a {@link FileLink} of its own, one call at a time. Any thread. */
final class Mailboxes implements AutoCloseable {

    private static final Duration BETWEEN_COUNTS = Duration.ofSeconds(1);

    private final Path directory;
    private final String office;
    private final int maxMessageBytes;
    private final int messagesAtMost;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final ThreadFactory threads;
    private final ConcurrentMap<String, FileLink> links = new ConcurrentHashMap<>();
    private Instant counted = Instant.MIN;
    private boolean full;

    /**
     * @param office         address of the head office's own mailbox: what remotes post goes there
     * @param messagesAtMost beyond it nothing more is taken
     */
    Mailboxes(Path directory, String office, int maxMessageBytes, int messagesAtMost, InstantSource clock, RandomGenerator random, ThreadFactory threads) {
        this.directory = directory;
        this.office = office;
        this.maxMessageBytes = maxMessageBytes;
        this.messagesAtMost = messagesAtMost;
        this.clock = clock;
        this.random = random;
        this.threads = threads;
    }

    boolean isOffice(String address) {
        return office.equals(address);
    }

    int maxMessageBytes() {
        return maxMessageBytes;
    }

    /** Whether the office has enough to do. */
    synchronized boolean isFull() throws LinkException {
        Instant now = clock.instant();
        if (now.isBefore(counted) || !now.isBefore(counted.plus(BETWEEN_COUNTS))) {
            Link link = link(office);
            synchronized (link) {
                full = link.list(messagesAtMost).size() >= messagesAtMost;
            }
            counted = now;
        }
        return full;
    }

    /** On disk when this returns. */
    void post(String sender, byte[] message) throws LinkException {
        FileLink link = link(sender);
        synchronized (link) {
            link.send(office, message);
            link.flush();
        }
    }

    Listing list(String owner, int atMost) throws LinkException {
        FileLink link = link(owner);
        synchronized (link) {
            return new Listing(link.list(atMost));
        }
    }

    /** Null when it is not there. */
    byte[] read(String owner, String name) throws LinkException {
        FileLink link = link(owner);
        synchronized (link) {
            return link.read(new Arrival(name, -1, null));
        }
    }

    void delete(String owner, String name) throws LinkException {
        FileLink link = link(owner);
        synchronized (link) {
            link.delete(new Arrival(name, -1, null));
        }
    }

    void putAside(String owner, String name, String reason) throws LinkException {
        FileLink link = link(owner);
        synchronized (link) {
            link.quarantine(new Arrival(name, -1, null), reason);
        }
    }

    private FileLink link(String owner) {
        return links.computeIfAbsent(owner, name -> new FileLink(directory, name, maxMessageBytes, clock, random, threads));
    }

    @Override
    public void close() {
        links.values().forEach(FileLink::close);
    }

    /** What lies in a mailbox, as it travels. */
    record Listing(List<Arrival> arrivals) {

        String text() {
            StringBuilder text = new StringBuilder();
            arrivals.forEach(arrival -> text.append(URLEncoder.encode(arrival.name(), StandardCharsets.UTF_8)).append(' ').append(arrival.sizeBytes()).append('\n'));
            return text.toString();
        }

        /** Differs when anything does. */
        String tag() {
            try {
                return "\"" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text().getBytes(StandardCharsets.UTF_8)), 0, 16) + "\"";
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
