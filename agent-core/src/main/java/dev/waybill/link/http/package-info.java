// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP: mailboxes at the head office, for remotes that can call and cannot be called.
 *
 * <p><b>Guarantee.</b> That of every {@link dev.waybill.link.Link}. A message that was answered with 201 is on the office's disk. A connection that is cut, half closed or slow costs a repetition, never a message; whoever has no token reads and
 * writes nothing; whoever has one reads his own mailbox alone, and posts in his own name alone.
 *
 * <pre>
 *   head office:  its mailboxes are a directory, as FILE's; its own agent uses it directly      SET REMOTE HTTP OPTION directory = '/srv/mail'
 *   remote:       url, token or keystore, certificate                                           SET REMOTE HTTP OPTION url = 'https://hq.example:8443'
 *
 *        hq's agent ── FileLink ──►  /srv/mail/branch  ◄── GET, DELETE ──┐
 *                                    /srv/mail/hq      ◄── POST ─────────┤  {@link dev.waybill.link.http.MailboxServer} ◄══ TLS ══ {@link dev.waybill.link.http.HttpLink} ── branch's agent
 *
 *   POST   /mail/hq                      a message                201 on disk · 403 not in your name · 411 no length · 413 too long · 429, 503 later (Retry-After)
 *   GET    /mail/branch?most=N           what lies there: a line for each, "name bytes"; 304 when it is still as the tag of If-None-Match says
 *          …&amp;wait=SECONDS                the same, but a 304 is said only when nothing has changed for so long
 *   GET    /mail/branch/NAME             the message; Range and ETag, so that a cut one goes on where it was cut · 404 gone
 *   DELETE /mail/branch/NAME             204, also when it has gone
 *   POST   /mail/hq?several=1            several messages as a bundle, all or none: as above
 *   POST   /mail/branch?read=1           names of messages, a line for each: a bundle of those that are there and fit; ?delete=1: 204
 *   POST   /mail/branch/NAME             its reason for being put aside: 204
 *          /notice, /poll                notices for remotes that wait to be woken: {@code NoticeDoor}
 *   GET    /health                       200, for everybody        GET /metrics        for the token named "metrics"
 * </pre>
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li><i>The office's mailboxes are FILE's.</i> What makes a message visible whole, forces it to disk, puts it aside and sweeps behind dead writers is there already, and the office's own agent needs no HTTP to reach its neighbour of the same
 *       machine. The server may be another process than the agent.
 *   <li><i>The JDK's own server and client</i>: nothing to be added to the jar. Waiting requests hold no thread: their answers are given later, so a thousand remotes wait on one port. (What the JDK's server lacks, limits for slow senders of
 *       headers, is set by its own property {@code sun.net.httpserver.maxReqTime} where the server is a process of ours.)
 *   <li><i>A token for each remote</i>, of which the office keeps a digest ({@code ./waybill keys token branch}); over TLS, or to the same machine. It says who knocks; who wrote a message is said by its signature, required here by default. The name of
 *       a remote's mailbox is the remote's name.
 *   <li><i>Or a certificate</i> of the remote's own end ({@code --http-clients}, {@code keystore}): of an authority, or itself in the office's file; its common name is the remote's name. It is asked about with every request, by its dates and by that file
 *       as they are then: a connection lasts longer than trust, and what is resumed is not asked again by TLS. To take back one of an authority before its end, let a token be shown too ({@code --http-proof both}): lists of revoked
 *       certificates are not read. TLS has to end here, not at a proxy in front: nothing that a header says is believed.
 *   <li><i>Many messages travel in bundles</i> of 256 KB ({@link dev.waybill.link.http.Bundle}), up and down, and are deleted together: over a line of 20 ms a message alone costs as much, twice where it is read. What is longer travels alone, and goes on
 *       where it was cut. What of a bundle came whole is used.
 *   <li><i>Nothing is trusted to arrive</i>: a body that is shorter than announced is no message; an answer has a longest length and a longest time, whatever the other side does.
 * </ul>
 *
 * <p><b>Rejected.</b> Mailboxes in the database (every poll of a thousand remotes a query); HTTP/2 and web sockets (proxies in between cut them, and a message is a request anyway); a queue in memory that is confirmed before it is on disk.
 */
package dev.waybill.link.http;
