// SPDX-License-Identifier: Apache-2.0
/**
 * Executed statements become row changes, in the transaction that they belong to.
 *
 * <p><b>Guarantee.</b> Every effect of a statement on a published table is captured in the same transaction, or the statement is refused with a clear error before it does anything, or (by explicit setting) allowed and
 * counted. There is no fourth outcome.
 *
 * <p><b>How.</b>
 * <pre>
 *   SQL text ─► plan (lexer; cached by text and catalogue version)
 *   execute  ─► perform as planned: images come from the database (generated-keys channel, OLD TABLE, locking read)
 *            ─► recorder: encoded at once; small transactions stay in memory, large ones become outbox parts as they go
 *   commit   ─► version compared, last outbox part, COMMIT
 * </pre>
 */
package dev.waybill.driver.capture;
