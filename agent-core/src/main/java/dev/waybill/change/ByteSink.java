// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;

/**
 * A growable array of bytes with the primitives of our binary forms: varints (seven bits a byte, lowest first, no superfluous byte), zigzag for signed numbers, big-endian fixed widths, text as
 * {@link TextForm} defines it. One thread.
 *
 * <p>As the target of a {@link TransactionWriter} it is filled without another copy; with a {@link Full} action it never holds much more than that action's bound, however large a value is.
 */
public final class ByteSink extends OutputStream {

    private static final int MAX_BYTES = Integer.MAX_VALUE - 16;
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final int fullBytes;
    private final Full full;
    private byte[] bytes;
    private int size;

    /** Empty; grows as needed. */
    public ByteSink() {
        this(256);
    }

    /** Empty, with room for this many bytes. */
    public ByteSink(int roomBytes) {
        this(roomBytes, Integer.MAX_VALUE, sink -> { });
    }

    /** Empty; calls the action after each record that leaves at least {@code fullBytes} here. */
    public ByteSink(int roomBytes, int fullBytes, Full full) {
        this.bytes = new byte[roomBytes];
        this.fullBytes = fullBytes;
        this.full = full;
    }

    /** What happens when there is enough. */
    public interface Full {
        /** Takes bytes away, with {@link #takeFirst} or {@link #clear}. */
        void drain(ByteSink sink) throws IOException;
    }

    /** How many bytes there are. */
    public int size() {
        return size;
    }

    /** A copy of all. */
    public byte[] bytes() {
        return Arrays.copyOf(bytes, size);
    }

    /** The array with all at its beginning, {@link #size} bytes of it; good until the next change, and not to be written to. */
    public byte[] array() {
        return bytes;
    }

    /** A copy of the bytes from here to there, exclusive. */
    public byte[] slice(int from, int to) {
        Objects.checkFromToIndex(from, to, size);
        return Arrays.copyOfRange(bytes, from, to);
    }

    /** Appends the bytes from here to there, exclusive, to another sink. */
    void copy(ByteSink target, int from, int to) {
        Objects.checkFromToIndex(from, to, size);
        target.write(bytes, from, to - from);
    }

    /** Reads from here on; good until the next change. */
    ByteSource source(int from) {
        return new ByteSource(bytes, from, size);
    }

    /** Whether a varint that has begun goes on after this byte. */
    boolean isContinued(int at) {
        return bytes[at] < 0;
    }

    /** Writes eight bytes over those that begin here. */
    void replaceLong(int at, long value) {
        Objects.checkFromIndexSize(at, Long.BYTES, size);
        LONG.set(bytes, at, value);
    }

    /** Removes the first bytes and hands them out. */
    public byte[] takeFirst(int count) {
        byte[] first = slice(0, count);
        System.arraycopy(bytes, count, bytes, 0, size - count);
        size -= count;
        return first;
    }

    /** Drops everything beyond this size. */
    public void truncate(int newSize) {
        if (newSize < 0 || newSize > size) {
            throw new IllegalArgumentException("cannot cut " + size + " bytes to " + newSize);
        }
        size = newSize;
    }

    /** Drops everything; room that has become large is given back. */
    public void clear() {
        size = 0;
        if (bytes.length > 1 << 20) {
            bytes = new byte[1 << 12];
        }
    }

    /** Writes all to a stream. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, size);
    }

    @Override
    public void write(int value) {
        room(1);
        bytes[size++] = (byte) value;
    }

    @Override
    public void write(byte[] source, int from, int count) {
        room(count);
        System.arraycopy(source, from, bytes, size, count);
        size += count;
    }

    /** One byte. */
    public void putByte(int value) {
        write(value);
    }

    /** All of an array, without its length. */
    public void putBytes(byte[] source) {
        write(source, 0, source.length);
    }

    /** Length and content. */
    public void putBlock(byte[] source) {
        putVarint(source.length);
        putBytes(source);
    }

    /** Four bytes, highest first. */
    public void putInt(int value) {
        room(4);
        INT.set(bytes, size, value);
        size += 4;
    }

    /** Eight bytes, highest first. */
    public void putLong(long value) {
        room(8);
        LONG.set(bytes, size, value);
        size += 8;
    }

    /** Sixteen bytes. */
    public void putUuid(UUID value) {
        putLong(value.getMostSignificantBits());
        putLong(value.getLeastSignificantBits());
    }

    /** An unsigned number in one to ten bytes. */
    public void putVarint(long value) {
        room(10);
        if ((value & ~0x7fL) == 0) {
            bytes[size++] = (byte) value;
        } else {
            size = varintAt(size, value);
        }
    }

    /** A number from 0 on in one to nine bytes; throws {@link IllegalArgumentException} below 0, which a reader would refuse. */
    public void putNumber(long value) {
        if (value < 0) {
            throw new IllegalArgumentException(value + " where a number from 0 on belongs");
        }
        putVarint(value);
    }

    /** A signed number, small when near zero. */
    public void putZigzag(long value) {
        putVarint((value << 1) ^ (value >> 63));
    }

    /** A text's length in bytes and its content. */
    public void putText(String text) {
        int length = text.length();
        room(5L + 3L * length);
        int begin = beginBlock(varintSize(length));
        size = TextForm.encode(text, bytes, size);
        endBlock(begin, varintSize(length));
    }

    /** Begins a block whose length is written in front of it by {@link #endBlock}; a good guess of that length's width saves a move. */
    int beginBlock(int guessedWidth) {
        room(guessedWidth);
        size += guessedWidth;
        return size - guessedWidth;
    }

    /** Ends a block; its length. */
    int endBlock(int begin, int guessedWidth) {
        int length = size - begin - guessedWidth;
        int width = varintSize(length);
        if (width != guessedWidth) {
            room(Math.max(0, width - guessedWidth));
            System.arraycopy(bytes, begin + guessedWidth, bytes, begin + width, length);
            size += width - guessedWidth;
        }
        varintAt(begin, length);
        return length;
    }

    /** Says that a record is complete. */
    void recordComplete() throws IOException {
        if (size >= fullBytes) {
            full.drain(this);
        }
    }

    /** How many bytes a varint takes. */
    static int varintSize(long value) {
        return (value & ~0x7fL) == 0 ? 1 : (70 - Long.numberOfLeadingZeros(value)) / 7;
    }

    private int varintAt(int at, long value) {
        byte[] to = bytes;
        int position = at;
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            to[position++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        to[position++] = (byte) rest;
        return position;
    }

    private void room(long more) {
        if (bytes.length - size < more) {
            grow(size + more);
        }
    }

    private void grow(long needed) {
        if (needed > MAX_BYTES) {
            throw new IllegalStateException(needed + " bytes are more than fit into memory at once");
        }
        bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_BYTES, Math.max(needed, 2L * bytes.length)));
    }
}
