// SPDX-License-Identifier: Apache-2.0
/**
 * Who gets a row where another table decides: {@code SUBSCRIBE BY (SELECT …)} and {@code SUBSCRIBE BY PARENT}. Audiences are worked out by the database itself, in the transaction that writes, and stand in its entry.
 *
 * <p><b>Guarantee.</b> After every transaction each subscriber has exactly the rows that the sub-query, asked then, says: rows that are written, and rows whose deciding rows were written, also where nobody touched them. Rows come to a
 * subscriber behind those that they refer to, and go before them. What cannot be worked out exactly is refused in the transaction that asks for it.
 *
 * <p><b>How.</b>
 * <pre>
 *   changes of tables that decide or are decided about ─► held until their statement ends ({@link dev.waybill.audience.Settlement})
 *     net of each row: as it was, as it is              ({@link dev.waybill.audience.NetRows})
 *     locks: what decides about a row shared, what has changed there alone
 *     audience as it was, as it is                      ({@link dev.waybill.audience.AudienceReader}: the database's answer, and for the past that answer without what the statement did)
 *   ─► the changes with both audiences as notes
 *   ─► where rows move that nobody touched: who gets them before these, parents first, who loses them behind, children first ({@link dev.waybill.audience.Moves})
 * </pre>
 * A <em>move</em> is an UPDATE of nothing with the whole row: for one who is only in its audience before it is a DELETE, for one who is only in the audience after an INSERT, for all others nothing.
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li>A sub-query has one table, joined to the published one by columns of the same type, and a condition on its own columns: then the rows whose audience may have changed can be read off a changed row of the deciding table. Others are
 *   refused, since nobody could follow them; longer ways are made of PARENTs.
 *   <li>PARENT goes by a declared foreign key to the parent's key, whose article is in the same publication. It takes the parent's WHERE along. A key that may wait until COMMIT is refused: the parent would come behind the child.
 *   <li>Tables that only decide are captured as published ones are, for no publication: so the fence, the planner and the comparison at COMMIT hold for them, too.
 *   <li><em>Locks are on what decides, not on its rows.</em> DESIGN.md has the rows share-locked that a sub-query reads. That would not keep a second deciding row from being inserted, and it would make two transactions that each insert an
 *   order and then count it at the customer wait for one another for ever. So a number made of the deciding table, its columns and their values is locked: shared by whoever writes rows that are decided about, alone by whoever changes what is
 *   decided (not by other changes of the deciding row). PostgreSQL has such locks; H2 and HSQLDB take rows of {@code waybill.audience_lock}, alone always, since they have no others; MariaDB's locking reads see what is not committed and
 *   wait for it; SQLite has one writer.
 *   <li>Above READ COMMITTED a transaction of PostgreSQL, H2 or HSQLDB goes on seeing what was committed when it began, also after it has waited: what decides may be another thing by then. So it is refused there.
 *   <li>On SQLite a whole transaction is one statement here: what was written is seen at its end.
 *   <li>A statement that takes rows away and lets them come back, or a batch, may change a row several times: if its audience changes, too, one change takes the place of all.
 * </ul>
 *
 * <p><b>Rejected.</b> Working audiences out when an entry is sent (the deciding tables are different by then); moving rows by triggers (rights, cost); one message for a parent and its children, as a document (rows would be sent again that nobody changed).
 */
package dev.waybill.audience;
