// SPDX-License-Identifier: Apache-2.0
/**
 * PostgreSQL's large objects beside the rows that refer to them.
 *
 * <p><b>Guarantee.</b> A row with a number of a large object is recorded with the object's content, whoever wrote it and in whatever pieces; what is written into an object of a published row later is recorded too, in the same transaction, or refused; an object
 * of a published row cannot be removed.
 *
 * <p><b>How.</b> A column has large objects when its type is a domain {@code lo} over {@code oid} (the extension {@code lo} makes it, so does CREATE DOMAIN lo AS oid). Its kind is BLOB, and its values are read, a piece at a time, where all values of a row are read.
 * <pre>
 *   INSERT, UPDATE that names the column   RETURNING gives the number; the content is read behind it
 *   LargeObjectManager, Blob of a row      over our connection ─► each function is seen by its number ({@link dev.waybill.driver.largeobject.ObjectFunction}) before it runs
 *     lo_open … lowrite, lo_truncate         ─► {@link dev.waybill.driver.largeobject.WrittenObjects}: which objects have other content than was read
 *   COMMIT                                 rows that refer to these are locked and recorded as an UPDATE of the column; whose object is gone keeps the transaction from committing
 *   lo_put, lowrite, lo_truncate as text   refused as uncaptured: a text does not tell which object
 * </pre>
 *
 * <p><b>Decisions.</b>
 * <ul>
 * <li>A bare {@code oid} may be any number, and one that once named an object says nothing of the next: it is refused where it is published, as before. {@code ALTER TABLE t ALTER COLUMN c TYPE lo} changes the catalogue alone, and JDBC's methods go on working.
 * <li>An object that was made in this transaction and written before anything else was recorded has no row yet: nothing is looked up for it. Any other one that was written is looked up by its number in all columns of large objects; an index on them makes that cheap.
 * <li>What was removed is told by the locks that the transaction holds ({@code pg_locks}): by text, function, trigger or interface, and with savepoints taken back. It is asked only where something can have removed an object.
 * <li>In place means READ COMMITTED: at other levels the transaction does not see what others have written into the same object, and would record half of it.
 * <li>At a replica content becomes an object of its own for each row, and the old one goes with it.
 * </ul>
 *
 * <p><b>Rejected.</b> Looking at {@code pg_largeobject} for pages of this transaction: only superusers may read it. Counters of its statistics: they tell that something was written, not what. Treating every {@code oid} that names an object as one.
 *
 * <p><b>Limits.</b> Two rows that share one object: if one session makes the second row while another one writes into the object, the second row has at replicas what its session saw. Objects are not looked at where rows of other tables that are not published refer to them.
 */
package dev.waybill.driver.largeobject;
