// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.IOException;

/** Bytes that are not what they should be, or that go beyond a bound. The text says what was read and what was expected, never the content of a row. */
public final class MalformedException extends IOException {
    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message);
    }

    public MalformedException(String message, Throwable cause) {
        super(message, cause);
    }
}
