// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The content of a large transaction in a temporary file, until this is closed. It comes out of the same database, and some drivers read a stream only while they execute the statement that it is bound to: then they cannot
 * execute another one that brings its next part. One thread.
 */
final class HeldContent implements AutoCloseable {

    private final Path file;

    private HeldContent(Path file) {
        this.file = file;
    }

    static HeldContent of(InputStream content) throws IOException {
        HeldContent held = new HeldContent(Files.createTempFile("waybill-", ".letter"));
        try {
            Files.copy(content, held.file, StandardCopyOption.REPLACE_EXISTING);
            return held;
        } catch (IOException | RuntimeException failed) {
            held.close();
            throw failed;
        }
    }

    /** From its beginning; the caller closes it. */
    InputStream open() throws IOException {
        return Files.newInputStream(file);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
