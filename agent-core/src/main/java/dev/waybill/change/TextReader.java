// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.util.Objects;

/** Characters of a text given in bytes. One thread. */
final class TextReader extends Reader {

    private static final int BUFFER_BYTES = 8192;

    private final InputStream in;
    private final TextDecoder decoder = new TextDecoder();
    private final byte[] bytes = new byte[BUFFER_BYTES];
    private final char[] characters = new char[BUFFER_BYTES];
    private int left;
    private int next;
    private int count;

    TextReader(InputStream in) {
        this.in = in;
    }

    @Override
    public int read(char[] to, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, to.length);
        if (length == 0) {
            return 0;
        }
        while (next == count) {
            if (!fill()) {
                return -1;
            }
        }
        int given = Math.min(length, count - next);
        System.arraycopy(characters, next, to, offset, given);
        next += given;
        return given;
    }

    private boolean fill() throws IOException {
        int read = in.read(bytes, left, bytes.length - left);
        if (read < 0) {
            decoder.expectEnd(left);
            return false;
        }
        int end = left + read;
        count = decoder.decode(bytes, 0, end, characters);
        next = 0;
        left = end - decoder.consumed();
        System.arraycopy(bytes, decoder.consumed(), bytes, 0, left);
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
