// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

/**
 * What one step of the sequencer did, or several.
 *
 * @param transactions how many transactions got their log offsets
 * @param bytes        by how much the journal grew
 * @param head         the journal's head afterwards
 * @param more         whether more may be waiting in the outbox
 */
public record Sequenced(long transactions, long bytes, Position head, boolean more) {

    /** This step and the next one. */
    public Sequenced and(Sequenced next) {
        return new Sequenced(transactions + next.transactions, bytes + next.bytes, next.head, next.more);
    }

    /** This step and a look that found nothing. */
    public Sequenced andNothing() {
        return new Sequenced(transactions, bytes, head, false);
    }
}
