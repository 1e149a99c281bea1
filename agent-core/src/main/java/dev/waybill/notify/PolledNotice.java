// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.notice.Notice;

/** What a light-weight poller with this key finds: a row of a {@code request_cursor} with three columns at most. Immutable; any thread. */
public record PolledNotice(String key, String subject, String content) {

    /** @throws IllegalArgumentException something is missing or too long */
    public PolledNotice {
        if (key == null || key.isEmpty()) {
            throw new IllegalArgumentException("its poll key is missing");
        }
        subject = subject == null ? "" : subject;
        content = content == null ? "" : content;
        if (key.length() > PushRequest.LONGEST_ADDRESS || subject.length() > Notice.LONGEST_SUBJECT || content.length() > Notice.LONGEST_CONTENT) {
            throw new IllegalArgumentException("its poll key, subject or content is longer than " + PushRequest.LONGEST_ADDRESS + ", " + Notice.LONGEST_SUBJECT + ", " + Notice.LONGEST_CONTENT + " letters");
        }
    }
}
