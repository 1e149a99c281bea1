// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Makes messages visible in a mailbox whole or not at all, in their order; the content of each is on disk before, its name after {@link #flush}. Called by one thread; writing to disk, which is mostly waiting, is done by a few
 * of its own.
 */
final class FileWriter implements AutoCloseable {

    static final String TEMPORARY = ".tmp";
    static final String MESSAGE = ".msg";
    private static final boolean DIRECTORIES_CAN_BE_FORCED = !System.getProperty("os.name", "").startsWith("Windows");
    private static final int WRITTEN_AT_ONCE = 8;
    private static final int UNDER_WAY_AT_MOST = 32;
    private static final long IDLE_SECONDS = 10;

    private final InstantSource clock;
    private final String writer;
    private final Set<Path> unforced = new LinkedHashSet<>();
    private final ThreadPoolExecutor writing;
    private final Semaphore room = new Semaphore(UNDER_WAY_AT_MOST);
    private final Queue<Draft> underWay = new ArrayDeque<>();
    private Failed failure;
    private long lastStamp;

    FileWriter(InstantSource clock, RandomGenerator random, ThreadFactory threads) {
        this.clock = clock;
        this.writer = String.format("%016x", random.nextLong());
        this.writing = new ThreadPoolExecutor(WRITTEN_AT_ONCE, WRITTEN_AT_ONCE, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        this.writing.allowCoreThreadTimeOut(true);
    }

    /** Visible when it returns. */
    void write(Path mailbox, byte[] message) throws Failed {
        Draft draft = draft(mailbox);
        draft.make(message);
        draft.publish();
        unforced.add(mailbox);
    }

    /** Visible after {@link #flush} at the latest, which throws what goes wrong from here on; bounded. Throws when it is known already that flush will. */
    void writeSoon(Path mailbox, byte[] message) throws Failed {
        room.acquireUninterruptibly();
        Draft draft = draft(mailbox);
        synchronized (underWay) {
            if (failure != null) {
                room.release();
                throw failure;
            }
            underWay.add(draft);
        }
        writing.execute(() -> {
            draft.make(message);
            publishMade();
        });
        unforced.add(mailbox);
    }

    /** Those that are on disk become visible, but none before an earlier one. */
    private void publishMade() {
        synchronized (underWay) {
            while (!underWay.isEmpty() && underWay.element().isMade) {
                try {
                    underWay.element().publish();
                } catch (Failed failed) {
                    failure = failed;
                }
                underWay.remove();
                room.release();
            }
        }
    }

    /** All are visible, and one force of a directory serves all that were put there. */
    void flush() throws Failed {
        room.acquireUninterruptibly(UNDER_WAY_AT_MOST);
        room.release(UNDER_WAY_AT_MOST);
        Failed failed;
        synchronized (underWay) {
            failed = failure;
            failure = null;
        }
        if (failed != null) {
            throw failed;
        }
        for (Iterator<Path> mailboxes = unforced.iterator(); mailboxes.hasNext();) {
            forceDirectory(mailboxes.next());
            mailboxes.remove();
        }
    }

    /** Names of one writer grow strictly, those of several sort by their clocks. */
    private String nextName() {
        lastStamp = Math.max(lastStamp + 1, clock.millis() << 10);
        return String.format("%016x-%s", lastStamp, writer);
    }

    private Draft draft(Path mailbox) {
        String name = nextName();
        return new Draft(mailbox.resolve("." + name + TEMPORARY), mailbox.resolve(name + MESSAGE));
    }

    /** The rename itself is on disk only after this; Windows cannot open a directory and does it by itself. */
    private static void forceDirectory(Path directory) throws Failed {
        if (DIRECTORIES_CAN_BE_FORCED && Files.isDirectory(directory)) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            } catch (IOException failed) {
                throw new Failed(directory, failed);
            }
        }
    }

    /** What is under way goes on; nobody is interrupted. */
    @Override
    public void close() {
        writing.shutdown();
    }

    /** A message could not be made visible in this mailbox; the cause says why. */
    static final class Failed extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient Path mailbox;

        private Failed(Path mailbox, IOException cause) {
            super(cause.getMessage(), cause);
            this.mailbox = mailbox;
        }

        Path mailbox() {
            return mailbox;
        }

        @Override
        public synchronized IOException getCause() {
            return (IOException) super.getCause();
        }
    }

    /** A message that is not yet visible. What fails leaves no temporary file. One thread after the other. */
    private static final class Draft {
        private final Path temporary;
        private final Path visible;
        private volatile boolean isMade;
        private IOException failure;

        private Draft(Path temporary, Path visible) {
            this.temporary = temporary;
            this.visible = visible;
        }

        /** Its content is on disk afterwards, or why not is known: whatever happens, it does not stand in the way of those behind it. */
        private void make(byte[] message) {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(message);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            } catch (IOException failed) {
                failure = failed;
            } catch (RuntimeException unexpected) {
                failure = new IOException(unexpected.toString(), unexpected);
            }
            isMade = true;
        }

        private void publish() throws Failed {
            if (failure == null) {
                move();
            }
            if (failure != null) {
                discard(failure);
                throw new Failed(visible.getParent(), failure);
            }
        }

        private void move() {
            try {
                Files.move(temporary, visible, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException failed) {
                failure = failed;
            } catch (RuntimeException unexpected) {
                failure = new IOException(unexpected.toString(), unexpected);
            }
        }

        private void discard(IOException failed) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException alsoFailed) {
                failed.addSuppressed(alsoFailed);
            }
        }
    }
}
