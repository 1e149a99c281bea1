// SPDX-License-Identifier: Apache-2.0
/**
 * The open transaction's changes: recorded as they come, taken back with savepoints, written to the outbox, committed with it.
 *
 * <p><b>Guarantee.</b> What was recorded is committed with the transaction or not at all; what could not be recorded cannot be committed. Memory is bounded whatever the transaction's size.
 *
 * <p><b>How.</b>
 * <pre>
 *   change ─► {@link dev.waybill.driver.recording.Recorder}, encoded at once ─► in memory, or from some size on parts in the outbox ({@link dev.waybill.driver.recording.OutboxParts})
 *   savepoint ─► {@link dev.waybill.driver.recording.Savepoints}: what was recorded then
 *   commit    ─► last part and COMMIT; where writers of other processes meet a fence, by {@link dev.waybill.driver.recording.FencedCommit}: in one text, or step by step
 * </pre>
 *
 * <p><b>Decisions.</b> The binary form is written when the statement runs: what the application does to its objects afterwards changes nothing, and a row costs no object. The last part comes immediately before COMMIT, since the
 * place in the order is drawn with it.
 */
package dev.waybill.driver.recording;
