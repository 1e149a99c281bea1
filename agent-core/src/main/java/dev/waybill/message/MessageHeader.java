// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

import dev.waybill.journal.LogOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    private static final Pattern PRINTED = Pattern.compile("\\((0|[1-9]\\d{0,9})-(\\d{10}|[1-9]\\d{10,18})-(\\d{10}|[1-9]\\d{10,18})-(0|[1-9]\\d{0,9})\\)");

    /**
     * Reads what {@link #toString} printed, and nothing else.
     *
     * @throws IllegalArgumentException it is not a header
     */
    public static MessageHeader parse(String printed) {
        Matcher fields = PRINTED.matcher(printed);
        if (!fields.matches()) {
            throw new IllegalArgumentException("not a message header: \"" + printed + "\", expected one as (0-0000923357-0000942712-0)");
        }
        return new MessageHeader(Integer.parseInt(fields.group(1)), offset(fields.group(2)), offset(fields.group(3)), Integer.parseInt(fields.group(4)));
    }

    private static LogOffset offset(String digits) {
        return new LogOffset(Long.parseLong(digits));
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
