// SPDX-License-Identifier: Apache-2.0
/**
 * Complete capture: what procedures, triggers, cascades and programs without our driver write is captured too, by triggers of ours on the published tables.
 *
 * <p><b>Guarantee.</b> In a complete database every committed change of a published table is in the journal, once, with its whole transaction, whoever made it and however; in an order in which it can be repeated. Nothing is captured by the
 * driver there. A publication comes into force between transactions: each is wholly before it or wholly after.
 *
 * <p><b>How.</b>
 * <pre>
 *   CREATE PUBLICATION … on a connection with waybill.capture=complete ─► {@link dev.waybill.complete.CompleteCapture#follow}: under the table's lock, triggers and the shape in which they write
 *   any writer ─► triggers ({@link dev.waybill.dialect.Triggers}): trigger_row, trigger_row, … and, as late as at COMMIT, one row of the outbox that stands for all of them
 *   sequencer  ─► meets such a row ─► {@link dev.waybill.complete.WrittenByTriggers}: rows as text ─► typed values, through the table's shape ─► CHANGE records ─► parts in the outbox, in its place ─► goes on as with all others
 * </pre>
 *
 * <p><b>MariaDB</b> has no moment at COMMIT, and needs none: a transaction's place is that of the last row that triggers wrote for it, and the row of the outbox that stands for it is made by the query that looks for waiting rows
 * ({@code Dialect.waitingRows}); what follows is the same. DDL commits by itself there: {@link dev.waybill.complete.SteppedCapture} makes triggers before, and removes them after, the transaction that tells of them. InnoDB runs no
 * trigger for what foreign keys do: triggers on the tables from which they do it find the rows before, and tell what has become of them after.
 *
 * <p><b>Decisions.</b>
 * <ul>
 * <li><i>One capturer.</i> In a complete database the driver captures nothing, and lets pass what it would refuse elsewhere (procedures, views, COPY). Triggers that look away while the driver says that it captures would leave one transaction
 * with two records: the driver's, in its memory until COMMIT, and the triggers', row by row. A cascade from a row that the driver deletes, a trigger that answers an INSERT of the driver's with one of its own, and the other way
 * round, would have to be put in order between the two, and only the database knows that order. So "captured already" is decided once for a database and not for each statement. It costs the triggers' time for every row; who wants
 * the cheaper way has the other mode.
 * <li><i>The mode is the database's</i>: it is complete while a published table has our trigger. Connections with the other setting follow; one with {@code waybill.capture=complete} makes the database complete, and needs the right to
 * create triggers for that. It ends with the last publication.
 * <li><i>The triggers follow the catalogue</i>, in the transaction of every statement that changes it. They name columns, so a column that the publication does not hold may come, go and change; one that it holds and that is renamed or dropped past the driver makes
 * writes fail, loudly, until the publication is altered.
 * <li><i>A message agent is no writer</i>: what it applies was captured where it came from (the setting {@code waybill.writer} of its sessions). So is what triggers of the application do meanwhile, until tiers exist.
 * <li><i>An UPDATE carries what has changed</i>, by comparing texts; one that changed nothing is not recorded.
 * </ul>
 *
 * <p><b>Not seen</b>: TRUNCATE of a partition that was made after the publication (that of the whole table is seen); rows that come or go with ATTACH and DETACH PARTITION; what is written while somebody has turned triggers off
 * (ALTER TABLE … DISABLE TRIGGER by the bare driver; {@code session_replication_role} turns ours off for nobody). TRUNCATE at REPEATABLE READ and above is refused.
 *
 * <p><b>Rejected.</b> Triggers that run at COMMIT (their order is nearly that of the writes, but a table with waiting triggers cannot be truncated or altered in the same transaction); statement triggers with transition tables (they come after
 * what row triggers did); whole rows as composite text (their columns have no names, and a column dropped and another one added in between would be taken for one another); JSON (a JSON null would become NULL);
 * an outbox row for each row (no commit order: its place would be drawn before the transaction has waited for deferred constraints).
 */
package dev.waybill.complete;
