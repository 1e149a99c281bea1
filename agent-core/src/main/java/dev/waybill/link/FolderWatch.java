// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.ThreadFactory;

/**
 * Wakes somebody when a message appears in a folder. Where the file system cannot tell (network shares), nothing happens: polling is the truth.
 * Its thread only ever waits for the watch service and is ended by closing that.
 */
final class FolderWatch implements AutoCloseable {

    private final WatchService service;
    private final Runnable wake;
    private WatchKey key;

    private FolderWatch(WatchService service, Runnable wake) {
        this.service = service;
        this.wake = wake;
    }

    /** Starts to watch, or returns null where there is no watching. */
    static FolderWatch start(Path folder, Runnable wake, ThreadFactory threads) {
        try {
            FolderWatch watch = new FolderWatch(folder.getFileSystem().newWatchService(), wake);
            threads.newThread(watch::run).start();
            watch.renew(folder);
            return watch;
        } catch (IOException | UnsupportedOperationException noWatching) {
            System.getLogger(FolderWatch.class.getName()).log(System.Logger.Level.DEBUG, "no watch on " + folder + ", polling only", noWatching);
            return null;
        }
    }

    /** Watches the folder again if it was taken away and came back. */
    synchronized void renew(Path folder) throws IOException {
        if (key == null || !key.isValid()) {
            key = folder.register(service, StandardWatchEventKinds.ENTRY_CREATE);
        }
    }

    private void run() {
        try {
            for (WatchKey signalled = service.take(); ; signalled = service.take()) {
                boolean arrived = signalled.pollEvents().stream().anyMatch(FolderWatch::isMessage);
                signalled.reset();
                if (arrived) {
                    wake.run();
                }
            }
        } catch (ClosedWatchServiceException | InterruptedException closed) {
            System.getLogger(FolderWatch.class.getName()).log(System.Logger.Level.TRACE, "watch ended", closed);
        }
    }

    private static boolean isMessage(WatchEvent<?> event) {
        return !(event.context() instanceof Path name) || !name.toString().startsWith(".");
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException failed) {
            System.getLogger(FolderWatch.class.getName()).log(System.Logger.Level.DEBUG, "closing a watch", failed);
        }
    }
}
