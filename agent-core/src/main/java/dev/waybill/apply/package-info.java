// SPDX-License-Identifier: Apache-2.0
/**
 * Performs received transactions on a database through a raw connection, in order, whole, grouped and batched, with {@code log_received} in the same transaction.
 *
 * <p><b>Guarantee.</b> After a commit of step APPLY the tables are as the sender's were after the transaction at {@code log_received}, and the position says so: both or neither. Every INSERT and UPDATE changed exactly
 * one row; a DELETE that found nothing is counted ({@code already_gone}), because a foreign key here may have been quicker. A transaction that cannot be applied is named with table and key, everything before it is
 * applied, nothing of it is, and it is applied by itself when the cause is gone. Memory is bounded whatever a transaction holds.
 *
 * <pre>
 *   transactions ─► {@link dev.waybill.change.TransactionReader} ─► Work (a change, fitted on the table here)
 *                      │ planned                                │ if anything fails: all of the group again, in order
 *                      ▼                                        ▼
 *                   Plan: joins the batch of its like,       OneByOne: one change, one statement; savepoint for each transaction;
 *                   past batches with which it commutes      what waits for others of its statement is Parked
 *                      ▼                                        ▼
 *                   BatchRunner: multi-row INSERT, batched UPDATE and DELETE
 *                      └──────────────► log_received, digest_received, counters, identities ◄──┘
 * </pre>
 *
 * <p><b>When a change may go before others.</b> A later change L passes an earlier batch E of another kind or table only if all of this holds; what is not listed does not pass:
 * <ol>
 * <li>Neither table has native triggers; neither is TRUNCATE.</li>
 * <li>Tables not related by foreign keys, directly or through others: passes.</li>
 * <li>L's table is an ancestor of E's: L is an INSERT, or an UPDATE that leaves referenced columns alone.</li>
 * <li>L's table is a descendant of E's: E is a DELETE (had L needed the row, its return would stand between them), or an UPDATE that leaves referenced columns alone; or E is an INSERT and L a DELETE or an UPDATE that
 *     leaves its references alone.</li>
 * <li>The same table: no row in common, by a comparison that takes too many keys for equal rather than too few (case, accents, padding, types whose equality differs). With a foreign key to itself: both leave all
 *     relations alone. With unique keys beside the key: L is a DELETE (it only makes room), or leaves them alone, or E does, or E is an INSERT and L no UPSERT (both values stood beside one another).</li>
 * </ol>
 * Metadata may be out of date; a mistake by that fails loudly (a key, a reference, a column) and leads to the ordered way with fresh metadata.
 *
 * <p><b>Statements that looked at constraints only at their end</b> (rows exchange unique values; a whole table of rows that refer to one another is deleted) arrive row by row. In the ordered way such a change is parked,
 * tried again when others have made room, and at last performed together with those that are parked: one UPDATE for all of them, or references set to NULL before the DELETE. Where the database looks at unique keys with every
 * row (PostgreSQL unless they are deferrable, MariaDB, SQLite) the rows step aside first ({@code Aside}): one column of each unique key becomes NULL or a value that no row has, then each row takes its own. Not in a table with native
 * triggers, which would be shown what never was, and not for columns that other rows refer to (those would follow, or be lost), nor where the type has no values to spare (BOOLEAN, enumerations): there it halts, and
 * on PostgreSQL {@code DEFERRABLE} helps. Rejected: guessing the statement's borders from the stream; should this ever not suffice, capture can mark them by a note. Also rejected: DELETE and INSERT, which would take children along.
 *
 * <p><b>Errors.</b> Transient ones (lock, connection, disk: {@code Dialect.classify}) become {@code APPLY_POSTPONED}, never a halt and never poison. All others follow R12. The texts hold table, key, offset and what to do, never a
 * row.
 *
 * <p><b>Poison (R12).</b> What becomes of a transaction that cannot be applied is decided here, where its rows are kept, for each neighbour: {@code ALTER {CONSOLIDATE|REMOTE} name POISON {HALT|PARK|SKIP}}. It could have been carried with
 * the publication's definition; but a transaction may touch tables of several publications, a publication may have been started without a definition ever coming, and whoever owns the replica answers for what it shows. So the
 * policy is that of the stream in which the transaction stands.
 * <pre>
 *   HALT (default)  nothing of it and nothing after it; tried again with back-off
 *   PARK            the whole transaction ─► {@code waybill.dead_letter}, log_received goes past it in the same commit; so does every later transaction of the sender that touches what it touches
 *   SKIP            the same without anybody waiting; recorded (content up to a bound) and counted
 * </pre>
 * <i>What touches</i> is decided by tokens that outlive the process ({@code Footprint}): keys, values of unique keys, rows that are referred to, each before and after, completed by what the row has here ({@code Surveyor}). Two
 * transactions meet when one of them writes a token of the other. Beyond 10 000 rows a transaction keeps its whole tables, and those to which they refer, waiting. While something is parked, transactions of that sender are applied one by one.
 * The rule errs only towards waiting; what it did not foresee fails by itself and is parked for that. Once nothing hinders them any more, retrying the letters in order makes the replica equal to its source
 * ({@code ParkedHistoriesTest}).
 * <i>Not put aside, but halting:</i> snapshots, transactions that cannot be read or are not admitted, and anything once the bound is reached (10 000 letters or 1 GB of a sender). A snapshot never waits: it brings its tables anew and
 * settles their letters; of a letter that concerns other tables too, the rest stays.
 * <i>Diverged.</i> While there is a letter of a neighbour, parked or as a record of what was skipped, discarded or edited, {@code waybill.remote_user} says since when and why its tables are not what it sent. It is over when the letters were
 * applied as sent, settled by snapshots, or a person vouches ({@code waybill dead-letters verified}).
 * {@link dev.waybill.apply.DeadLetterOffice} is what people do with letters, each in one transaction that locks the lease row first, so that no agent applies in between, and with a line in {@code waybill.audit}.
 *
 * <p><b>Large objects</b> (PostgreSQL, columns of a domain {@code lo}). Bytes become an object for each row, and the one that the row had before is removed after it was written; so rows of such tables go one by one, not as arrays ({@code ObjectsHere}).
 *
 * <p><b>Decisions.</b> Columns computed here are never assigned; identity columns take the sender's values and their sequence goes on past them; native triggers of the replica fire as for any writer, and what they do is
 * local work. Groups take what is there up to a bound and never wait. Prepared statements live as long as one apply: pooled connections close them, and a group prepares each text once. INSERT as VALUES of 100 rows:
 * measured the fastest on H2; on PostgreSQL one array for each column ({@code ArrayRunner}), which was 1.6 times bare batches for INSERT and 1.5 times for UPDATE. Whole groups fall back, not single batches: it needs no savepoint on the quick way. Foreign keys that cascade out of the replicated tables do so as their owner declared.
 *
 * <p><b>Statements</b> of PASSTHROUGH run where they stand, behind what was taken before them ({@code PassedStatements}); a transaction with some that commit by themselves here goes alone, and they before it, each with a row that says how far it is (page of
 * {@code passthrough}). They have no footprint: nothing waits behind one that was put aside.
 *
 * <p><b>Rights.</b> What a sender below may not write is not applied, whichever way it would go ({@code Guard}, room {@code rights}): tables and columns are looked at when a change is taken, rows that are not all his just before and just after
 * the database changes them. Such rows go into no arrays, twice into no batch, and cost two queries each; who has all rows of a table pays for nothing. A way of performing changes that comes later (to resolve conflicts, say) asks
 * {@code Guard} in the same places.
 *
 * <p><b>Reading ahead.</b> Taking transactions apart is a third of an apply and needs no database, so of a backlog (a hundred transactions that lie in memory, or more) the next few hundred are taken apart in another thread while the
 * ones before are performed, and during the commit between two groups ({@code ReadAhead}). It changes nothing but the time: what is long, staged, a snapshot, has large values or cannot be read is read in its turn by who performs it, who says
 * what is wrong with it then.
 *
 * <p><b>What travels on.</b> Where a table that a transaction touches is published here, the transaction goes row by row ({@code OnwardRun}): each row is read and locked before it is changed and read again afterwards, and what it came to
 * be, after triggers and decisions ({@code Outcomes}), goes into one entry of this database's own journal, in the same commit, with its origin and its path ({@code OnwardEntry}). Nothing of this is done, and nothing is asked but the catalogue's version, where
 * nothing is published.
 * <pre>
 *   the sender is      gets the table from here      how its changes are taken
 *   above or below     no                            exactly, or not at all: what cannot be performed is R12's      STRICT
 *   below              yes                           old values are verified, policies decide, all is recorded      DECIDES ({@code Deciding})
 *   above              yes                           they overwrite what is here                                    OVERWRITTEN ({@code Overwriting})
 * </pre>
 * The entry's place is drawn when the transaction's last row has been written, so it stands behind everything that these rows followed. A snapshot is not carried on; its entry is empty and marks its place.
 *
 * <p><b>Why all databases agree when they are quiet.</b> For one row: let W be the last write of it in the journal above. If W came from another database than the remote, or goes back to it, the remote applies it behind everything that the
 * one above ever sends of the row; and it has no later write of its own, which would stand behind W there. If W is the remote's own and stays away, nothing of the row was sent to it behind what it had seen when it wrote W
 * ({@link dev.waybill.publication.Exchange}), so nothing has overwritten W there. What a remote cannot perform as it came, it leaves out, and what stands in the way it removes; for each such row it <em>asks</em> (a note in a transaction of its own, behind all it
 * has sent), and the answer is what the row is above. {@code TwoWayHistoriesTest} tries it, over two and three tiers.
 *
 * <p><b>Two tries.</b> The first lets changes of one statement make room for one another, as everywhere; what a key or a reference hinders for good makes the whole transaction begin again, each change at once, and what hinders it is a conflict above
 * and an obstacle below. Rejected: treating it so at the first try (rows that exchange unique values in one statement would be taken for conflicts).
 */
package dev.waybill.apply;
