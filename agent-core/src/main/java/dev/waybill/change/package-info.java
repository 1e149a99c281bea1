// SPDX-License-Identifier: Apache-2.0
/**
 * Row images and transactions as values, and their binary form.
 *
 * <p><b>Guarantee.</b> What {@link dev.waybill.change.TransactionWriter} writes, {@link dev.waybill.change.TransactionReader} reads back as equal values,
 * for every column type and every extreme; bytes from a stranger make it throw {@link dev.waybill.change.MalformedException}, never hang or allocate
 * beyond its bounds.
 *
 * <p>The binary form is drawn in {@link dev.waybill.change.TransactionWriter}.
 *
 * <p><b>Java classes of values</b>, by {@link dev.waybill.change.ValueKind}: a value in a {@link dev.waybill.change.RowImage} has exactly the class named
 * there, is {@code null} (SQL NULL), or is {@link dev.waybill.change.RowImage#ABSENT} (not part of this image).
 */
package dev.waybill.change;
