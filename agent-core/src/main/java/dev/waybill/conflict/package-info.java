// SPDX-License-Identifier: Apache-2.0
/**
 * What becomes of a row that two databases changed without knowing of one another: how that is noticed, what the policies are, what people write to decide by themselves, and the record of every case.
 *
 * <p><b>Guarantee.</b> A change from below that meets another row than its sender had before him is never performed without a line in {@code waybill.conflict}, in the same transaction, with all images: what was here, what came, what the
 * sender believed, what it came to be. What a policy decides is what everybody gets, the sender too. A resolver that fails stops the stream like any change that cannot be applied; it never decides by accident.
 *
 * <pre>
 *   change from below ─► row here now = old row of the change? ─yes─► performed
 *                              │ no: {@link dev.waybill.conflict.ConflictKind}
 *                              ▼
 *   {@link dev.waybill.conflict.ConflictPolicy} of the article ─► {@link dev.waybill.conflict.Resolution}: as it came, as it is here, a row of its own, no row ─► performed by room apply
 *                              └─► {@link dev.waybill.conflict.ConflictBook}: waybill.conflict
 * </pre>
 *
 * <p><b>Words.</b> OLD is the row here before the change, NEW what came, REMOTE what the sender believed that the row was, as in SQL Remote's {@code RESOLVE UPDATE} triggers. {@code VERIFY} says which old values travel: those of the columns
 * that change, all, or a version column's.
 *
 * <p><b>The policies</b> decide at the consolidated database alone: what comes from above overwrites what is below, always, and what is below learns the outcome.
 * <pre>
 *                 update, row changed here     insert, row is here      update, row is gone     delete, row changed here
 *   LAST          columns that came            the row that came        stays gone              deleted
 *   KEEP_LOCAL    as here                      as here                  stays gone              as here
 *   NEWEST (c)    the greater c                the greater c            the row that came*      as here when its c is greater than REMOTE's
 *   MERGE         columns not changed here     as here                  stays gone              as here
 *   ADD (c, …)    c + (NEW - REMOTE), LAST     the row that came        stays gone              deleted
 *   RESOLVER, CALL  what they say, in each of these cases               * when all of it came; else stays gone
 * </pre>
 * Under every policy: what has no parent here, what others here refer to, and what would take a unique value that another row here has, cannot be performed and is kept as it is here; a row deleted on both sides is recorded.
 *
 * <p><b>Decisions.</b> A policy stands with the article at the database that decides, as SQL Remote's triggers stand at the consolidated database; VERIFY with the article at the one that sends, since it is there that old values have to be captured. Images in
 * {@code waybill.conflict} are text for people, cut when long: the values that count are in the tables. The last 100,000 are kept.
 *
 * <p><b>Rejected.</b> Clocks to order writers (two machines' clocks differ, and the column of NEWEST is the application's to vouch for); vectors of versions in every row (the tables are the application's); a conflict as poison (the stream would stop for what two people do every day).
 */
package dev.waybill.conflict;
