// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/**
 * How text becomes bytes: UTF-8, extended so that every {@link String} comes back as it was. A surrogate without its partner, which databases may keep but UTF-8 cannot say, is written in the three bytes of its
 * number (ED A0..BF 80..BF); a pair always takes four bytes. The bytes of a text are unique: overlong forms and pairs written as two halves are refused. Immutable; any thread.
 *
 * <p>Use {@link #reader} and {@link #stream} for the content of a {@link LargeValue}: the JDK's own UTF-8 silently replaces lone surrogates.
 */
public final class TextForm {

    private TextForm() {}

    /** The characters of a text given in bytes, for binding it to a statement. Throws {@link MalformedException} where the bytes are not a text. */
    public static Reader reader(InputStream bytes) {
        return new TextReader(bytes);
    }

    /** The bytes of a text given in characters, for a {@link LargeValue}. */
    public static InputStream stream(Reader characters) {
        return new TextStream(characters);
    }

    /** How many bytes a text takes. */
    public static long lengthBytes(CharSequence text) {
        long length = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                length += c < 0x800 ? 1 : 2;
                i += isPair(text, i) ? 1 : 0;
            }
        }
        return length;
    }

    /** Writes a text into room for three bytes a character; where it ends. Most text is ASCII: the loop for it is as short as can be. */
    static int encode(String text, byte[] to, int at) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                return encode(text, i, to, at + i);
            }
            to[at + i] = (byte) c;
        }
        return at + length;
    }

    /** The same for any characters, from one of them on. */
    static int encode(CharSequence text, int from, byte[] to, int at) {
        int position = at;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                to[position++] = (byte) c;
            } else if (c < 0x800) {
                to[position++] = (byte) (0xc0 | c >> 6);
                to[position++] = (byte) (0x80 | c & 0x3f);
            } else if (isPair(text, i)) {
                position = encodeFour(Character.toCodePoint(c, text.charAt(++i)), to, position);
            } else {
                to[position++] = (byte) (0xe0 | c >> 12);
                to[position++] = (byte) (0x80 | c >> 6 & 0x3f);
                to[position++] = (byte) (0x80 | c & 0x3f);
            }
        }
        return position;
    }

    /** The text in these bytes. */
    static String decode(byte[] from, int at, int length) throws MalformedException {
        for (int i = at; i < at + length; i++) {
            if (from[i] < 0) {
                char[] characters = new char[length];
                int count = new TextDecoder().decodeAll(from, at, at + length, characters);
                return new String(characters, 0, count);
            }
        }
        return new String(from, at, length, StandardCharsets.ISO_8859_1);
    }

    private static int encodeFour(int codePoint, byte[] to, int at) {
        to[at] = (byte) (0xf0 | codePoint >> 18);
        to[at + 1] = (byte) (0x80 | codePoint >> 12 & 0x3f);
        to[at + 2] = (byte) (0x80 | codePoint >> 6 & 0x3f);
        to[at + 3] = (byte) (0x80 | codePoint & 0x3f);
        return at + 4;
    }

    private static boolean isPair(CharSequence text, int at) {
        return Character.isHighSurrogate(text.charAt(at)) && at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
    }
}
