// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

/**
 * In what products of the generic dialect differ when they write. Immutable.
 *
 * @param keysTell            whether the generated-keys channel gives any column of what INSERT and MERGE have written
 * @param definitionsCommit   whether CREATE and its like end the transaction
 * @param callsSystemRoutines whether routines of the product itself may write to tables
 */
record GenericWays(boolean keysTell, boolean definitionsCommit, boolean callsSystemRoutines) {}
