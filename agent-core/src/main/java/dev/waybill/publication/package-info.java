// SPDX-License-Identifier: Apache-2.0
/**
 * The catalogue: publisher, publications, articles, remote users, subscriptions, message types; and the filter that projects journal entries for a subscriber.
 *
 * <p><b>Guarantee.</b> Definitions are immutable and numbered: every change of the catalogue makes a new version, and a journal entry is filtered under the version under which it was captured.
 * A publication comes into force without a gap: every writer compares the version at its commit, and START and SYNCHRONIZE wait, bounded, for the writers that began before. A statement is done wholly or not at all.
 * <b>What a subscriber is owed at a log offset never changes once it can have been said</b>: it is a function of the journal and of a recorded history that is only added to, behind the journal's head.
 *
 * <p><b>How.</b>
 * <pre>
 *   catalogue statement ─► one transaction: version + 1 (a lock), rows changed, COMMIT ─► announced on the board ({@link dev.waybill.publication.CatalogueBoard})
 *   writer:  begin: mark on the board, then the catalogue read ─► plans, writes ─► COMMIT: catalogue read again ─► end: mark off
 *            a table that it wrote is captured for more columns now than under its own catalogue ─► 40001, run again
 *            an autocommit statement has no commit to compare at: its mark alone says that it may still come
 *   START:   wait until no mark is older than the publication ─► lease row locked, what is committed is sequenced, started = head, COMMIT
 *   SYNCHRONIZE: the same wait ─► request; the agent looks at the marks again and takes the snapshot
 * </pre>
 * Why no announcer misses a writer is argued in {@link dev.waybill.publication.InProcessBoard}.
 *
 * <p><b>Names</b> of publishers, remote users and publications are identifiers that fold to lower case unless quoted. They travel in messages and become parts of file names: 1 to 128 letters, digits, {@code _ - .}, and two that
 * differ only in capitals are one. Names of tables and columns are the database's own, as it keeps them.
 *
 * <p><b>What is owed at an offset.</b> A subscription has <em>periods</em>, {@code (started, stopped]}; an entry is owed when it lies in one ({@link dev.waybill.publication.Owed}). The latest stands in {@code subscription}, those
 * before it in {@code subscription_period}.
 * <pre>
 *   START                      opens a period at the head            STOP                  closes it at the head: what is committed by now is still sent
 *   SYNCHRONIZE, first time    the snapshot opens one, at its place  SYNCHRONIZE again     the period stays open; the snapshot is one more entry of the stream
 *   START, SYNCHRONIZE after   opens another; the closed one is      DROP SUBSCRIPTION,    close it at the head, and keep it
 *   STOP                       kept                                  DROP PUBLICATION
 *   GRANT REMOTE               log_begun = head: nothing at or       REVOKE REMOTE         everything goes with the user
 *                              before it is owed to him
 * </pre>
 * A closed period is removed when the journal has been trimmed beyond its end, so whatever can be asked for can be answered as it was before, by a receiver that was restored too. ALTER PUBLICATION changes what is captured, never
 * what was: an entry is filtered under its own version. Two things void what was said, and neither mixes with it, because nothing at or before {@code log_begun} is ever sent again and the first thing after it lies behind
 * everything that was said: a message of before ends at or below {@code log_begun}; it is applied before the new beginning, as part of the old history, or it is a duplicate after it. These are GRANT after REVOKE, and a subscriber
 * who <em>begins anew</em> ({@link dev.waybill.publication.Subscriptions#beginAnew}) because the journal or a spool does not reach back to him any more. What is owed is read from the tables in the transaction that scans the
 * journal, after the end of the scan is known; the catalogue in memory may be older than the entries.
 *
 * <p><b>Rows by condition.</b> An article may have a condition ({@code WHERE}, room {@code predicate}). Capture records every row of the table, and of each what the condition looks at, as it was and as it is
 * ({@link dev.waybill.publication.Catalogue#watchedNames}); which of them a subscriber gets is decided when he is sent something ({@code Choice}), by the definition under which the row was captured, so it never changes. A row that
 * leaves what is chosen is a DELETE, one that comes in is an INSERT of the whole row. Where capture cannot know what a row was (an upsert; a row that was committed between a look and a statement; more than 20,000 of one statement), he
 * is told what it is now, or that it is gone if it ever was his: the outcome is the same, but he hears of keys that were never his. A table in two publications of one subscriber: he gets the rows that one of them chooses; then both must have the
 * same columns ({@code OneTableTwice}).
 *
 * <p><b>Rows by value.</b> {@code SUBSCRIBE BY column} gives each subscription the rows whose column has its value: to the filter and to snapshots it is one more condition, {@code column = value}
 * ({@link dev.waybill.publication.Article#chosenBy}), so a row that gets another value is a DELETE for one and an INSERT for another in the same transaction. The value is that of the row as it was written: who gets it is fixed then.
 * One subscriber may have several values, as so many subscriptions; what is owed to him is kept for each. Tables of the publication without the clause go to all of its subscribers.
 *
 * <p><b>Rows by another table.</b> {@code SUBSCRIBE BY (SELECT …)} and {@code SUBSCRIBE BY PARENT} ({@link dev.waybill.publication.Audience}) are worked out where the row is written (room {@code audience}), and the change says who had the
 * row and who has it ({@link dev.waybill.publication.AudienceNotes}); so do changes of tables that decide about others in the same publication. The filter only looks the subscriber's value up. These notes are in the journal and travel to nobody.
 * A catalogue with such articles is refused by older versions of this program.
 *
 * <p><b>Both ways.</b> Entries that came from a neighbour have its name as their origin. Downward they stay away from it as long as it has them and nothing was sent on top of them; upward never do ({@link dev.waybill.publication.Exchange}, which also tells what each of
 * our own transactions had seen of the journal above). VERIFY makes capture know what rows were, as conditions do; upward the old values travel as it says, downward never ({@code OldValues}). CONFLICT is what apply goes by.
 *
 * <p><b>Decisions.</b>
 * <ul>
 *   <li>The condition is kept as text, for people, and with the types and collations of its columns, for all time ({@code ArticleCode}); an article without one is kept as it was before, so a program that knows no conditions
 *   refuses a catalogue that has some, and works with one that has none.
 *   <li>Conditions, VERIFY too, and complete capture exclude each other: what triggers keep of a row before is its key.
 *   <li>CREATE REMOTE MESSAGE TYPE and GRANT REMOTE said again alter what is there, as SQL Remote's CREATE REMOTE does; delivery state is kept. DROP PUBLICATION and REVOKE REMOTE take subscriptions along, as there.
 *   <li>ALTER PUBLICATION is refused while somebody gets the publication: he would get changes of rows that he never got. Stop, alter, synchronize.
 *   <li>START, STOP and DROP draw their line behind all transactions that are committed: those that are not sequenced are sequenced by the statement.
 *   <li>START vouches that both ends agree now, also after STOP; who cannot vouch says SYNCHRONIZE.
 *   <li>SYNCHRONIZE goes downward only. Upward, a remote creates a publication and says START SUBSCRIPTION FOR its consolidated database.
 *   <li>A database accepts everything from its consolidated database, so that a replica needs no publication of its own, and from a remote user what he has subscriptions for (room {@code rights}).
 *   <li>On a server (a dialect with a fence) writers of other processes are met at their commit and in the database's locks instead: {@code Dialect.hasFence}. There nobody has to be absent, and SYNCHRONIZE waits where it is said.
 *   <li>Elsewhere marks live in the process, and so does everything that relies on them. CREATE and ALTER PUBLICATION and START are refused while sessions of other processes are connected ({@code sessionsElsewhere}); SYNCHRONIZE said in
 *       another process is a request, and the agent beside the application does the waiting. CREATE and ALTER PUBLICATION look again after their commit and take back what they did
 *       when somebody has come in between: he may have read the catalogue of before. Whoever comes later has read the new one, so START and SYNCHRONIZE leave no such instant.
 *   <li>Every statement makes a new version, so that one number answers "has anything changed". Plans are made again after it; statements of this kind are rare.
 * </ul>
 *
 * <p><b>Rejected.</b> Deciding rows where they are written (every writer would pay for every condition, and nothing more would be known); telling subscribers of every change of a row that is not theirs (correct, and needs no images of before, but as much
 * traffic as there are subscribers); a lock that writers share and an announcer takes alone (it is on the way of every transaction, and an idle one would stop the catalogue); comparing versions only at commit (an autocommit statement that is under way
 * has nothing to compare with); definitions altered in place (an old entry would be filtered by a rule that came after it); one range of offsets for each subscription that START and snapshots move (what was said of older offsets would no longer be true while it
 * is still under way: two contents for one offset, mixed at the receiver); the START offset read from the journal's head (transactions that are committed but not sequenced would be sent
 * on top of data that has them).
 */
package dev.waybill.publication;
