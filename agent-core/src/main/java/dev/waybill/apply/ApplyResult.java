// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TableName;
import java.sql.SQLException;
import java.util.Set;

/**
 * What an apply did inside the caller's transaction, which is still to be committed.
 *
 * @param last         the last transaction that was applied: {@code log_received} stands there now
 * @param transactions how many were applied, at least one
 * @param rows         changes performed
 * @param alreadyGone  DELETEs among them that found nothing
 * @param halt         why the transaction after {@code last} cannot be applied; null when all went well or the bound of a group was reached
 * @param diverged     what became of transactions that were not applied but put aside (R12); null when there were none. They count among {@code transactions}
 * @param firstMet     tables that this sender had not sent before: {@code waybill.received_table} has them now
 */
public record ApplyResult(ReceivedTransaction last, int transactions, long rows, long alreadyGone, SQLException halt, String diverged, Set<TableName> firstMet) {

    /** All of them were applied. */
    ApplyResult(ReceivedTransaction last, int transactions, long rows, long alreadyGone, SQLException halt, Set<TableName> firstMet) {
        this(last, transactions, rows, alreadyGone, halt, null, firstMet);
    }

    ApplyResult diverging(String reason) {
        return new ApplyResult(last, transactions, rows, alreadyGone, halt, reason, firstMet);
    }

    ApplyResult meeting(Set<TableName> tables) {
        return new ApplyResult(last, transactions, rows, alreadyGone, halt, diverged, tables);
    }
}
