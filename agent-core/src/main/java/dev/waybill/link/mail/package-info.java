// SPDX-License-Identifier: Apache-2.0
/**
 * SMTP: messages as mail, fetched by IMAP or POP3, for neighbours that have a mailbox and nothing else in common.
 *
 * <p><b>Guarantee.</b> That of every {@link dev.waybill.link.Link}. Mail that is not ours is never marked, moved or deleted, nor opened, except delivery reports, to find those about ours. What travels in headers is checked or encoded: nothing of a message or of the catalogue can add a header or
 * a recipient.
 *
 * <pre>
 *   From: hq@example.org                    To: shop1@example.org
 *   Subject: hq → shop1 (0-0000923357-0000942712-0)          as the envelope says, for people; nothing is believed because of it
 *   X-Waybill-To: shop1@example.org         by this the recipient finds it, on the server
 *   Auto-Submitted: auto-generated          so that no out-of-office answers
 *   ├─ text/plain                           what this is, for who finds it
 *   └─ application/vnd.waybill              the message, in base64
 *
 *   send: SMTP accepted it
 *   IMAP    list: SEARCH HEADER X-Waybill-To        delete: UID STORE, UID EXPUNGE        put aside: into the folder "Waybill quarantine", the reason beside it
 *   POP3    list: UIDL, TOP of what is new          delete: DELE, QUIT                    put aside: mailed back to the own mailbox, the reason before it
 * </pre>
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li><i>Angus Mail is an optional dependency</i>: who sends no mail does not carry it, the driver's jar stays as it is, and no class of it is loaded before somebody says SMTP. Where it is missing, the error names the artifact. (A module of our
 *       own would have to be found by its users as well; the class loader finds Angus beside the driver as it finds a JDBC driver.)
 *   <li><i>Several databases may share a mailbox</i>: an address may have a name in front, {@code 'shop1 <waybill@example.org>'}, and what is for another name is left for it.
 *   <li><i>IDLE</i> tells of arrivals where the server has it, by a connection of its own; looking is the truth, as everywhere.
 *   <li><i>Bounces</i>: a delivery report about a message of ours is taken out and said in the log, once; since anybody can write one, nothing else comes of it. The message comes again by itself, as any that was lost.
 *   <li><i>Mail is not trusted</i>: signatures are required by default, and the server's certificate is checked (by the platform's authorities, or {@code certificate}), also for a server on this machine unless {@code security} is none. Where STARTTLS is demanded
 *       and not offered, nothing is said. A mail is not fetched when its size alone says that it is no message.
 *   <li><i>What a server takes</i> (SIZE) is learned when it is first connected, and messages are cut to it from then on; one that was cut before is refused here and cut again.
 *   <li><i>POP3</i> shows a mailbox as it was when a session began and keeps everybody else out meanwhile, so sessions are short ({@code PopLetters}); it tells of nothing that arrives.
 *   <li><i>OAuth2</i>: {@code login = 'oauth2'}, and the password is the token (XOAUTH2), read anew for every connection: whoever renews it writes the file, or is the provider.
 * </ul>
 *
 * <p><b>Rejected.</b> Telling ours from foreign mail by subject or attachment (mailing lists and people change both, and every mail would have to be opened); marking mail as seen (others' clients show it as read); one mail for several messages (a
 * mail that is too large comes back as a whole).
 */
package dev.waybill.link.mail;
