// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.DeliverySettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How an agent works. Immutable.
 *
 * @param maxMessageBytes longest message that is sent and received; SQL Remote's default of 50,000; at least 10,000
 * @param arrivalsAtMost  most messages looked at in one cycle, for each link
 * @param pollLeast       shortest time between two looks while something is happening
 * @param pollMost        longest time between two looks while nothing happens
 * @param leaseTime       how long a lease is good after the holder was last heard; the holder loses it only when another takes it
 * @param confirmAfter    how long a confirmation waits for a message to ride on
 * @param patience        how long nothing new may have come before what is missing counts as lost and is asked for again (SQL Remote's {@code -rp}, as a time); ten milliseconds and above
 * @param retention       how much of the journal is kept
 * @param keys            directory of the key ring (package page of {@code seal}); null for none
 */
public record AgentSettings(int maxMessageBytes, int arrivalsAtMost, Duration pollLeast, Duration pollMost, Duration leaseTime, Duration confirmAfter,
        Duration patience, Retention retention, Path keys) {

    /** Shortest allowed {@link #maxMessageBytes}. */
    public static final int LEAST_MESSAGE_BYTES = 10_000;

    /** Shortest allowed {@link #patience}. */
    public static final Duration LEAST_PATIENCE = Duration.ofMillis(10);

    /** What is used when nothing is set. */
    public static final AgentSettings DEFAULTS =
            new AgentSettings(50_000, 1_000, Duration.ofMillis(5), Duration.ofMillis(500), Duration.ofSeconds(5), Duration.ofMillis(200), Duration.ofSeconds(5), Retention.USUAL);

    public AgentSettings {
        if (maxMessageBytes < LEAST_MESSAGE_BYTES) {
            throw new IllegalArgumentException("waybill.maxMessageBytes = " + maxMessageBytes + " is below " + LEAST_MESSAGE_BYTES);
        }
        if (arrivalsAtMost < 1 || pollLeast.isNegative() || pollMost.compareTo(pollLeast) < 0 || leaseTime.compareTo(Duration.ofMillis(100)) < 0
                || patience.compareTo(LEAST_PATIENCE) < 0) {
            throw new IllegalArgumentException("settings of the agent out of range: " + arrivalsAtMost + ", " + pollLeast + ", " + pollMost + ", " + leaseTime + ", " + patience);
        }
    }

    /** Without a key ring. */
    public AgentSettings(int maxMessageBytes, int arrivalsAtMost, Duration pollLeast, Duration pollMost, Duration leaseTime, Duration confirmAfter, Duration patience, Retention retention) {
        this(maxMessageBytes, arrivalsAtMost, pollLeast, pollMost, leaseTime, confirmAfter, patience, retention, null);
    }

    /** The same with other bounds of the journal. */
    public AgentSettings withRetention(Retention other) {
        return new AgentSettings(maxMessageBytes, arrivalsAtMost, pollLeast, pollMost, leaseTime, confirmAfter, patience, other, keys);
    }

    /** The same with another longest message. */
    public AgentSettings withMaxMessageBytes(int bytes) {
        return new AgentSettings(bytes, arrivalsAtMost, pollLeast, pollMost, leaseTime, confirmAfter, patience, retention, keys);
    }

    /** The same with another longest wait between looks, and between signs of life. */
    public AgentSettings withPoll(Duration most) {
        return new AgentSettings(maxMessageBytes, arrivalsAtMost, most.compareTo(pollLeast) < 0 ? most : pollLeast, most, leaseTime, confirmAfter, patience, retention, keys);
    }

    /** The same with another patience. */
    public AgentSettings withPatience(Duration time) {
        return new AgentSettings(maxMessageBytes, arrivalsAtMost, pollLeast, pollMost, leaseTime, confirmAfter, time, retention, keys);
    }

    /** The same with a key ring. */
    public AgentSettings withKeys(Path directory) {
        return new AgentSettings(maxMessageBytes, arrivalsAtMost, pollLeast, pollMost, leaseTime, confirmAfter, patience, retention, directory);
    }

    /** What the machines go by in a batch: nobody is there later, so a message that is missing at the second look is asked for, and confirmations do not wait. */
    DeliverySettings batchDelivery() {
        DeliverySettings usual = delivery();
        return new DeliverySettings(usual.patiencePolls(), Duration.ZERO, Duration.ZERO, usual.backOffFirst(), usual.backOffAtMost(), usual.backOffSpread(), usual.retryFirst(),
                usual.heldMessages(), usual.stagedBytes(), usual.plannedUnits(), Duration.ZERO, usual.heartbeatInterval(), usual.helloInterval(), usual.maxMessageBytes(), usual.envelopeBytes());
    }

    /** What the machines go by: with the patience go the times that are its multiples by default. */
    DeliverySettings delivery() {
        DeliverySettings usual = DeliverySettings.STANDARD.withMaxMessageBytes(maxMessageBytes);
        Duration patienceAtMost = patience.multipliedBy(usual.patienceAtMost().dividedBy(usual.patience()));
        Duration heartbeatInterval = patience.compareTo(confirmAfter.multipliedBy(2)) < 0 ? confirmAfter.multipliedBy(2) : patience;
        return new DeliverySettings(usual.patiencePolls(), patience, patienceAtMost, patience, usual.backOffAtMost(), usual.backOffSpread(), usual.retryFirst(),
                usual.heldMessages(), usual.stagedBytes(), usual.plannedUnits(), confirmAfter, heartbeatInterval, usual.helloInterval(), usual.maxMessageBytes(), usual.envelopeBytes());
    }
}
