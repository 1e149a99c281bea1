// SPDX-License-Identifier: Apache-2.0
/**
 * Snapshots: how the content of a publication is taken at a log offset and installed at a replica.
 *
 * <p><b>Guarantee.</b> A snapshot is the state of the published tables after exactly the transactions up to its offset; the stream goes on after it without a gap and without an overlap. It is installed in one
 * transaction, and what it changes is never captured at the replica.
 */
package dev.waybill.refresh;
