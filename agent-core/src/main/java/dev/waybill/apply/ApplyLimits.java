// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

/**
 * The bounds of an apply.
 *
 * @param groupChanges no further transaction is begun in a group after so many changes; a single transaction may have more
 * @param pendingRows  changes held in memory before they are performed
 * @param pendingBytes their approximate size
 * @param batchRows    rows in one execution of a statement
 * @param parkedRows   changes that may wait, one by one, for others of their statement to make room
 */
public record ApplyLimits(int groupChanges, int pendingRows, int pendingBytes, int batchRows, int parkedRows) {

    /** What fits most machines: a few megabytes for each apply. */
    public static final ApplyLimits USUAL = new ApplyLimits(10_000, 4_000, 4 << 20, 1_000, 50_000);
}
