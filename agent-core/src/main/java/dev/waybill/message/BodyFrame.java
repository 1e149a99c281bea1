// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import dev.waybill.change.MalformedException;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One transaction in a body.
 *
 * <pre>
 *   body  = frame, frame, …                     a whole message
 *   body₀ ‖ body₁ ‖ … ‖ bodyₙ = one frame       the parts of a group, in order of sequence
 *
 *   frame = offset 8 │ digest 16 │ length 8 │ encoded transaction, length bytes
 *                                  −1: to the end, in groups only (a transaction that is cut while it is still being encoded does not know its length)
 * </pre>
 *
 * @param offset of its COMMIT in the sender's journal
 * @param digest the sender's rolling digest there
 * @param start  where the encoded transaction begins in the body
 * @param length its length; -1 for "to the end"
 */
public record BodyFrame(LogOffset offset, Digest digest, int start, long length) {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    /** Bytes before the encoded transaction. */
    public static final int HEAD_BYTES = 32;

    /** The transactions of a whole message's body. */
    public static List<BodyFrame> of(byte[] body) throws MalformedException {
        List<BodyFrame> frames = new ArrayList<>();
        ByteBuffer buffer = ByteBuffer.wrap(body);
        while (buffer.hasRemaining()) {
            if (buffer.remaining() < HEAD_BYTES) {
                throw new MalformedException("The body ends within the head of a transaction, " + buffer.remaining() + " bytes after position " + buffer.position() + ".");
            }
            BodyFrame frame = read(buffer, buffer.position() + HEAD_BYTES);
            if (frame.length < 0 || frame.length > buffer.remaining()) {
                throw new MalformedException("A transaction in the body has length " + frame.length + ", but " + buffer.remaining() + " bytes are left.");
            }
            frames.add(frame);
            buffer.position(frame.start + (int) frame.length);
        }
        return frames;
    }

    /** The transaction of a group, whose bodies come put together from this stream; afterwards the stream stands at the encoded transaction, which goes to its end. */
    public static BodyFrame head(InputStream group) throws IOException {
        byte[] head = group.readNBytes(HEAD_BYTES);
        if (head.length < HEAD_BYTES) {
            throw new MalformedException("A group ends within the head of its transaction, after " + head.length + " bytes.");
        }
        return read(ByteBuffer.wrap(head), HEAD_BYTES);
    }

    private static BodyFrame read(ByteBuffer buffer, int start) throws MalformedException {
        long offset = buffer.getLong();
        Digest digest = new Digest(buffer.getLong(), buffer.getLong());
        long length = buffer.getLong();
        if (offset <= 0 || length < -1) {
            throw new MalformedException("A transaction in the body has offset " + offset + " and length " + length + ".");
        }
        return new BodyFrame(new LogOffset(offset), digest, start, length);
    }

    /** The bytes before a transaction, as {@link #writeHead} writes them. */
    public static byte[] head(LogOffset offset, Digest digest, long length) {
        byte[] head = new byte[HEAD_BYTES];
        writeHead(head, 0, offset, digest, length);
        return head;
    }

    /** Writes the bytes before a transaction; length -1 in groups whose transaction is still being encoded. */
    public static void writeHead(byte[] to, int at, LogOffset offset, Digest digest, long length) {
        LONG.set(to, at, offset.bytes());
        LONG.set(to, at + 8, digest.high());
        LONG.set(to, at + 16, digest.low());
        LONG.set(to, at + 24, length);
    }
}
