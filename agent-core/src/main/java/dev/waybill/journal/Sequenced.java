// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

/**
 * What one step of the sequencer did.
 *
 * @param transactions how many transactions got their log offsets
 * @param bytes        by how much the journal grew
 * @param head         the journal's head afterwards
 * @param more         whether more may be waiting in the outbox
 */
public record Sequenced(long transactions, long bytes, Position head, boolean more) {}
