// SPDX-License-Identifier: Apache-2.0
package dev.waybill.conflict;

import java.util.Collections;
import java.util.Map;

/**
 * One conflict, as a policy sees it. Immutable; any thread. Values are those of {@code dev.waybill.change.ValueKind}: {@code Long} for all integers, {@code BigDecimal}, {@code String}, {@code java.time} …; names are the database's own.
 *
 * @param table  {@code schema.name}
 * @param sender the remote user from whom the change came
 * @param old    the row here, by column; null when there is none
 * @param now    NEW: the values that came, by column, which may be some of them; null for a delete
 * @param remote what the sender believed that the row was, as far as it said so; null when it said nothing
 */
public record Conflict(ConflictKind kind, String table, String sender, Map<String, Object> old, Map<String, Object> now, Map<String, Object> remote) {

    public Conflict {
        old = fixed(old);
        now = fixed(now);
        remote = fixed(remote);
    }

    private static Map<String, Object> fixed(Map<String, Object> row) {
        return row == null ? null : Collections.unmodifiableMap(row);
    }
}
