// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import dev.waybill.journal.LogOffset;

/**
 * The four fields that order a stream.
 *
 * @param resendCount the epoch: how often the receiver asked for a resend
 * @param prev        the sender's offset before this message
 * @param last        the offset of the last COMMIT in this message; equal to {@code prev} for all but the last part of a large transaction
 * @param sequence    0 for a whole message or a first part, then 1, 2, …
 */
public record MessageHeader(int resendCount, LogOffset prev, LogOffset last, int sequence) {

    public MessageHeader {
        if (resendCount < 0 || sequence < 0 || last.isBefore(prev)) {
            throw new IllegalArgumentException("header (" + resendCount + "-" + prev + "-" + last + "-" + sequence + ")");
        }
    }

    /** A whole message. */
    public boolean isWhole() {
        return sequence == 0 && !prev.equals(last);
    }

    /** The last part of a large transaction: the one with the COMMIT. */
    public boolean isLastPart() {
        return sequence > 0 && !prev.equals(last);
    }

    /** One of several parts. */
    public boolean isPart() {
        return !isWhole();
    }

    @Override
    public String toString() {
        return "(" + resendCount + "-" + prev + "-" + last + "-" + sequence + ")";
    }
}
