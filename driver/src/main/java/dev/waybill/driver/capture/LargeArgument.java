// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.SQLException;

/**
 * What a stream that is given to a setter has in it, so that it can be given more than once. Held in memory: only where a value is certain to be bound again. Immutable (the bytes are never written to); any thread.
 *
 * @param bytes of a stream of bytes; else null
 * @param text  of a stream of characters; else null
 */
record LargeArgument(byte[] bytes, String text) {

    /** Arguments of a setter, the second of them read if it is a stream: as far as the third says, if that is a length. */
    static Object[] read(Object[] arguments) throws SQLException {
        if (arguments.length < 2 || !(arguments[1] instanceof InputStream) && !(arguments[1] instanceof Reader)) {
            return arguments;
        }
        long limit = arguments.length > 2 && arguments[2] instanceof Number number && number.longValue() >= 0 ? number.longValue() : Long.MAX_VALUE; // below zero: all of it, as H2 has it
        Object[] read = arguments.clone();
        try {
            read[1] = arguments[1] instanceof InputStream in ? new LargeArgument(in.readNBytes((int) Math.min(limit, Integer.MAX_VALUE - 16)), null) : text((Reader) arguments[1], limit);
        } catch (IOException unreadable) {
            throw new SQLException("the stream of parameter " + arguments[0] + " cannot be read", "22000", unreadable);
        }
        return read;
    }

    private static LargeArgument text(Reader reader, long limit) throws IOException {
        StringWriter text = new StringWriter();
        reader.transferTo(text);
        return new LargeArgument(null, text.toString().substring(0, (int) Math.min(limit, text.getBuffer().length())));
    }

    /** The same arguments with what was read as a stream again. */
    static Object[] opened(Object[] arguments) {
        if (arguments.length < 2 || !(arguments[1] instanceof LargeArgument large)) {
            return arguments;
        }
        Object[] opened = arguments.clone();
        opened[1] = large.bytes != null ? new ByteArrayInputStream(large.bytes) : new StringReader(large.text);
        return opened;
    }

    /** The content of a large object as it is now; any other value as it is. */
    static Object of(Object value) throws SQLException {
        if (value instanceof Blob blob) {
            return new LargeArgument(blob.getBytes(1, (int) blob.length()), null);
        } else if (value instanceof Clob clob) {
            return new LargeArgument(null, clob.getSubString(1, (int) clob.length()));
        }
        return value;
    }
}
