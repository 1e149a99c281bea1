// SPDX-License-Identifier: Apache-2.0
/**
 * Immutable wire values, encode and decode: this page is the protocol's envelope.
 *
 * <p><b>Header</b>, printed as in SQL Remote, {@code (resend_count-prev-this-sequence)}: {@code (0-0000923357-0000942712-0)}, then {@code (0-0000942712-0001119170-0)}. A transaction too large for one
 * message: {@code (0-0000942712-0000942712-0) (0-0000942712-0000942712-1) (0-0000942712-0000942712-2) (0-0000942712-0001119170-3)}. Sequence 0 with different offsets is a whole message, with
 * equal offsets the first part of several; the last part has different offsets and a sequence above 0.
 *
 * <p><b>Kinds.</b> Inside the ordered chain: DATA, SNAPSHOT, PASSTHROUGH. Outside: all others. See {@link dev.waybill.message.MessageKind}.
 *
 * <p><b>Guarantee.</b> What was encoded is decoded to an equal value; anything else is refused with a reason before anything of it is believed, within bounds on every size (a decompression bomb included).
 */
package dev.waybill.message;
