// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Keeps the large values of one record: in memory while they are short, then in a temporary file that disappears with {@link #clear} or {@link #close}. One thread. */
final class LargeSpool implements AutoCloseable {

    /** Above this all large values of a record are in the file. */
    static final int MEMORY_BYTES = 256 * 1024;

    private final ByteSink memory = new ByteSink(0);
    private final List<Spooled> values = new ArrayList<>();
    private FileChannel file;
    private long length;
    private long valueFrom;
    private boolean valueOpen;
    private int referred;
    private int generation;

    /** Takes a CHUNK record. */
    void add(ByteSource chunk) throws IOException {
        int number = chunk.getNumber(Integer.MAX_VALUE, "number of a large value");
        boolean last = chunk.getFlag("whether a chunk is the last");
        byte[] content = chunk.getBytes(chunk.remaining());
        if (number != values.size() || content.length == 0 || content.length > TransactionWriter.LARGE_VALUE_BYTES) {
            throw new MalformedException("a chunk of " + content.length + " bytes for large value " + number + ", expected 1 to " + TransactionWriter.LARGE_VALUE_BYTES + " for " + values.size());
        }
        if (!valueOpen) {
            valueFrom = length;
            valueOpen = true;
        }
        append(content);
        if (last) {
            endValue();
        }
    }

    /** The value that a record refers to: values are referred to once, in order. */
    LargeValue refer(int number, long lengthBytes) throws MalformedException {
        if (number != referred || number >= values.size() || values.get(number).lengthBytes() != lengthBytes) {
            throw new MalformedException("a change refers to large value " + number + " of " + lengthBytes + " bytes, which did not come before it");
        }
        return values.get(referred++);
    }

    /** Chunks belong to the record right after them. */
    void expectAllReferred() throws MalformedException {
        if (valueOpen || referred != values.size()) {
            throw new MalformedException("large values came that the record after them does not refer to");
        }
    }

    /** Forgets all values and removes the file. */
    void clear() throws IOException {
        if (length > 0) {
            generation++;
            memory.clear();
            values.clear();
            length = 0;
            referred = 0;
            valueOpen = false;
            close();
        }
    }

    @Override
    public void close() throws IOException {
        generation++;
        if (file != null) {
            file.close();
            file = null;
        }
    }

    private void append(byte[] content) throws IOException {
        if (file == null && length + content.length > MEMORY_BYTES) {
            file = openFile();
            writeFully(memory.bytes());
            memory.clear();
        }
        if (file != null) {
            writeFully(content);
        } else {
            memory.putBytes(content);
        }
        length += content.length;
    }

    private void endValue() throws MalformedException {
        long lengthBytes = length - valueFrom;
        if (lengthBytes <= TransactionWriter.LARGE_VALUE_BYTES) {
            throw new MalformedException("a value of " + lengthBytes + " bytes came in chunks");
        }
        values.add(new Spooled(valueFrom, lengthBytes, generation));
        valueOpen = false;
    }

    private static FileChannel openFile() throws IOException {
        Path path = Files.createTempFile("waybill-", ".large");
        return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    private void writeFully(byte[] content) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
            file.write(buffer);
        }
    }

    /** One value. Equal by content would mean reading it: so it is equal only to itself. */
    private final class Spooled implements LargeValue {
        private final long from;
        private final long lengthBytes;
        private final int madeIn;

        Spooled(long from, long lengthBytes, int madeIn) {
            this.from = from;
            this.lengthBytes = lengthBytes;
            this.madeIn = madeIn;
        }

        @Override
        public long lengthBytes() {
            return lengthBytes;
        }

        @Override
        public InputStream open() throws IOException {
            if (madeIn != generation) {
                throw new IOException("a large value was opened after its reader had moved on");
            }
            return file != null ? new FileRange(file, from, lengthBytes) : new ByteArrayInputStream(memory.slice((int) from, (int) (from + lengthBytes)));
        }

        @Override
        public String toString() {
            return "LargeValue of " + lengthBytes + " bytes";
        }
    }
}
