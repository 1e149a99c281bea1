// SPDX-License-Identifier: Apache-2.0
package dev.waybill.change;

import java.io.IOException;

/** Bytes that are not what they should be, or that go beyond a bound. The text says what was read and what was expected, never the content of a row. */
public final class MalformedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Corrupt bytes. */
    public MalformedException(String message) {
        this(Reason.CORRUPT, message);
    }

    /** Corrupt bytes, found by another exception. */
    public MalformedException(String message, Throwable cause) {
        super(message, cause);
        this.reason = Reason.CORRUPT;
    }

    /** With a reason of its own. */
    public MalformedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** What kind of wrong it is: rule R7 of the delivery treats them differently. */
    public Reason reason() {
        return reason;
    }

    /** Why bytes are refused. */
    public enum Reason {
        /** Not what a writer of ours wrote, or damaged on the way: put aside, then as if lost. */
        CORRUPT,
        /** Larger than a bound: asking again would bring the same. */
        OVERSIZE,
        /** Holds something critical that this program does not know. */
        UNKNOWN_CRITICAL,
        /** Written for newer readers than this program. */
        TOO_NEW,
        /** No signature where one is demanded, or one that does not fit. */
        UNSIGNED,
        /** Encrypted in a way, or under a key, that we do not have. */
        UNDECRYPTABLE
    }
}
