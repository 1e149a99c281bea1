// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;

/** Reads a range of a file, independently of other readers of it. One thread. */
final class FileRange extends InputStream {

    private static final int BUFFER_BYTES = 32 * 1024;

    private final FileChannel file;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
    private long position;
    private long left;

    FileRange(FileChannel file, long from, long lengthBytes) {
        this.file = file;
        this.position = from;
        this.left = lengthBytes;
    }

    @Override
    public int read() throws IOException {
        return fill() ? buffer.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int given = Math.min(length, buffer.remaining());
        buffer.get(to, offset, given);
        return given;
    }

    private boolean fill() throws IOException {
        if (buffer.hasRemaining()) {
            return true;
        }
        if (left == 0) {
            return false;
        }
        buffer.clear().limit((int) Math.min(BUFFER_BYTES, left));
        int read = file.read(buffer, position);
        if (read < 0) {
            throw new EOFException("the temporary file of a large value ends too early");
        }
        buffer.flip();
        position += read;
        left -= read;
        return true;
    }
}
