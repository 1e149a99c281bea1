// SPDX-License-Identifier: Apache-2.0
/**
 * Performs received transactions on a database through a raw connection, in order, whole, grouped and batched, with {@code log_received} in the same transaction.
 */
package dev.waybill.apply;
