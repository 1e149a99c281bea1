// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

/**
 * How large a message may be that is decoded. Both are announced or implied in every envelope, and the sender cuts to them.
 *
 * @param messageBytes the whole encoded message
 * @param plainBytes   its body after decompression
 */
public record MessageBounds(int messageBytes, int plainBytes) {

    private static final int USUAL_RATIO = 16;

    public MessageBounds {
        if (messageBytes < 1 || plainBytes < 1) {
            throw new IllegalArgumentException("bounds of " + messageBytes + " and " + plainBytes + " bytes");
        }
    }

    /** For messages up to this long; the body may be sixteen times as long when decompressed. */
    public static MessageBounds of(int messageBytes) {
        return new MessageBounds(messageBytes, (int) Math.min(Integer.MAX_VALUE - 16, (long) USUAL_RATIO * messageBytes));
    }
}
