// SPDX-License-Identifier: Apache-2.0
/**
 * Notices: what a notifier says to a listener so that it looks for what there is. Their form, and which are believed.
 *
 * <p><b>Guarantee.</b> A notice has no data: a subject and a content that a person chose, within bounds, whoever made it. One that is believed was made by the named publisher for the named listener, lately, and is believed once.
 *
 * <pre>
 *    0  'W' 'B' 'N' 1
 *    4  flags           1: a confirmation is wanted
 *    5  issued          8 bytes, milliseconds since 1970
 *   13  nonce           8 bytes, drawn by chance: what a confirmation names, and by what a repetition is known
 *   21  request         8 bytes, id of the push request
 *   29  sender, recipient, subject, content       each: length 2 bytes, UTF-8; a recipient without letters is whoever listens at the address
 *    …  scheme          1 byte: 0 not signed · 1 Ed25519 by a key of the ring · 2 HMAC-SHA256 by a shared secret
 *    …  key id, signature                         each: length 2 bytes; the signature covers all before it
 *
 *   a confirmation:  'W' 'B' 'C' 1 · nonce 8 bytes · status 4 bytes
 * </pre>
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li>A notice is at most 2,300 bytes, and what is longer is not looked at. Nothing of a length that is read is set aside before it is known to be there.
 *   <li>Signed by the key ring where there is one; or by a secret that both ends know, for those without. A datagram must be signed: anybody can send one. What came over TLS from the office need not be, since the office was known by its certificate.
 *   <li>Believed within five minutes of its time, either way, and once: a recorded notice serves nobody. Clocks that differ by more cost a notice, never data. What is remembered is bounded; where it is full nothing new is believed until something has
 *       grown old.
 *   <li>A confirmation proves by the nonce that its sender has seen the notice. Who sees what passes on the line can suppress notices anyway.
 * </ul>
 *
 * <p><b>Rejected.</b> Saying what has changed, or how far (a stranger would learn it, and a listener would believe it); JSON (nothing here is to be parsed that has no bound of its own).
 */
package dev.waybill.notice;
