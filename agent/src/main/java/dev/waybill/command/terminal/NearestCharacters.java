// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.terminal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Takes UTF-8 and passes it on in another encoding; a character that it lacks becomes the one that comes nearest. As safe as the PrintStream above it, which calls it under its own lock. */
final class NearestCharacters extends OutputStream {

    private static final Map<Integer, Character> NEAREST = Map.ofEntries(Map.entry((int) '─', '-'), Map.entry((int) '│', '|'), Map.entry((int) '█', '#'), Map.entry((int) '░', '.'),
            Map.entry((int) '►', '>'), Map.entry((int) '◄', '<'), Map.entry((int) '→', '>'), Map.entry((int) '…', '~'), Map.entry((int) '·', '.'), Map.entry((int) '×', 'x'),
            Map.entry((int) '–', '-'), Map.entry((int) '┼', '+'), Map.entry((int) '✓', '+'), Map.entry((int) '✗', '!'));

    private final OutputStream out;
    private final Charset charset;
    private final CharsetEncoder encoder;
    private final byte[] pending = new byte[4];
    private int held;
    private int wanted;

    NearestCharacters(OutputStream out, Charset charset) {
        this.out = out;
        this.charset = charset;
        this.encoder = charset.newEncoder();
    }

    @Override
    public void write(int oneByte) throws IOException {
        int bits = oneByte & 0xff;
        if (bits < 0x80) {
            out.write(bits);
            return;
        }
        if (bits >= 0xc0) {
            held = 0;
            wanted = bits >= 0xf0 ? 4 : bits >= 0xe0 ? 3 : 2;
        }
        pending[held++] = (byte) bits;
        if (held == wanted) {
            pass(new String(pending, 0, held, StandardCharsets.UTF_8));
            held = 0;
        }
    }

    private void pass(String character) throws IOException {
        if (encoder.canEncode(character)) {
            out.write(character.getBytes(charset));
        } else {
            out.write(NEAREST.getOrDefault(character.codePointAt(0), '?'));
        }
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
