// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

import java.time.Duration;

/**
 * Every bound and every time of delivery, in one place.
 *
 * @param patiencePolls     polls that must find nothing new before messages count as lost (SQL Remote's {@code -rp})
 * @param patience          and how long nothing new may have come
 * @param patienceAtMost    a gap is asked for after this even while later messages keep coming; parts of the group that is next renew without limit
 * @param backOffFirst      wait before a resend request is repeated for the first time; doubles
 * @param backOffAtMost     longest wait between repetitions of anything
 * @param backOffSpread     share by which a wait is spread up or down, 0.2 for 20 %
 * @param retryFirst        wait before a failed apply is tried again for the first time; doubles up to {@code backOffAtMost}
 * @param heldMessages      whole messages beyond the gap that are remembered; more of them stay unread on the link
 * @param stagedBytes       bytes of parts beyond the gap that are stored; more of them stay on the link. Parts of the group that is next are always stored
 * @param plannedUnits      messages and groups that one {@link ReceiverAction.Apply} names at most
 * @param confirmationDelay how long a confirmation waits for a message that it can ride on
 * @param heartbeatInterval quiet time after which unconfirmed messages cause a heartbeat; doubles up to {@code backOffAtMost} while nothing is heard
 * @param helloInterval     quiet time after which an agent says hello
 * @param maxMessageBytes   longest encoded message that we send, envelope included; 10,000 and above
 * @param envelopeBytes     room left for the envelope in every message
 */
public record DeliverySettings(int patiencePolls, Duration patience, Duration patienceAtMost, Duration backOffFirst, Duration backOffAtMost, double backOffSpread,
        Duration retryFirst, int heldMessages, long stagedBytes, int plannedUnits, Duration confirmationDelay, Duration heartbeatInterval, Duration helloInterval,
        int maxMessageBytes, int envelopeBytes) {

    /** SQL Remote's numbers where it has them. */
    public static final DeliverySettings STANDARD = new DeliverySettings(1, Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofMinutes(10), 0.2,
            Duration.ofMillis(200), 1_000, 64L << 20, 100, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofHours(1), 50_000, 2_000);

    /** The shortest message limit that may be set. */
    public static final int LEAST_MESSAGE_BYTES = 10_000;

    public DeliverySettings {
        if (maxMessageBytes < LEAST_MESSAGE_BYTES || envelopeBytes < 0 || envelopeBytes > maxMessageBytes / 2) {
            throw new IllegalArgumentException("message limit " + maxMessageBytes + " bytes with " + envelopeBytes + " for the envelope: at least " + LEAST_MESSAGE_BYTES
                    + ", the envelope at most half");
        }
        if (patiencePolls < 0 || heldMessages < 1 || plannedUnits < 1 || backOffSpread < 0 || backOffSpread >= 1) {
            throw new IllegalArgumentException("delivery settings out of range: " + patiencePolls + ", " + heldMessages + ", " + plannedUnits + ", " + backOffSpread);
        }
    }

    /**
     * For an agent that makes one round and stops ({@code --once}): it cannot wait, and by its next run it will have forgotten that it did. What is missing at the end of its poll is asked for at once.
     */
    public DeliverySettings forOneRound() {
        return new DeliverySettings(0, Duration.ZERO, Duration.ZERO, backOffFirst, backOffAtMost, backOffSpread, retryFirst, heldMessages, stagedBytes, plannedUnits,
                Duration.ZERO, heartbeatInterval, helloInterval, maxMessageBytes, envelopeBytes);
    }

    /** The same with another message limit. */
    public DeliverySettings withMaxMessageBytes(int bytes) {
        return new DeliverySettings(patiencePolls, patience, patienceAtMost, backOffFirst, backOffAtMost, backOffSpread, retryFirst, heldMessages, stagedBytes, plannedUnits,
                confirmationDelay, heartbeatInterval, helloInterval, bytes, envelopeBytes);
    }
}
