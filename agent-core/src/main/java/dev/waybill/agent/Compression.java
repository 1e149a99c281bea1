// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

/**
 * How well the messages to one neighbour compress, so that as many transactions share one as fit after compression: fewer messages, each of which costs a file forced to disk. Careful upwards, at once downwards.
 * One thread.
 */
final class Compression {

    /** The recipient accepts a body sixteen times as long as its message; half of that is used. */
    private static final int MOST = 8;
    /** A body shorter than this says little. */
    private static final int TELLING_BYTES = 4_000;
    private static final double SAFETY = 0.75;

    private double factor = 1;

    /** The longest plain body of several transactions, where one of this length always fits. */
    int wholeBytes(int bodyBytes) {
        return (int) (factor * bodyBytes);
    }

    /** Whether bodies are being filled beyond what surely fits. */
    boolean isHopeful() {
        return factor > 1;
    }

    /** A message was encoded. */
    void seen(int plainBytes, int encodedBytes) {
        if (plainBytes >= TELLING_BYTES) {
            double wanted = SAFETY * plainBytes / encodedBytes;
            factor = Math.max(1, Math.min(Math.min(MOST, wanted), factor + 1));
        }
    }

    /** A message became too long. */
    void disappointed() {
        factor = 1;
    }
}
