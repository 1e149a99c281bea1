// SPDX-License-Identifier: Apache-2.0
/**
 * The notifier: finds whom to wake, wakes them by a gateway, again and again until it is over. MobiLink's server-initiated synchronization.
 *
 * <p><b>Guarantee.</b> Each poll does its events in MobiLink's order, each in a transaction of its own. A request is sent when it is first seen and whenever its resend interval is over, never after its time to live; {@code request_delete} is called once for
 * each, with the reason. Its attributes are those of its first poll. One agent's notifiers work, by its lease, and what they send is on record before: a notice is not sent twice because an agent ended, and may be lost because one did. What the notice is about is
 * never lost: it travels by the link.
 *
 * <pre>
 *   settings (rows) ─► {@link dev.waybill.notify.Notifiers}, in the agent's cycle ── writes records, under the lease
 *                        └─ one thread each: {@link dev.waybill.notify.NotifierLoop} ─► {@link dev.waybill.notify.NotifierMachine} (pure) ─► SQL: {@link dev.waybill.notify.EventRunner}
 *                                                                            └─► {@link dev.waybill.notify.Gateways}: SYNC ─► {@link dev.waybill.notify.NoticeBoard} ─► the office's port
 *                                                                                          UDP, SMTP; the tracker: one after the other, by {@code waybill.listener_address}
 *
 *   a poll:  begin_poll · shutdown_query · request_cursor ─► new ones, and those that are due, are sent
 *            confirmed, dropped, expired ones: (error_handler) request_delete · end_poll
 *   next:    after poll_every, or sooner when something is to be sent again; from then the interval counts anew
 * </pre>
 *
 * <p><b>Decisions</b>, where the original says nothing or something else.
 * <ul>
 *   <li>Time to live is looked at in polls alone, as the guide's walkthrough has it. Without resend interval or without time to live a request is sent once, and is over at the next poll; where it has to be confirmed, when all its gateways have had their time.
 *   <li>One that is over, and that the cursor returns all the same, is not looked at until the cursor has forgotten it.
 *   <li>A confirmed one is over at the next poll. So {@code request_delete} has one place in the order of events.
 *   <li>A clock that is set back stands still for the notifier ({@link dev.waybill.notify.OwnTime}); one that is set forward lets time pass.
 *   <li>A poll that is late is made up by one poll. One that fails ends there, is shown in {@code waybill.notifier}, and comes again after the interval.
 *   <li>A {@code request_delete} that fails is owed until it succeeds. A handler that fails has said nothing.
 *   <li>A handler answers by what it returns, the first column of the first row, since not every product has OUT parameters. Texts that are handed to handlers have asterisks where a literal could be ended, as since SQL Anywhere 16.
 *   <li>Request ids are needed: without one nothing could be deleted or confirmed. A row without one is left out, and that is shown.
 *   <li>A notifier without {@code request_cursor} has the table {@code waybill.push_request}, and makes requests by itself for remote users that have not confirmed what they were sent: whom to notify is no work of anybody's.
 *   <li>A table of settings, as {@code ml_property} is one, that is looked at every second: nothing has to be started anew. Whoever can write it can let the agent run SQL, so applications get no rights on it.
 *   <li>Nothing of who is connected is on record. A process that has not the lease answers listeners that they should ask another office, so a farm needs nothing that routes.
 *   <li>A listener that did not confirm by UDP is not tried there again before it was heard.
 * </ul>
 *
 * <p><b>Rejected.</b> Notifiers in the agent's own thread (their SQL may take long); records by a connection of their own (a late agent could send, and two would meet at the lease row while one holds what the other waits for); promising that a notice arrives (that
 * is what the link is for).
 */
package dev.waybill.notify;
