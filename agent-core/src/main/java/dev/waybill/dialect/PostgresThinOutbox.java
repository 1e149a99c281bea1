// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.util.ArrayList;
import java.util.List;

/** The step to outbox rows that are their payload alone (catalogue format 6). In one transaction, before which all that have rows in the outbox have ended; a driver of before fails then when it writes there, and its transaction with it. */
final class PostgresThinOutbox {

    static final Dialect.UpgradeStep UPGRADE = new Dialect.UpgradeStep(5, statements());

    private PostgresThinOutbox() {}

    /** The head as {@code journal.OutboxHead} writes it: form, last or not, part, transaction, checksum. */
    private static List<String> statements() {
        List<String> statements = new ArrayList<>();
        statements.add("LOCK TABLE waybill.outbox IN ACCESS EXCLUSIVE MODE");
        statements.addAll(PostgresTriggers.forThinRows());
        statements.add("UPDATE waybill.outbox SET payload = CAST(CASE WHEN last THEN '\\x0101' ELSE '\\x0100' END AS bytea) || int4send(part) || uuid_send(transaction_id) || int4send(digest) || payload");
        statements.add("ALTER TABLE waybill.outbox DROP COLUMN transaction_id, DROP COLUMN part, DROP COLUMN last, DROP COLUMN size, DROP COLUMN digest");
        statements.add("SELECT pg_catalog.setval('waybill.fence', last_value) FROM waybill.fence WHERE NOT is_called");
        return List.copyOf(statements);
    }
}
