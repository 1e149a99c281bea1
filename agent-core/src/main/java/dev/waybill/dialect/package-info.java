// SPDX-License-Identifier: Apache-2.0
/**
 * What differs between databases.
 *
 * <p>{@link dev.waybill.dialect.Dialect} is one database product: its naming, its types, how its rows are captured, sequenced, snapshotted, applied in bulk, and how its errors are to be
 * understood. Everything above this room is written once.
 *
 * <p><b>Decisions.</b> A dialect is stateless and shared by all threads; connections are handed in. It speaks JDBC only, to raw connections only. H2 is the embedded default; others
 * are added as one class each.
 */
package dev.waybill.dialect;
