// SPDX-License-Identifier: Apache-2.0
package dev.waybill.delivery;

/** How one direction of an exchange is. Kept by name in {@code waybill.remote_user}: {@code state} for what we send, {@code receive_state} for what we receive. */
public enum DeliveryStatus {
    /** Flows, or waits for something that is expected to come by itself. */
    ACTIVE,
    /** A snapshot is on its way; flows. */
    SYNCHRONIZING,
    /** Stopped loudly at something that cannot be applied or taken (R7, R12); it is tried again with back-off, and goes on by itself when the cause is gone. */
    HALTED,
    /** The journal does not reach back to where the subscriber is (R10, R11): SYNCHRONIZE repairs it. */
    NEEDS_RESYNC,
    /** Two histories under one incarnation (R10): nothing is applied, nothing trimmed, everything kept, until a person decides. */
    SPLIT_HISTORY
}
