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
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Makes a message visible in a mailbox whole or not at all; its content is on disk before that, its name after {@link #flush}. One thread. */
final class FileWriter {

    static final String TEMPORARY = ".tmp";
    static final String MESSAGE = ".msg";
    private static final boolean DIRECTORIES_CAN_BE_FORCED = !System.getProperty("os.name", "").startsWith("Windows");

    private final InstantSource clock;
    private final String writer;
    private final Set<Path> unforced = new LinkedHashSet<>();
    private long lastStamp;

    FileWriter(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.writer = String.format("%016x", random.nextLong());
    }

    void write(Path mailbox, byte[] message) throws IOException {
        String name = nextName();
        Path temporary = mailbox.resolve("." + name + TEMPORARY);
        try {
            writeAndForce(temporary, message);
            Files.move(temporary, mailbox.resolve(name + MESSAGE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            discard(temporary, failed);
            throw failed;
        }
        unforced.add(mailbox);
    }

    /** One force of a directory serves all messages that were put there. */
    void flush() throws IOException {
        for (Iterator<Path> mailboxes = unforced.iterator(); mailboxes.hasNext();) {
            Path mailbox = mailboxes.next();
            if (Files.isDirectory(mailbox)) {
                forceDirectory(mailbox);
            }
            mailboxes.remove();
        }
    }

    /** Names of one writer grow strictly, those of several sort by their clocks. */
    private String nextName() {
        lastStamp = Math.max(lastStamp + 1, clock.millis() << 10);
        return String.format("%016x-%s", lastStamp, writer);
    }

    private static void writeAndForce(Path file, byte[] message) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(message);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    private static void discard(Path temporary, IOException failed) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException alsoFailed) {
            failed.addSuppressed(alsoFailed);
        }
    }

    /** The rename itself is on disk only after this; Windows cannot open a directory and does it by itself. */
    private static void forceDirectory(Path directory) throws IOException {
        if (DIRECTORIES_CAN_BE_FORCED) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
