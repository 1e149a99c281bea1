// SPDX-License-Identifier: Apache-2.0
/**
 * What a database below may write here: which tables, which of their columns, which of their rows.
 *
 * <p><b>Guarantee.</b> A transaction from below changes only rows that its sender has by a subscription, before the change and after it, in columns that the subscription's publication has; it brings no snapshot and touches no table of
 * ours. Decided from the rows of this database, never from what the message says that they were. A transaction with anything else in it is not applied at all.
 *
 * <p><b>How.</b>
 * <pre>
 *   subscriptions of the sender ─► articles, chosen by value ─► {@link dev.waybill.rights.Rights} ─► {@link dev.waybill.rights.TableRights} of each table
 *                                                                                                    │
 *   room apply, for each change:    table, columns ◄─────────────────────────────────────────────────┤
 *     (where rows are chosen)       the row that is there, locked ◄──────────────────────────────────┤   change   the row that is there then ◄──┘
 * </pre>
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li>A subscription is the right, from CREATE to DROP: one that was created and never started lets a branch report and sends it nothing; STOP ends what is sent, not what may be written, since work that is on its way would be lost.
 *   <li>The database above is the authority on all that it sends: it may write everything here but our own tables.
 *   <li>Statements of PASSTHROUGH are executed for the database above alone, and only where what it says is certain to come from it: by a way on which messages must be signed, or of which somebody here has said that nobody else can write to it
 *       ({@code SET REMOTE type OPTION passthrough = 'unsigned'}). A row can be repaired; what a statement could do has no bound.
 *   <li>The row is read again after the change, by the types that it has here: what a message calls a value, a type or a key binds nobody, and triggers and defaults of this database may have made something else of it.
 *   <li>Another key than one that is unique here finds nobody's row: it is not admitted.
 *   <li>TRUNCATE of a table of which the sender has some rows would take everybody's: it is refused.
 *   <li>A row that is not the sender's need not be an attack: it may have been moved to somebody else before the branch heard of it. So that follows the neighbour's policy ({@code POISON HALT}, {@code PARK}, {@code SKIP}); under none of them is it
 *   applied. Tables, columns and snapshots that are not the sender's halt its stream under every policy.
 * </ul>
 *
 * <p><b>Not decided here:</b> what foreign keys with actions and triggers of this database do when a row of the sender's changes. Their owner has declared that.
 *
 * <p><b>Rejected.</b> Believing images of before (the attacker writes them); the condition as part of the statement that applies (its count would not tell a row that is gone from one that is another's); views or grants of
 * the database (products differ, and none knows the value of a subscription).
 */
package dev.waybill.rights;
