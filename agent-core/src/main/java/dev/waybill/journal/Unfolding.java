// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import dev.waybill.complete.WrittenByTriggers;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Triggers.Ended;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Rows of the outbox that stand for what triggers have written are replaced, in the outbox, by the parts that they stand for, which take their place in the order. In the caller's transaction; stateless, any thread.
 */
final class Unfolding {

    /** No transaction is so short but one that only stands for another. */
    private static final int STANDS_FOR_ANOTHER = 1;

    private final Dialect dialect;
    private final Outbox outbox;
    private final WrittenByTriggers written;

    Unfolding(Dialect dialect, Outbox outbox) {
        this.dialect = dialect;
        this.outbox = outbox;
        this.written = dialect.triggers() == null ? null : new WrittenByTriggers(dialect);
    }

    /** What the look has found, or a beginning of that when so many bytes are exceeded. */
    Look unfold(Connection raw, Look look, long byteLimit) throws SQLException {
        List<UUID> suspects = written == null ? List.of()
                : look.transactions().stream().map(parts -> parts.get(0)).filter(row -> row.size() == STANDS_FOR_ANOTHER && row.last()).map(OutboxRow::transactionId).toList();
        List<Ended> ended = suspects.isEmpty() ? List.of() : written.among(raw, suspects);
        return ended.isEmpty() ? look : replace(raw, look, ended, byteLimit);
    }

    private Look replace(Connection raw, Look look, List<Ended> ended, long byteLimit) throws SQLException {
        int done;
        try (OutboxWriter writer = new OutboxWriter(dialect, raw)) {
            done = written.writeOut(raw, ended, byteLimit, OutboxWriter.MAX_PART_BYTES, (id, part, last, payload) -> writer.write(id, part, last, payload, 0, payload.length));
        }
        Map<UUID, List<OutboxRow>> made = new HashMap<>();
        ended.subList(0, done).forEach(each -> made.put(each.transactionId(), List.of()));
        for (List<OutboxRow> parts : outbox.among(raw, dialect.triggers().ownRows())) {
            made.replace(parts.get(0).transactionId(), parts);
        }
        Set<UUID> waiting = new HashSet<>();
        ended.subList(done, ended.size()).forEach(each -> waiting.add(each.transactionId()));
        return inTheirPlaces(raw, look, made, waiting);
    }

    /** Those that were written out take the places of the rows that stand for them; the look ends before the first that waits. */
    private Look inTheirPlaces(Connection raw, Look look, Map<UUID, List<OutboxRow>> made, Set<UUID> waiting) throws SQLException {
        List<List<OutboxRow>> result = new ArrayList<>(look.transactions().size());
        List<Long> stoodFor = new ArrayList<>();
        boolean more = look.more();
        for (List<OutboxRow> parts : look.transactions()) {
            UUID id = parts.get(0).transactionId();
            if (waiting.contains(id)) {
                more = true;
                break;
            }
            List<OutboxRow> written = made.getOrDefault(id, parts);
            if (written != parts) {
                stoodFor.add(parts.get(0).entryId());
            }
            if (!written.isEmpty()) {
                result.add(written);
            }
        }
        delete(raw, stoodFor);
        return new Look(look.head(), result, more);
    }

    private void delete(Connection raw, List<Long> entryIds) throws SQLException {
        Long[] ids = entryIds.stream().sorted().toArray(Long[]::new);
        int deleted = dialect.triggers().deleteStanding(raw, ids);
        if (deleted != ids.length) {
            throw WaybillError.OUTBOX_ROWS_GONE.with(ids.length - deleted);
        }
    }
}
