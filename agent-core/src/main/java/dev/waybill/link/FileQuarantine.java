// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.PriorityQueue;

/** The subdirectory of a mailbox where messages are put aside with the reason beside them. Beyond the bound the oldest are deleted. */
final class FileQuarantine {

    static final String FOLDER = "quarantine";
    private static final String REASON = ".reason";

    private final int atMost;

    FileQuarantine(int atMost) {
        this.atMost = atMost;
    }

    /** Moves the message; afterwards it is no longer in the mailbox. The reason is written first: a message without one would puzzle a person. */
    void take(Path mailbox, String name, String reason) throws IOException {
        Path folder = mailbox.resolve(FOLDER);
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            create(folder);
        }
        Files.write(folder.resolve(name + REASON), (reason + System.lineSeparator()).getBytes(StandardCharsets.UTF_8));
        try {
            Files.move(mailbox.resolve(name), folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException gone) {
            Files.deleteIfExists(folder.resolve(name + REASON));
        }
        trim(folder);
    }

    private static void create(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException exists) {
            throw new IOException(folder + " is not a directory", exists);
        }
    }

    private void trim(Path folder) throws IOException {
        PriorityQueue<Kept> newest = new PriorityQueue<>(Comparator.comparing(Kept::since).thenComparing(kept -> kept.path().toString()));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, file -> !file.getFileName().toString().endsWith(REASON))) {
            for (Path file : files) {
                newest.add(new Kept(file, Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS)));
                if (newest.size() > atMost) {
                    Path oldest = newest.remove().path();
                    Files.deleteIfExists(oldest);
                    Files.deleteIfExists(oldest.resolveSibling(oldest.getFileName() + REASON));
                }
            }
        }
    }

    private record Kept(Path path, FileTime since) {}
}
