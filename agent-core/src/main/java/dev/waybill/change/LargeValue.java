// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.IOException;
import java.io.InputStream;

/**
 * A text or binary value beyond {@link TransactionWriter#LARGE_VALUE_BYTES}: streamed, never held whole. Text is a stream in the
 * form that {@link TextForm} defines (UTF-8 that keeps lone surrogates): use {@link TextForm#reader} and {@link TextForm#stream}.
 * A value from a reader can be opened until the reader moves past its record (it may be kept in a temporary file); opening twice gives the same bytes.
 */
public interface LargeValue {

    /** Length in bytes (of the UTF-8 form for text), or -1 when it is not known before it is read. */
    long lengthBytes();

    /** The content from its beginning; the caller closes it. */
    InputStream open() throws IOException;
}
