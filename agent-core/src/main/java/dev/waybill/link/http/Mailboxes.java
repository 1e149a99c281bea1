// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import dev.waybill.link.FileLink;
import dev.waybill.link.Link;
import dev.waybill.link.Link.Arrival;
import dev.waybill.link.Link.LinkException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
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

    /** Longer than any file system's, and than what the clocks of this machine and of its file server differ. */
    private static final Duration STEP_OF_TIMES = Duration.ofSeconds(3);
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

    /** All of them are on disk when this returns, in their order. */
    void post(String sender, List<byte[]> messages) throws LinkException {
        FileLink link = link(sender);
        synchronized (link) {
            for (byte[] message : messages) {
                link.sendSoon(office, message);
            }
            link.flush();
        }
    }

    /** Those of these messages that are there, as many as a bundle has room for. */
    Bundle read(String owner, List<String> names) throws LinkException {
        Bundle bundle = new Bundle();
        for (String name : names) {
            byte[] message = read(owner, name);
            if (message != null && message.length <= maxMessageBytes) {
                if (!bundle.hasRoom(name, message.length)) {
                    break;
                }
                bundle.add(name, message);
            }
        }
        return bundle;
    }

    /** When something last came to this mailbox or went from it, as its directory says, which is cheap to ask; null when it cannot be asked. */
    Instant touched(String owner) {
        try {
            return Files.getLastModifiedTime(directory.resolve(owner), LinkOption.NOFOLLOW_LINKS).toInstant();
        } catch (IOException | InvalidPathException unknown) {
            return null;
        }
    }

    /** Whether something could have happened since that left no other time behind: file systems count in steps. */
    boolean isJustNow(Instant touched) {
        return Duration.between(touched, clock.instant()).abs().compareTo(STEP_OF_TIMES) < 0;
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
