// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notice;

import java.time.Instant;

/**
 * One notice, as the package page draws it. Immutable; any thread.
 *
 * @param confirmed whether a confirmation is wanted
 * @param nonce     drawn by chance
 * @param request   id of the push request
 * @param sender    the publisher whose notifier made it
 * @param recipient the listener whom it is for
 */
public record Notice(boolean confirmed, Instant issued, long nonce, long request, String sender, String recipient, String subject, String content) {

    /** Longest name of a sender or recipient, in letters. */
    public static final int LONGEST_NAME = 128;
    /** Longest subject, in letters. */
    public static final int LONGEST_SUBJECT = 128;
    /** Longest content, in letters. */
    public static final int LONGEST_CONTENT = 400;

    public Notice {
        if (sender.length() > LONGEST_NAME || recipient.length() > LONGEST_NAME || subject.length() > LONGEST_SUBJECT || content.length() > LONGEST_CONTENT) {
            throw new IllegalArgumentException("a notice has names of " + LONGEST_NAME + ", a subject of " + LONGEST_SUBJECT + " and a content of " + LONGEST_CONTENT + " letters at most");
        }
    }

    /** As MobiLink writes a message: {@code [subject]content}. */
    public String text() {
        return "[" + subject + "]" + content;
    }
}
