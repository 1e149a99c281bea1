// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import dev.waybill.change.MalformedException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Codec 1: raw deflate of the JDK, at its fastest level. Stateless; any thread. */
final class Deflate {

    /** Deflate cannot do better than this; who announces more lies. */
    private static final int BEST_RATIO = 1032;
    private static final int WORTH_TRYING_BYTES = 100;

    private Deflate() {}

    /** Shorter than the body, or null. */
    static byte[] compress(byte[] body) {
        if (body.length < WORTH_TRYING_BYTES) {
            return null;
        }
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            deflater.setInput(body);
            deflater.finish();
            byte[] room = new byte[body.length - 1];
            int length = 0;
            while (length < room.length && !deflater.finished()) {
                length += deflater.deflate(room, length, room.length - length);
            }
            return deflater.finished() ? Arrays.copyOf(room, length) : null;
        } finally {
            deflater.end();
        }
    }

    /** Exactly {@code plainBytes}, made of exactly this range. */
    static byte[] decompress(byte[] message, int from, int length, int plainBytes) throws MalformedException {
        if (plainBytes > (long) length * BEST_RATIO) {
            throw new MalformedException("a body of " + length + " bytes cannot become " + plainBytes);
        }
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(message, from, length);
            byte[] plain = new byte[plainBytes];
            int done = 0;
            while (done < plainBytes && !inflater.finished()) {
                int more = inflater.inflate(plain, done, plainBytes - done);
                if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    break;
                }
                done += more;
            }
            expectEnd(inflater, done, plainBytes);
            return plain;
        } catch (DataFormatException damaged) {
            throw new MalformedException("a body cannot be decompressed", damaged);
        } finally {
            inflater.end();
        }
    }

    /** The last block's end may not have been read yet when the last byte came out. */
    private static void expectEnd(Inflater inflater, int done, int plainBytes) throws DataFormatException, MalformedException {
        boolean longer = !inflater.finished() && inflater.inflate(new byte[1]) > 0;
        if (done != plainBytes || longer || !inflater.finished() || inflater.getRemaining() > 0) {
            throw new MalformedException("a body does not decompress to the " + plainBytes + " bytes that were announced");
        }
    }
}
