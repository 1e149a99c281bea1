// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.CharBuffer;
import java.util.Objects;

/** Bytes of a text given in characters. One thread. */
final class TextStream extends InputStream {

    private static final int BUFFER_CHARACTERS = 4096;

    private final Reader in;
    private final char[] characters = new char[BUFFER_CHARACTERS];
    private final byte[] bytes = new byte[3 * BUFFER_CHARACTERS];
    private int held;
    private int next;
    private int count;

    TextStream(Reader in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        return available() == 0 && !fill() ? -1 : bytes[next++] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (length == 0) {
            return 0;
        }
        if (available() == 0 && !fill()) {
            return -1;
        }
        int given = Math.min(length, available());
        System.arraycopy(bytes, next, to, offset, given);
        next += given;
        return given;
    }

    @Override
    public int available() {
        return count - next;
    }

    /** A high surrogate at the end waits for what comes after it: together they may be one character. */
    private boolean fill() throws IOException {
        int end = held;
        held = 0;
        boolean last = false;
        while (end == 0 || !last && Character.isHighSurrogate(characters[end - 1])) {
            int read = in.read(characters, end, characters.length - end);
            if (read > 0) {
                end += read;
            } else if (read < 0) {
                last = true;
                if (end == 0) {
                    return false;
                }
            }
            if (end == characters.length && !last && Character.isHighSurrogate(characters[end - 1])) {
                held = 1;
                end--;
                break;
            }
        }
        count = TextForm.encode(CharBuffer.wrap(characters, 0, end), 0, bytes, 0);
        next = 0;
        if (held == 1) {
            characters[0] = characters[end];
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
