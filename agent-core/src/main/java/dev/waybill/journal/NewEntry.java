// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import java.util.UUID;

/**
 * An entry of the agent's own, which did not come through the outbox.
 *
 * @param origin  the publisher that it came from; null for local work
 * @param target  the only subscriber whom it concerns; null for all
 * @param payload an encoded transaction, 1 byte to {@value #MAX_BYTES} bytes; the array is not copied
 */
public record NewEntry(UUID transactionId, String origin, String target, byte[] payload) {

    /** The most bytes of such an entry. */
    public static final int MAX_BYTES = 16 * 1024 * 1024;
}
