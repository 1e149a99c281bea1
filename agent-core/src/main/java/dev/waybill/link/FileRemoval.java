// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Deletes files, at once or in a thread of its own: taking names out of a directory waits for whoever is forcing something to the same disk. Called by one thread. */
final class FileRemoval implements AutoCloseable {

    private static final int TRIES = 5;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(10);
    private static final int WAITING_AT_MOST = 1_000;
    private static final long IDLE_SECONDS = 10;
    private static final long CLOSED_WITHIN_SECONDS = 5;

    private final Set<Path> going = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor removing;

    FileRemoval(ThreadFactory threads) {
        this.removing = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        this.removing.allowCoreThreadTimeOut(true);
    }

    /** Gone when it returns. */
    void remove(Path file) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                Files.deleteIfExists(file);
                return;
            } catch (IOException inUse) {
                if (attempt == TRIES) {
                    throw inUse;
                }
                LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
            }
        }
    }

    /** Soon gone; what cannot be deleted is no longer {@link #isGoing}. Bounded. */
    void removeSoon(Path file) throws IOException {
        if (going.size() >= WAITING_AT_MOST) {
            remove(file);
        } else if (going.add(file)) {
            removing.execute(() -> removeQuietly(file));
        }
    }

    private void removeQuietly(Path file) {
        try {
            remove(file);
        } catch (IOException stays) {
            System.getLogger(FileRemoval.class.getName()).log(System.Logger.Level.DEBUG, "not deleted now: " + file, stays);
        } finally {
            going.remove(file);
        }
    }

    /** Whether it is about to be deleted. */
    boolean isGoing(Path file) {
        return going.contains(file);
    }

    /** Waits, bounded, for what was to be deleted; nobody is interrupted. */
    @Override
    public void close() {
        removing.shutdown();
        try {
            removing.awaitTermination(CLOSED_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException foreign) {
            Thread.currentThread().interrupt();
        }
    }
}
