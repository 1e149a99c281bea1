// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import java.util.ArrayList;
import java.util.List;

/**
 * What a look at the outbox found that is to be sequenced next, and where the journal ended before it: whoever sequenced since has moved the journal's head, and then this look is void. Immutable; any thread.
 */
public final class Look {

    private final JournalHead head;
    private final List<List<OutboxRow>> transactions;
    private final boolean more;
    private final long bytes;

    Look(JournalHead head, List<List<OutboxRow>> transactions, boolean more) {
        this.head = head;
        this.transactions = transactions;
        this.more = more;
        this.bytes = bytes(transactions);
    }

    private static long bytes(List<List<OutboxRow>> transactions) {
        long bytes = 0;
        for (List<OutboxRow> parts : transactions) {
            bytes += OutboxRow.bytes(parts);
        }
        return bytes;
    }

    /** Nothing waits. */
    public boolean isEmpty() {
        return transactions.isEmpty();
    }

    /** Where the journal ended. */
    public LogOffset begin() {
        return head.position().offset();
    }

    /** By how much the journal will grow. */
    public long bytes() {
        return bytes;
    }

    /** The rows of small transactions, which this process puts into blocks. Those of others are deleted in the transaction that moves them. */
    public List<EntryIds> small() {
        List<Long> ids = new ArrayList<>();
        for (List<OutboxRow> parts : transactions) {
            if (parts.get(0).payload() != null) {
                ids.add(parts.get(0).entryId());
            }
        }
        return EntryIds.of(ids);
    }

    JournalHead head() {
        return head;
    }

    List<List<OutboxRow>> transactions() {
        return transactions;
    }

    boolean more() {
        return more;
    }
}
