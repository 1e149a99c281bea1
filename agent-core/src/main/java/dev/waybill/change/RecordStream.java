// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;

/** Cuts a stream into records. Holds one record at most, and room only for bytes that have really come. One thread. */
final class RecordStream implements AutoCloseable {

    private static final int LEAST_ROOM_BYTES = 256;
    private static final int FIRST_ROOM_BYTES = 8192;
    private static final byte[] NO_ROOM = {};

    private final InputStream in;
    private final ByteSource content = new ByteSource(new byte[0]);
    private byte[] buffer;
    private int position;
    private int limit;

    RecordStream(InputStream in) {
        this.in = in;
        this.buffer = NO_ROOM;
    }

    /** All bytes are there already: nothing is ever read or moved. */
    RecordStream(byte[] bytes, int from, int to) {
        Objects.checkFromToIndex(from, to, bytes.length);
        this.in = null;
        this.buffer = bytes;
        this.position = from;
        this.limit = to;
    }

    int readByte() throws IOException {
        demand(1);
        return buffer[position++] & 0xff;
    }

    /** Moves to the next record: its code. */
    int nextRecord() throws IOException {
        int code = readByte();
        int length = readLength();
        demand(length);
        content.reset(buffer, position, position + length);
        position += length;
        return code;
    }

    /** The content of the record, until the next one is asked for. */
    ByteSource content() {
        return content;
    }

    void expectEnd() throws IOException {
        if (position < limit || in != null && in.read() >= 0) {
            throw new MalformedException("bytes follow the end of a transaction");
        }
    }

    @Override
    public void close() throws IOException {
        if (in != null) {
            in.close();
        }
    }

    private int readLength() throws IOException {
        int length = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int next = readByte();
            length |= (next & 0x7f) << shift;
            if (next < 0x80) {
                if (next == 0 && shift > 0) {
                    throw new MalformedException("the length of a record is not written in its shortest form");
                }
                return checked(length);
            }
        }
        return checked(Integer.MAX_VALUE);
    }

    private static int checked(int length) throws MalformedException {
        if (length > TransactionWriter.MAX_RECORD_BYTES) {
            throw new MalformedException(MalformedException.Reason.OVERSIZE, "a record is longer than " + TransactionWriter.MAX_RECORD_BYTES + " bytes");
        }
        return length;
    }

    private void demand(int count) throws IOException {
        while (limit - position < count) {
            int read = in == null ? -1 : readMore(count);
            if (read < 0) {
                throw new MalformedException("a transaction ends in the middle: " + (limit - position) + " of " + count + " bytes");
            }
            limit += read;
        }
    }

    private int readMore(int count) throws IOException {
        if (buffer == NO_ROOM) {
            buffer = new byte[firstRoom(in.available())];
        }
        makeRoom(count);
        return in.read(buffer, limit, buffer.length - limit);
    }

    /** Small transactions from memory are many: they get what they need, if the stream knows. */
    private static int firstRoom(int available) {
        return available <= 0 ? FIRST_ROOM_BYTES : Math.max(LEAST_ROOM_BYTES, Math.min(FIRST_ROOM_BYTES, available));
    }

    /** Room grows at most to twice of what has come. */
    private void makeRoom(int count) {
        if (position > 0) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            position = 0;
        }
        if (limit == buffer.length && count > limit) {
            buffer = Arrays.copyOf(buffer, (int) Math.min(count, 2L * buffer.length));
        }
    }
}
