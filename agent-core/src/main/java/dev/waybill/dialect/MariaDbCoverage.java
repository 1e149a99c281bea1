// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import dev.waybill.change.TableName;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Which tables of MariaDB triggers see whole. One thread. */
final class MariaDbCoverage {

    private final MariaDbDialect dialect;
    private final Connection raw;

    MariaDbCoverage(MariaDbDialect dialect, Connection raw) {
        this.dialect = dialect;
        this.raw = raw;
    }

    /** InnoDB carries out what a foreign key says without a word to triggers. */
    void expectSeen(TableName table) throws SQLException {
        List<String> keys = new ArrayList<>();
        Query.each(raw, "SELECT CONSTRAINT_NAME, DELETE_RULE, UPDATE_RULE FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ? AND TABLE_NAME = ?"
                + " AND (DELETE_RULE IN ('CASCADE', 'SET NULL', 'SET DEFAULT') OR UPDATE_RULE IN ('CASCADE', 'SET NULL', 'SET DEFAULT'))",
                row -> keys.add(row.getString(1) + " (ON DELETE " + row.getString(2) + " ON UPDATE " + row.getString(3) + ")"), dialect.database(table.schema()), table.name());
        if (!keys.isEmpty()) {
            throw WaybillError.CAPTURE_IMPOSSIBLE.with(table, "its foreign key " + keys.get(0) + " changes rows, and MariaDB runs no trigger for that; let it be RESTRICT, and delete or change the rows by statements or by a trigger of the parent");
        }
    }
}
