// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/** Writes the long values of one change as CHUNK records, then references to them. Holds one chunk at a time, and what turns out to be short. One thread. */
final class LargeWriter {

    private static final int MOST_BYTES_PER_CHARACTER = 3;

    private final ByteSink sink;
    private final ChangeWriter.Complete complete;
    private final Queue<Prepared> prepared = new ArrayDeque<>();
    private int values;

    LargeWriter(ByteSink sink, ChangeWriter.Complete complete) {
        this.sink = sink;
        this.complete = complete;
    }

    /** A value met by {@link #prepare}: its content when short, else the number and length under which its chunks were written. */
    private record Prepared(byte[] content, int number, long lengthBytes) {}

    /** Whether a value has to be looked at here; true for whatever has an unknown length. */
    static boolean mayBeLarge(ValueKind kind, Object value) {
        if (kind != ValueKind.TEXT && kind != ValueKind.BYTES && kind != ValueKind.JSON) {
            return false;
        }
        if (value instanceof String text) {
            return kind == ValueKind.TEXT && text.length() > TransactionWriter.LARGE_VALUE_BYTES / MOST_BYTES_PER_CHARACTER && TextForm.lengthBytes(text) > TransactionWriter.LARGE_VALUE_BYTES;
        }
        if (value instanceof byte[] bytes) {
            return bytes.length > TransactionWriter.LARGE_VALUE_BYTES && kind != ValueKind.TEXT;
        }
        return value instanceof LargeValue;
    }

    /** Writes the chunks of an image's long values, in order. */
    void prepare(TableCode code, RowImage image) throws IOException {
        for (int i = 0; image != null && i < code.width(); i++) {
            if (image.has(i) && !code.inKey[i] && mayBeLarge(code.kinds[i], image.value(i))) {
                try (InputStream content = open(image.value(i))) {
                    prepared.add(writeChunks(content, code.kinds[i] == ValueKind.TEXT));
                }
            }
        }
    }

    /** Writes the reference to the next prepared value, or returns its content where it is short. */
    byte[] writeReference(ValueKind kind) {
        Prepared next = prepared.remove();
        if (next.content() == null) {
            sink.putByte(kind.code() | ValueWriter.LARGE);
            sink.putVarint(next.number());
            sink.putVarint(next.lengthBytes());
        }
        return next.content();
    }

    private Prepared writeChunks(InputStream content, boolean isText) throws IOException {
        byte[] chunk = new byte[TransactionWriter.LARGE_VALUE_BYTES];
        int count = content.readNBytes(chunk, 0, chunk.length);
        int next = content.read();
        if (next < 0) {
            byte[] inline = Arrays.copyOf(chunk, count);
            if (isText) {
                TextForm.decode(inline, 0, count);
            }
            return new Prepared(inline, -1, count);
        }
        long length = 0;
        while (true) {
            writeChunk(chunk, count, next < 0);
            length += count;
            if (next < 0) {
                break;
            }
            chunk[0] = (byte) next;
            count = 1 + content.readNBytes(chunk, 1, chunk.length - 1);
            next = content.read();
        }
        return new Prepared(null, values++, length);
    }

    private void writeChunk(byte[] chunk, int count, boolean last) throws IOException {
        sink.putByte(RecordCode.CHUNK);
        int begin = sink.beginBlock(3);
        sink.putVarint(values);
        sink.putByte(last ? 1 : 0);
        sink.write(chunk, 0, count);
        sink.endBlock(begin, 3);
        complete.run();
    }

    private static InputStream open(Object value) throws IOException {
        if (value instanceof String text) {
            return TextForm.stream(new StringReader(text));
        }
        return value instanceof byte[] bytes ? new ByteArrayInputStream(bytes) : ((LargeValue) value).open();
    }
}
