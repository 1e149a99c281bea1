// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.delivery.DeliverySettings;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * How an agent works. Immutable.
 *
 * @param maxMessageBytes longest message that is sent and received; SQL Remote's default of 50,000; at least 10,000
 * @param arrivalsAtMost  most messages looked at in one cycle, for each link
 * @param pollLeast       shortest time between two looks while something is happening
 * @param pollMost        longest time between two looks while nothing happens
 * @param leaseTime       how long a lease is good after the holder was last heard; the holder loses it only when another takes it
 * @param confirmAfter    how long a confirmation waits for a message to ride on
 * @param keepJournalBytes most bytes of journal that are kept for restored receivers, beyond what is owed
 */
public record AgentSettings(int maxMessageBytes, int arrivalsAtMost, Duration pollLeast, Duration pollMost, Duration leaseTime, Duration confirmAfter,
        long keepJournalBytes) {

    /** Shortest allowed {@link #maxMessageBytes}. */
    public static final int LEAST_MESSAGE_BYTES = 10_000;

    /** What is used when nothing is set. */
    public static final AgentSettings DEFAULTS =
            new AgentSettings(50_000, 1_000, Duration.ofMillis(5), Duration.ofMillis(500), Duration.ofSeconds(5), Duration.ofMillis(200), 64L << 20);

    public AgentSettings {
        if (maxMessageBytes < LEAST_MESSAGE_BYTES) {
            throw new IllegalArgumentException("waybill.maxMessageBytes = " + maxMessageBytes + " is below " + LEAST_MESSAGE_BYTES);
        }
        if (arrivalsAtMost < 1 || pollLeast.isNegative() || pollMost.compareTo(pollLeast) < 0 || leaseTime.compareTo(Duration.ofMillis(100)) < 0) {
            throw new IllegalArgumentException("settings of the agent out of range: " + arrivalsAtMost + ", " + pollLeast + ", " + pollMost + ", " + leaseTime);
        }
    }

    /** From the settings {@code waybill.maxMessageBytes}, {@code waybill.pollMillis}, {@code waybill.leaseMillis}, {@code waybill.confirmMillis}; null for one that is not set. */
    public static AgentSettings from(UnaryOperator<String> setting) {
        Duration poll = millis(setting, "waybill.pollMillis", DEFAULTS.pollMost);
        return new AgentSettings((int) number(setting, "waybill.maxMessageBytes", DEFAULTS.maxMessageBytes), DEFAULTS.arrivalsAtMost,
                poll.compareTo(DEFAULTS.pollLeast) < 0 ? poll : DEFAULTS.pollLeast, poll, millis(setting, "waybill.leaseMillis", DEFAULTS.leaseTime),
                millis(setting, "waybill.confirmMillis", DEFAULTS.confirmAfter), DEFAULTS.keepJournalBytes);
    }

    /** The same with another longest message. */
    public AgentSettings withMaxMessageBytes(int bytes) {
        return new AgentSettings(bytes, arrivalsAtMost, pollLeast, pollMost, leaseTime, confirmAfter, keepJournalBytes);
    }

    /** The same with another longest wait between looks, and between signs of life. */
    public AgentSettings withPoll(Duration most) {
        return new AgentSettings(maxMessageBytes, arrivalsAtMost, most.compareTo(pollLeast) < 0 ? most : pollLeast, most, leaseTime, confirmAfter, keepJournalBytes);
    }

    /** What the machines go by in a batch: nobody is there later, so a message that is missing at the second look is asked for, and confirmations do not wait. */
    DeliverySettings batchDelivery() {
        DeliverySettings usual = delivery();
        return new DeliverySettings(usual.patiencePolls(), Duration.ZERO, Duration.ZERO, usual.backOffFirst(), usual.backOffAtMost(), usual.backOffSpread(), usual.retryFirst(),
                usual.heldMessages(), usual.stagedBytes(), usual.plannedUnits(), Duration.ZERO, usual.heartbeatInterval(), usual.helloInterval(), usual.maxMessageBytes(), usual.envelopeBytes());
    }

    /** What the machines go by. */
    DeliverySettings delivery() {
        DeliverySettings usual = DeliverySettings.STANDARD.withMaxMessageBytes(maxMessageBytes);
        return new DeliverySettings(usual.patiencePolls(), usual.patience(), usual.patienceAtMost(), usual.backOffFirst(), usual.backOffAtMost(), usual.backOffSpread(), usual.retryFirst(),
                usual.heldMessages(), usual.stagedBytes(), usual.plannedUnits(), confirmAfter, usual.heartbeatInterval(), usual.helloInterval(), usual.maxMessageBytes(), usual.envelopeBytes());
    }

    private static Duration millis(UnaryOperator<String> setting, String name, Duration otherwise) {
        return Duration.ofMillis(number(setting, name, otherwise.toMillis()));
    }

    private static long number(UnaryOperator<String> setting, String name, long otherwise) {
        String text = setting.apply(name);
        if (text == null || text.isBlank()) {
            return otherwise;
        }
        try {
            return Long.parseLong(text.trim());
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException(name + " = " + text + " is no whole number", wrong);
        }
    }
}
