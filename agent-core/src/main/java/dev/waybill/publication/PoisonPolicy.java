// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

/**
 * R12: what a database does with a transaction of a neighbour that it cannot apply and that no waiting helps. Decided where it is applied, for each neighbour: whoever keeps the rows decides whether they may differ.
 */
public enum PoisonPolicy {
    /** Stop this stream, loudly; nothing after it is applied before its cause is removed. The default. */
    HALT,
    /** Put the whole transaction aside, and behind it what touches the same rows; the rest goes on. */
    PARK,
    /** Leave the whole transaction out; what comes after it goes on. */
    SKIP
}
