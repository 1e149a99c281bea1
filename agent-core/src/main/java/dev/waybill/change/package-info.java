// SPDX-License-Identifier: Apache-2.0
/**
 * Row images and transactions as values, and their binary form.
 *
 * <p><b>Guarantee.</b> What {@link dev.waybill.change.TransactionWriter} writes, {@link dev.waybill.change.TransactionReader} reads back as equal values,
 * for every column type and every extreme; bytes from a stranger make it throw {@link dev.waybill.change.MalformedException}, never hang or allocate
 * beyond its bounds.
 *
 * <p><b>How.</b> The binary form is drawn in {@link dev.waybill.change.TransactionWriter}, that of shapes and types in {@link dev.waybill.change.ShapeCodec}, that of text in {@link dev.waybill.change.TextForm}.
 * <pre>
 *   records ─► TransactionWriter ─► ByteSink (in memory, cut into outbox parts as it fills) or any OutputStream
 *                  │ table dictionary, counts: mark() and rewind() for savepoints, reset() for the next transaction
 *   RowWriter ───────┘ rows that are inserted, value by value, where nobody needs them as objects
 *   records ◄─ TransactionReader ◄─ parts one after the other, as one InputStream; large values wait in a temporary file
 * </pre>
 *
 * <p><b>Java classes of values</b>, by {@link dev.waybill.change.ValueKind}: a value in a {@link dev.waybill.change.RowImage} has exactly the class named
 * there, is {@code null} (SQL NULL), or is {@link dev.waybill.change.RowImage#ABSENT} (not part of this image). Only TEXT, BYTES and JSON columns outside of the key can be
 * {@link dev.waybill.change.LargeValue}, and from a reader they are exactly when longer than {@link dev.waybill.change.TransactionWriter#LARGE_VALUE_BYTES}; a writer takes short large values and long plain ones.
 *
 * <p><b>Decisions.</b> Every record has its length in front and a critical bit, so that an older reader refuses or skips what it does not know, by the writer's choice. Every value carries the tag of its kind: a damaged or
 * mismatched transaction is noticed at the first value, at the price of a byte. There is one encoding for each transaction (shortest numbers, no superfluous mask, long values chunked and short ones not): equal bytes mean
 * equal content. Large values come before the record that refers to them, so that a reader has them when it hands the record out and a writer never holds them.
 *
 * <p><b>The dictionary.</b> A transaction names each of its tables once: the publications that hold it, schema and name, the fingerprint, the columns. At the source a table is captured once for all publications together, so
 * the entry lists all of them as they were under its catalogue version; a message lists those by which its subscriber gets the table, a snapshot the one it is of. So the entry of one table differs between subscribers only in
 * what they get, and a receiver knows by which of its subscriptions a row came without asking.
 *
 * <p><b>Rejected.</b> Java's modified UTF-8 and plain UTF-8 (the one is nobody's, the other loses lone surrogates); DataOutputStream (four times slower); protobuf (no faster, and a dependency in the driver's jar);
 * positions instead of a dictionary across transactions, or the fingerprint alone in the journal and the columns out of the catalogue (a transaction could not be read alone, out of the journal; about 150 bytes less are about a hundredth of a one-row transaction on H2); one entry for
 * each publication (rows that several of them hold would be captured several times).
 */
package dev.waybill.change;
