// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import dev.waybill.error.WaybillError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ThreadFactory;
import java.util.random.RandomGenerator;

/**
 * FILE: messages are files in a shared directory, one mailbox for each address. What {@link #send} accepted is visible whole, its content on disk; its name is on disk after {@link #flush}; see the package page for names and order.
 * One agent thread at a time.
 */
public final class FileLink implements Link {

    /** A temporary file that is older belongs to a dead writer. */
    static final Duration WRITERS_DIE_AFTER = Duration.ofHours(1);
    static final int QUARANTINE_AT_MOST = 1_000;

    private final MailboxAddress addresses;
    private final String ownAddress;
    private final int maxMessageBytes;
    private final InstantSource clock;
    private final FileWriter writer;
    private final FileRemoval removal;
    private final ThreadFactory threads;
    private final FileQuarantine quarantine = new FileQuarantine(QUARANTINE_AT_MOST);
    private Instant nextSweep = Instant.MIN;
    private Runnable wake;
    private FolderWatch watch;

    /**
     * @param root       the shared directory; made when it is first needed
     * @param ownAddress subdirectory of the own mailbox, or null when nothing is to be received this way
     * @param random     for the names of this writer
     * @param threads    for the one thread that waits for the watch, and for a few that force messages to disk and delete them while there are any
     */
    public FileLink(Path root, String ownAddress, int maxMessageBytes, InstantSource clock, RandomGenerator random, ThreadFactory threads) {
        this.addresses = new MailboxAddress(root.toAbsolutePath().normalize());
        this.ownAddress = ownAddress;
        this.maxMessageBytes = maxMessageBytes;
        this.clock = clock;
        this.writer = new FileWriter(clock, random, threads);
        this.threads = threads;
        this.removal = new FileRemoval(threads);
    }

    @Override
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    @Override
    public void send(String address, byte[] message) throws LinkException {
        send(address, message, writer::write);
    }

    @Override
    public void sendSoon(String address, byte[] message) throws LinkException {
        send(address, message, writer::writeSoon);
    }

    private interface Writing {
        void write(Path mailbox, byte[] message) throws FileWriter.Failed;
    }

    private void send(String address, byte[] message, Writing writing) throws LinkException {
        Path mailbox = addresses.open(address);
        try {
            writing.write(mailbox, message);
        } catch (FileWriter.Failed failed) {
            throw notSent(failed);
        }
    }

    @Override
    public void flush() throws LinkException {
        try {
            writer.flush();
        } catch (FileWriter.Failed failed) {
            throw notSent(failed);
        }
    }

    /** It may have been another message that failed than the one that was being written. */
    private static LinkException notSent(FileWriter.Failed failed) {
        return MailboxAddress.failed(WaybillError.LINK_SEND, failed.mailbox(), failed.mailbox(), failed.getCause());
    }

    @Override
    public List<Arrival> list(int atMost) throws LinkException {
        if (ownAddress == null) {
            return List.of();
        }
        Path mailbox = addresses.open(ownAddress);
        try {
            sweep(mailbox);
            watch(mailbox);
            return oldest(mailbox, atMost);
        } catch (IOException failed) {
            throw MailboxAddress.failed(WaybillError.LINK_FOLDER, mailbox, mailbox, failed);
        }
    }

    private List<Arrival> oldest(Path mailbox, int atMost) throws IOException {
        PriorityQueue<Arrival> kept = new PriorityQueue<>(Comparator.comparing(Arrival::name).reversed());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(mailbox, file -> !file.getFileName().toString().startsWith("."))) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if ((kept.size() < atMost || name.compareTo(kept.element().name()) < 0) && !removal.isGoing(file)) {
                    keep(kept, atMost, file);
                }
            }
        }
        List<Arrival> arrivals = new ArrayList<>(kept);
        arrivals.sort(Comparator.comparing(Arrival::name));
        return arrivals;
    }

    private static void keep(PriorityQueue<Arrival> kept, int atMost, Path file) throws IOException {
        BasicFileAttributes facts;
        try {
            facts = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException gone) {
            return;
        }
        if (facts.isRegularFile()) {
            kept.add(new Arrival(file.getFileName().toString(), facts.size(), null));
            if (kept.size() > atMost) {
                kept.remove();
            }
        }
    }

    @Override
    public byte[] read(Arrival arrival) throws LinkException {
        Path file = fileOf(arrival);
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return in.readNBytes(maxMessageBytes + 1);
        } catch (NoSuchFileException gone) {
            return null;
        } catch (IOException failed) {
            throw MailboxAddress.failed(WaybillError.LINK_FOLDER, file.getParent(), file, failed);
        }
    }

    @Override
    public void delete(Arrival arrival) throws LinkException {
        delete(arrival, removal::remove);
    }

    @Override
    public void deleteSoon(Arrival arrival) throws LinkException {
        delete(arrival, removal::removeSoon);
    }

    private interface Removing {
        void remove(Path file) throws IOException;
    }

    private void delete(Arrival arrival, Removing removing) throws LinkException {
        Path file = fileOf(arrival);
        try {
            removing.remove(file);
        } catch (IOException inUse) {
            throw MailboxAddress.failed(WaybillError.LINK_FOLDER, file.getParent(), file, inUse);
        }
    }

    @Override
    public void quarantine(Arrival arrival, String reason) throws LinkException {
        Path file = fileOf(arrival);
        try {
            quarantine.take(file.getParent(), arrival.name(), reason);
        } catch (IOException failed) {
            throw MailboxAddress.failed(WaybillError.LINK_FOLDER, file.getParent(), file, failed);
        }
    }

    @Override
    public void onArrival(Runnable wake) {
        this.wake = wake;
    }

    @Override
    public void close() {
        writer.close();
        removal.close();
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }

    private Path fileOf(Arrival arrival) throws LinkException {
        return addresses.open(ownAddress).resolve(arrival.name());
    }

    private void watch(Path mailbox) throws IOException {
        if (wake != null && watch == null) {
            watch = FolderWatch.start(mailbox, wake, threads);
            wake = watch == null ? null : wake;
        } else if (watch != null) {
            watch.renew(mailbox);
        }
    }

    /** Deletes what dead writers left in the own mailbox, now and then. */
    private void sweep(Path mailbox) throws IOException {
        Instant now = clock.instant();
        if (now.isBefore(nextSweep)) {
            return;
        }
        nextSweep = now.plus(WRITERS_DIE_AFTER.dividedBy(4));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(mailbox, ".*" + FileWriter.TEMPORARY)) {
            for (Path file : files) {
                if (isAbandoned(file, now)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static boolean isAbandoned(Path file, Instant now) throws IOException {
        try {
            return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant().plus(WRITERS_DIE_AFTER).isBefore(now);
        } catch (NoSuchFileException renamed) {
            return false;
        }
    }
}
