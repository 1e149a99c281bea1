// SPDX-License-Identifier: Apache-2.0
/**
 * The first exchange of keys, and all else that a remote needs to begin: an invitation that a person carries.
 *
 * <p><b>Guarantee.</b> An invitation lets one database in: the first that comes with its secret, in time, under its name. Nobody else gets anything by it, it stops nothing, and what the head office does on account of it is done once and written
 * down. The secret is in files that their owner alone can read, in no table, no log, no message.
 * <pre>
 *   at hq       invite ─► ring: what was invited, with the secret ─► file for the guest
 *                                      ┆ a person carries the file
 *   at branch   join ─► ring: hq's keys, own key, the secret ─► catalogue: publisher, way, hq above with its incarnation
 *   agents      branch: hello with its public key, proved by the secret (HMAC over the whole message: key, names, both incarnations) ─► hq: key trusted, subscriptions synchronized, audit ─► hello that names the key ─► branch signs from then on
 * </pre>
 * What the agents do is on the pages of {@code seal} (who is believed) and {@code agent} ({@code Admissions}).
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li><i>The first word travels by the link</i>, as any hello does, with another proof in the place of the signature: every way that carries messages carries it, lost and repeated, and nothing new listens anywhere.
 *   <li><i>The head office is known from the file</i>, its keys and its incarnation: the remote believes nobody else from its first moment on.
 *   <li><i>Used twice</i> is refused and said: one of the two had the file by other means. Which one was first cannot be told from here; so a person is told to look, and can take the key off.
 *   <li><i>A name that was known before</i> (a branch whose machine was lost) is invited again: who comes by the invitation is that branch from then on, its subscriptions begin anew. The former key is trusted for 30 days more, unless it is
 *       taken off.
 *   <li><i>The remote's tables</i> come with the snapshots. What is there already under their names is replaced, as always by SYNCHRONIZE.
 * </ul>
 *
 * <p><b>Rejected.</b> The remote's secret key in the file (whoever saw the file would be that remote for ever); a password that people choose (it can be guessed from one recorded hello); the head office's secret key for all invitations (nothing could
 * be taken back).
 */
package dev.waybill.invitation;
