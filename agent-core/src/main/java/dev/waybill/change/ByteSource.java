// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;

/**
 * Reads what {@link ByteSink} wrote from a range of an array. Nothing is allocated before the bytes for it are known to be there; everything that a sink would not have written that way is refused.
 * One thread.
 */
public final class ByteSource {

    private byte[] bytes;
    private int position;
    private int limit;

    /** All of an array, which must not change while it is read. */
    public ByteSource(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    /** A range of an array, end exclusive. */
    public ByteSource(byte[] bytes, int from, int to) {
        reset(bytes, from, to);
    }

    void reset(byte[] newBytes, int from, int to) {
        Objects.checkFromToIndex(from, to, newBytes.length);
        bytes = newBytes;
        position = from;
        limit = to;
    }

    /** How many bytes are left. */
    public int remaining() {
        return limit - position;
    }

    /** Where the next byte is in the array. */
    public int position() {
        return position;
    }

    /** 0 to 255. */
    public int getByte() throws MalformedException {
        need(1);
        return bytes[position++] & 0xff;
    }

    /** Four bytes, highest first. */
    public int getInt() throws MalformedException {
        need(4);
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 8 | bytes[position++] & 0xff;
        }
        return value;
    }

    /** Eight bytes, highest first. */
    public long getLong() throws MalformedException {
        need(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | bytes[position++] & 0xff;
        }
        return value;
    }

    /** Sixteen bytes. */
    public UUID getUuid() throws MalformedException {
        need(16);
        return new UUID(getLong(), getLong());
    }

    /** An unsigned number; those above {@link Long#MAX_VALUE} come out negative. */
    public long getVarint() throws MalformedException {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            int next = getByte();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                if (next == 0 && shift > 0 || shift == 63 && next > 1) {
                    break;
                }
                return value;
            }
        }
        throw new MalformedException("a number is not written in its shortest form, near byte " + position);
    }

    /** A signed number. */
    public long getZigzag() throws MalformedException {
        long value = getVarint();
        return value >>> 1 ^ -(value & 1);
    }

    /** A number from 0 to {@code max}. */
    public int getNumber(int max, String what) throws MalformedException {
        long value = getVarint();
        if (value < 0 || value > max) {
            throw new MalformedException(what + " is " + Long.toUnsignedString(value) + ", expected 0 to " + max);
        }
        return (int) value;
    }

    /** A number from 0 to {@link Long#MAX_VALUE}. */
    public long getLongNumber(String what) throws MalformedException {
        long value = getVarint();
        if (value < 0) {
            throw new MalformedException(what + " is " + Long.toUnsignedString(value) + ", expected at most " + Long.MAX_VALUE);
        }
        return value;
    }

    /** A signed number that fits into 32 bits. */
    public int getSignedInt(String what) throws MalformedException {
        long value = getZigzag();
        if (value != (int) value) {
            throw new MalformedException(what + " is " + value + ", expected 32 bits");
        }
        return (int) value;
    }

    /** The number of things that follow, each of at least so many bytes: more than the bytes left can hold are refused. */
    public int getCount(int leastBytesEach, String what) throws MalformedException {
        return getNumber(remaining() / leastBytesEach, "number of " + what);
    }

    /** So many bytes. */
    public byte[] getBytes(int count) throws MalformedException {
        need(count);
        position += count;
        return Arrays.copyOfRange(bytes, position - count, position);
    }

    /** Length and content. */
    public byte[] getBlock(String what) throws MalformedException {
        return getBytes(getNumber(remaining(), "length of " + what));
    }

    /** A text. */
    public String getText(String what) throws MalformedException {
        int length = getNumber(remaining(), "length of " + what);
        need(length);
        position += length;
        return TextForm.decode(bytes, position - length, length);
    }

    /** False or true, as 0 or 1. */
    public boolean getFlag(String what) throws MalformedException {
        return getNumber(1, what) == 1;
    }

    /** Takes what is left, if it is exactly this. */
    boolean takes(byte[] expected) {
        boolean equal = Arrays.equals(bytes, position, limit, expected, 0, expected.length);
        position = equal ? limit : position;
        return equal;
    }

    /** Nothing may be left. */
    public void expectEnd(String what) throws MalformedException {
        if (position != limit) {
            throw new MalformedException(what + " has " + remaining() + " bytes too many");
        }
    }

    private void need(int count) throws MalformedException {
        if (limit - position < count) {
            throw new MalformedException("ends after " + remaining() + " of " + count + " bytes, at byte " + position);
        }
    }
}
