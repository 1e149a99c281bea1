// SPDX-License-Identifier: Apache-2.0
/**
 * Every error that Waybill raises: its SQLState, its text, its remedy.
 *
 * <p><b>Guarantee.</b> An error at the JDBC surface is an {@link java.sql.SQLException} with an SQLState; its Java type
 * says whether the same call may be tried again ({@link java.sql.SQLTransientException},
 * {@link java.sql.SQLTransactionRollbackException}) or not ({@link java.sql.SQLNonTransientException}). A text has three
 * sentences: the fact with its values; what was and was not done; what to do. The database's own exceptions pass untouched.
 *
 * <p><b>How.</b> One constant of {@link dev.waybill.error.WaybillError} for each error, in a section for each room. Values are put in by
 * {@link dev.waybill.error.WaybillError#with}. No text ever holds a password or the content of a row.
 *
 * <p><b>Rejected.</b> One exception class for each error: callers of JDBC tell errors apart by SQLState and by the three JDBC families,
 * not by classes of a driver.
 */
package dev.waybill.error;
