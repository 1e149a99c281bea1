// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.notice.Notice;
import java.time.Duration;

/**
 * Whom to wake and with what, as a row of {@code request_cursor} says it. It has no data of the application that a neighbour may not see: what a notice is about is fetched by the refresh that it causes. Immutable; any thread.
 *
 * @param id             unique among the requests of a notifier
 * @param gateway        by which it is sent
 * @param address        whose listener is to hear it: a name for SYNC and for device tracking, {@code host:port} for UDP, a mailbox for SMTP
 * @param resendInterval after so long without an effect it is sent once more; null: never
 * @param timeToLive     so long after it was first sent it is over; null: it is sent once
 */
public record PushRequest(long id, String gateway, String subject, String content, String address, Duration resendInterval, Duration timeToLive) {

    /** Longest name of a gateway, in letters. */
    public static final int LONGEST_GATEWAY = 128;
    /** Longest address, in letters. */
    public static final int LONGEST_ADDRESS = 128;

    /** @throws IllegalArgumentException something is missing or too long; the text says what */
    public PushRequest {
        gateway = within("gateway", gateway, LONGEST_GATEWAY);
        subject = subject == null ? "" : within("subject", subject, Notice.LONGEST_SUBJECT);
        content = content == null ? "" : within("content", content, Notice.LONGEST_CONTENT);
        address = within("address", address, LONGEST_ADDRESS);
    }

    private static String within(String what, String text, int longest) {
        if (text == null) {
            throw new IllegalArgumentException("its " + what + " is missing");
        }
        if (text.length() > longest) {
            throw new IllegalArgumentException("its " + what + " has " + text.length() + " letters, and " + longest + " at most may be sent");
        }
        return text;
    }

    /** Whether it may be sent more than once. */
    boolean isSentAgain() {
        return resendInterval != null && timeToLive != null;
    }
}
