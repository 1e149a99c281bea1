// SPDX-License-Identifier: Apache-2.0
package dev.waybill.message;

/**
 * What can be known about an encoded message without decompressing its body.
 *
 * @param envelope     everything that the sender said about it
 * @param codec        how the body is compressed: {@link MessageCodec#PLAIN} or {@link MessageCodec#DEFLATE}
 * @param encryption   how the body is encrypted; 0 for not
 * @param plainBytes   length of the body, decompressed
 * @param encodedBytes length of the body in the message
 * @param signature    the signature block, scheme 0 when not signed
 */
public record Cover(Envelope envelope, int codec, int encryption, int plainBytes, int encodedBytes, Seal.Signature signature) {}
