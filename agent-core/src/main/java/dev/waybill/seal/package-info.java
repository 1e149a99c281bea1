// SPDX-License-Identifier: Apache-2.0
/**
 * Sealed messages: who may say something here, and who may read what is said. Ed25519 signatures, HPKE encryption, and the keys for both.
 *
 * <p><b>Guarantee.</b> Where a signature is required, nothing that was not signed by a key of the sender that it names, trusted here and not ended, changes anything but the quarantine; one bit that is altered is as good as no signature.
 * Where encryption is required, no body travels that anybody but its recipient can read, and none is taken that others could read. A key takes effect, and loses it, without a stop of the agent.
 *
 * <p><b>How.</b> A key ring is a directory that belongs to whoever runs the agent, not to the database.
 * <pre>
 *   keys/hq.3f0c….key         own: public and secret halves, readable by its owner alone            ./waybill keys make hq
 *   keys/branch.81d2….pub     a neighbour's: public halves, brought by a person who compared the id    ./waybill keys import FILE
 *   keys/branch.77aa….invited an invitation that was given here, with its secret, until 30 days after its end            ./waybill invite
 *   keys/hq.77aa….joining     at the other end: until the head office has said that it trusts the key                    ./waybill join
 *
 *   leaving:   body ─► deflate ─► HPKE for the newest key of the recipient ─► checksum ─► Ed25519 by the newest own key that he said he trusts
 *   arriving:  size ─► checksum ─► signature: trusted key of the sender that the envelope names ─► HPKE ─► inflate within bounds ─► R0 …
 * </pre>
 * A key is a pair of pairs: Ed25519 to sign and X25519 to be written to; its id is a digest of both public halves, so that comparing the id is comparing the key. Every envelope names the keys of the recipient that its sender trusts.
 *
 * <p><b>Changing keys without a stop.</b>
 * <pre>
 *   at hq       keys rotate hq            both keys are there; the old one goes on signing for everybody who has not said that he trusts the new one, and what it signs says what the new one is
 *   at branch   (by itself)               a message that the old one signed announced the new one: it is put on the ring, "by" the old one, and the log says so. The agent says hello, the new one signs from then on;
 *                                         the old one is trusted for 30 days more: for what is under way, and for weeks offline
 *   at hq       keys remove OLD           when nobody needs it any more; until then bodies that were encrypted for it can be read
 * </pre>
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li><i>Required on HTTP, mail and Kafka, optional on FILE</i>, since a shared directory has its own rights: {@code SET REMOTE type OPTION signature = 'required' | 'optional' | 'off'}. Optional: what is signed by a known key must be right,
 *       what is not signed is believed; so both ends can be given keys one after the other. A message must meet what its way <em>and</em> what its sender's way demand: a forger cannot choose the weaker one.
 *   <li><i>Encryption is asked for</i> ({@code encryption = 'required'}): HPKE's base mode with a new X25519 pair for each message. What lies on the way can be read with the recipient's secret key alone, not with the sender's; no
 *       two messages share a key, so there is no count of nonces to keep through crashes and restored backups; and there are published vectors to test against. Who sent it is said by the signature, not by the encryption.
 *   <li><i>Replay</i> needs nothing here: every message names both incarnations, its epoch and its place, and the rules of {@code delivery} make a second copy void. A signature covers the recipient's name too.
 *   <li><i>The keys are not in the catalogue.</i> Who can write tables could otherwise make himself trusted; a database restored from a backup would trust again whom a person has dropped.
 *   <li><i>Nothing unverified stops a stream.</i> What is refused for its signature, or for its size or format where a signature is required, is put aside, and the neighbour shows HALTED with the reason until it is heard rightly again; its
 *       epoch, position and patience stay as they are. (Rule R7 lets an unsigned message stop the stream and lie there; then anybody who can post could stop anybody.)
 *   <li><i>A key may announce a newer one of its own publisher</i>, in messages that have no body, and no more than that. It is believed as the old one is: whoever steals a key can announce one of his own. So what a key announced goes with
 *       it when a person takes it off ({@code keys remove}), and is kept as forgotten: no announcement, recorded or new, brings it back; {@code keys import} does.
 *   <li><i>The first key of a neighbour</i> is brought by a person, since nobody vouches for it; where one hand reaches both rings, as in an extraction, by {@link dev.waybill.seal.KeyRing#introduce}; or by an invitation.
 *   <li><i>By invitation</i> (room {@code invitation}): a remote that has no key here yet says one hello whose signature block is an HMAC of the whole message by the secret that it was given, and announces its key in it. It is judged where signatures are
 *       judged: right proof, in time, a hello of the one name to this incarnation with its own key and nothing else; the first who comes has it, with his key and his database, and says it again as often as he likes. All else is put aside as
 *       what is not signed rightly; so a flood costs what any flood costs, and nothing of it is remembered. What follows is the agent's: on the ring first, that a crash finds it, then in one commit of the database.
 *   <li>A secret file that others can read is refused.
 * </ul>
 *
 * <p><b>Not promised.</b> Names, offsets, sizes and times in the envelope can be read by whoever carries it. Bodies are compressed before they are encrypted: who can both write rows and see sizes can learn something of other rows of the same message.
 * Keys, or invitations, are carried by people; there is no authority that vouches for them.
 *
 * <p><b>Rejected.</b> One secret for both ends (each neighbour could speak for the other, and a thousand branches would share it); X25519 between the long-lived keys of both (a stolen key reads everything of before); trusting the first key that is heard (on
 * mail the first one may be anybody's); Java's key stores for the ring (they want certificates, and a password that lies beside them).
 */
package dev.waybill.seal;
