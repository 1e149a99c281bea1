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
 *
 * <p><b>Bytes.</b> Numbers, texts and blocks as in {@link dev.waybill.change.TransactionWriter}; a position is incarnation 16, offset varint, digest 16; {@code [ ]} follows a flag byte, 0 for absent.
 * <pre>
 *    0       4        5        6            10                                            ◄── where these are, and that the checksum is there, holds for every future format
 *   ┌───────┬────────┬────────┬────────────┬──────┬─────────────┬────────────────┬──────────────────┬─────────────┬─────────────┐
 *   │ magic │ format │ least  │ checksum   │ kind │ sender text │ recipient text │ sender's         │ recipient's │ message     │
 *   │ D7574159  1    │ reader 1 at byte    │ byte │             │                │ incarnation 16   │ [16]        │ id 16       │
 *   ├───────┴────────┴────────┴────────────┴──────┴─────────────┴────────────────┴──────────────────┴─────────────┴─────────────┤
 *   │ header: resend_count, prev, this, sequence varints │ digest at prev 16 │ confirmation [position]                          │
 *   │ resend request [incarnation 16, epoch varint, position] │ journal head position │ send time: seconds zigzag, nanos varint │
 *   │ part [cut 16, first byte varint, total bytes + 1 varint] │ limits: longest message varint, codecs varint*, key ids text*  │
 *   │ codec id byte │ key id text │ encryption id byte │ plain length varint │ encoded length varint                            │
 *   │ extensions varint, each: type varint, critical flag, block                                                               │
 *   ├──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┤
 *   │ body, encoded length bytes                                                                                               │
 *   ├──────────────────────────────┬───────────────────────────────────────────────────────────────────────────────────────────┤
 *   │ CRC-32C of all before it, 4  │ signature block: scheme byte, block; over all before it (scheme 0: empty)                 │
 *   └──────────────────────────────┴───────────────────────────────────────────────────────────────────────────────────────────┘
 * </pre>
 * The body of DATA, SNAPSHOT and PASSTHROUGH holds transactions, each behind its own offset and digest: {@link dev.waybill.message.BodyFrame} draws it. Bodies of the other kinds are theirs; most have none.
 *
 * <p><b>Order of checks</b>, so that each refusal has its true reason (rule R7): (1) longer than accepted: OVERSIZE; (2) magic, place of the checksum, checksum: CORRUPT; (3) least reader version: TOO_NEW; (4) every field
 * and length: CORRUPT, an unknown kind UNKNOWN_CRITICAL; (5) signature: UNSIGNED; (6) encryption: UNDECRYPTABLE; (7) codec, critical extensions: UNKNOWN_CRITICAL; (8) plain length: OVERSIZE; (9) decompression: CORRUPT.
 * The sender can be read from whatever begins rightly ({@code MessageCodec.seemingSender}), so that the stream that stops has a name.
 *
 * <p><b>Extensions</b> of format 1: 16, critical, {@link dev.waybill.message.Envelope.Stream}: which stream a message belongs to, once one of the two began anew; a program that does not know it puts the message aside rather than
 * mixing two streams. Absent, both are the first. 17, not critical, {@link dev.waybill.message.Envelope.Held}: beside a resend request, which parts are there already; who does not know it sends them once more. 18, critical, {@link dev.waybill.message.Envelope.Vouch}: with every message of a
 * stream that began with somebody's word, what its recipient must have; a program of before puts such messages aside and shows HALTED instead of following without a look: it must be renewed before {@code REMOTE RESET} is said for it. Streams that began before have
 * none. 19, not critical: beside a resend request, the number of a stream that is declined for that; who does not know it never sent 18. Types below 16 are reserved.
 *
 * <p><b>Growing.</b> What is added later travels as an extension; format 2 is for what cannot, and says by its least reader whether format 1 may read it. Codecs: 0 plain, 1 raw deflate; a sender compresses only into what
 * the recipient announced. Signature schemes: 0 none, 1 Ed25519, 2 HMAC-SHA-256 by the secret of an invitation, for the first hello of a remote alone (page of {@code seal}); a program that does not know 2 takes such a hello as not signed. Encryption ids: 0 none, 1 HPKE (RFC 9180, base mode, X25519, HKDF-SHA256, AES-256-GCM), which encrypts the compressed body and binds it to the envelope: the bytes
 * from kind to the last extension. {@link dev.waybill.message.Seal} is where they enter when a message leaves, {@link dev.waybill.message.Trust} when it arrives; what they are made of is the room {@code seal}. The envelope itself can be
 * read by everybody who carries it: names, offsets, sizes, times.
 *
 * <p><b>Rejected.</b> A checksum at a place that only the parsed fields tell (a flipped version bit would read as "too new" and stop the stream, where resending helps); compressing the envelope (peeking and rule R0 must be
 * cheap); trusting announced lengths for allocation.
 */
package dev.waybill.message;
