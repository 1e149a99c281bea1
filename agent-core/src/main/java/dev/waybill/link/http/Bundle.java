// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Several messages as the body of one request or answer, so that a long line is waited for once.
 *
 * <pre>
 *   for each:  length of the name, 2 bytes │ name, UTF-8 │ length, 4 bytes │ message
 * </pre>
 *
 * Not larger than {@link #BYTES}. One thread.
 */
final class Bundle {

    /** What bundles have at most; what does not fit travels alone. */
    static final int BYTES = 256 << 10;
    /** Most messages, and most names in a list of them. */
    static final int MESSAGES = 100;

    private static final int HEAD_BYTES = 6;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int messages;

    /** A message in a bundle. */
    record Letter(String name, byte[] message) {}

    /** What so many bytes take, with this name. */
    static int size(String name, long length) {
        return (int) Math.min(Integer.MAX_VALUE, HEAD_BYTES + name.getBytes(StandardCharsets.UTF_8).length + length);
    }

    boolean hasRoom(String name, long length) {
        return messages < MESSAGES && size(name, length) <= BYTES - bytes.size();
    }

    void add(String name, byte[] message) {
        byte[] encoded = name.getBytes(StandardCharsets.UTF_8);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(encoded.length);
            out.write(encoded);
            out.writeInt(message.length);
            out.write(message);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        messages++;
    }

    int messages() {
        return messages;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    /**
     * What is in a bundle, as far as it came.
     *
     * @param whole whether all of it must be there: null then when it is not, or when something in it is longer than it may be
     */
    static List<Letter> read(byte[] bundle, int maxMessageBytes, boolean whole) {
        ByteBuffer bytes = ByteBuffer.wrap(bundle);
        List<Letter> letters = new ArrayList<>();
        try {
            while (bytes.hasRemaining() && letters.size() < MESSAGES) {
                byte[] name = take(bytes, bytes.getShort() & 0xFFFF);
                int length = bytes.getInt();
                if (length < 0 || length > maxMessageBytes) {
                    return whole ? null : letters;
                }
                letters.add(new Letter(new String(name, StandardCharsets.UTF_8), take(bytes, length)));
            }
        } catch (BufferUnderflowException cut) {
            return whole ? null : letters;
        }
        return whole && bytes.hasRemaining() ? null : letters;
    }

    /** Nothing is allocated for what is not there. */
    private static byte[] take(ByteBuffer bytes, int length) {
        if (length > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] some = new byte[length];
        bytes.get(some);
        return some;
    }
}
