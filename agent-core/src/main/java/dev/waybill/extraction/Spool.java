// SPDX-License-Identifier: Apache-2.0
package dev.waybill.extraction;

import dev.waybill.error.WaybillError;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The directory in which the rows of an extraction lie, a file for each table, readable for its owner alone. It is complete when its manifest is there, which is written last; files without one were left by an extraction that was ended, and
 * are of a snapshot that nobody can see any more. One process at a time; files are written and read by several threads.
 */
final class Spool implements AutoCloseable {

    private static final String MANIFEST = "manifest";
    private static final String LOCK = "lock";
    private static final Pattern OURS = Pattern.compile("manifest(\\.new)?|lock|\\d+\\.rows|[A-Za-z0-9_.-]+\\.tables");
    private static final int BUFFER = 1 << 16;

    private final Path directory;
    private final FileChannel held;
    private final FileLock lock;

    private Spool(Path directory, FileChannel held, FileLock lock) {
        this.directory = directory;
        this.held = held;
        this.lock = lock;
    }

    /**
     * Makes the directory where it is not there.
     *
     * @throws SQLException EXTRACT_SPOOL: another process has it, or there are files in it that are none of ours
     */
    static Spool open(Path directory) throws SQLException, IOException {
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix") && !Files.exists(directory)) {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(directory);
        }
        try (Stream<Path> files = Files.list(directory)) {
            Path strange = files.filter(file -> !OURS.matcher(file.getFileName().toString()).matches()).findFirst().orElse(null);
            if (strange != null) {
                throw WaybillError.EXTRACT_SPOOL.with(directory, "there is a file in it that no extraction has written (" + strange.getFileName() + ")");
            }
        }
        FileChannel held = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = held.tryLock();
        } catch (OverlappingFileLockException here) {
            lock = null; // of this process: the same as another's
        }
        if (lock == null) {
            held.close();
            throw WaybillError.EXTRACT_SPOOL.with(directory, "another extraction is using it");
        }
        return new Spool(directory, held, lock);
    }

    /** Null where the spool is not complete. */
    Manifest manifest() throws SQLException, IOException {
        if (!Files.exists(directory.resolve(MANIFEST))) {
            return null;
        }
        try {
            return Manifest.parse(Files.readString(directory.resolve(MANIFEST)));
        } catch (IllegalArgumentException damaged) {
            throw WaybillError.EXTRACT_SPOOL.because(damaged, directory, damaged.getMessage());
        }
    }

    /** Removes what an extraction has left. */
    void empty() throws IOException {
        Files.deleteIfExists(directory.resolve(MANIFEST));
        for (Path file : files()) {
            if (!file.getFileName().toString().equals(LOCK)) {
                Files.delete(file);
            }
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** What is written. */
    interface Content {
        long writeTo(OutputStream out) throws SQLException, IOException;
    }

    /** Writes the rows of a step, which are on disk when it returns. */
    Manifest.File write(int number, Content content) throws SQLException, IOException {
        return write(number, number + ".rows", content);
    }

    /** Writes the definitions for a remote user and returns their CRC. */
    int writeDefinitions(String remote, Content content) throws SQLException, IOException {
        return write(0, remote + ".tables", content).crc();
    }

    private Manifest.File write(int number, String name, Content content) throws SQLException, IOException {
        try (FileChannel file = FileChannel.open(directory.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            Counted out = new Counted(new BufferedOutputStream(Channels.newOutputStream(file), BUFFER));
            long rows = content.writeTo(out);
            out.flush();
            file.force(true);
            return new Manifest.File(number, rows, out.bytes, (int) out.crc.getValue());
        }
    }

    /** From now on the spool is complete. */
    void complete(Manifest manifest) throws IOException {
        Path made = directory.resolve(MANIFEST + ".new");
        try (FileChannel file = FileChannel.open(made, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            file.write(StandardCharsets.UTF_8.encode(manifest.text()));
            file.force(true);
        }
        Files.move(made, directory.resolve(MANIFEST), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Reads a step's rows. {@link #check} has shown that they are as they were written. */
    InputStream read(int number) throws IOException {
        return new BufferedInputStream(Files.newInputStream(directory.resolve(number + ".rows")), BUFFER);
    }

    InputStream readDefinitions(String remote) throws IOException {
        return new BufferedInputStream(Files.newInputStream(directory.resolve(remote + ".tables")), BUFFER);
    }

    /** @throws SQLException EXTRACT_SPOOL when the file is not as it was written */
    void check(Manifest.File file) throws SQLException, IOException {
        check(file.number() + ".rows", file.crc());
    }

    void checkDefinitions(Manifest.Share share) throws SQLException, IOException {
        check(share.remote() + ".tables", share.definitionsCrc());
    }

    private void check(String name, int wanted) throws SQLException, IOException {
        CRC32C crc = new CRC32C();
        byte[] buffer = new byte[BUFFER];
        if (Files.exists(directory.resolve(name))) {
            try (InputStream in = Files.newInputStream(directory.resolve(name))) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    crc.update(buffer, 0, read);
                }
            }
        }
        if ((int) crc.getValue() != wanted) {
            throw WaybillError.EXTRACT_SPOOL.with(directory, "its file " + name + " is not what was written");
        }
    }

    /** Removes the directory, and closes. */
    void remove() throws IOException {
        empty();
        close();
        Files.deleteIfExists(directory.resolve(LOCK));
        Files.deleteIfExists(directory);
    }

    @Override
    public void close() throws IOException {
        if (held.isOpen()) {
            lock.release();
            held.close();
        }
    }

    /** Counts and sums up what goes through. */
    private static final class Counted extends FilterOutputStream {

        private final CRC32C crc = new CRC32C();
        private long bytes;

        private Counted(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] some, int offset, int length) throws IOException {
            out.write(some, offset, length);
            crc.update(some, offset, length);
            bytes += length;
        }
    }
}
