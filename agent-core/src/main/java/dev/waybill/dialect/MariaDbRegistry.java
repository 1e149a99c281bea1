// SPDX-License-Identifier: Apache-2.0
package dev.waybill.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The table in which MariaDB notes each transaction that wrote to a table whose history is precise to the transaction, as {@code waybill_trigger_mark} is. Nothing of ours reads it. The server takes no other statement there than TRUNCATE. One thread.
 */
final class MariaDbRegistry {

    private static final System.Logger LOG = System.getLogger(MariaDbRegistry.class.getName());

    private static final int MOST_ROWS = 10_000;
    private static final int LOCK_WAIT = 1205;

    /** By what InnoDB itself has on record of columns, since other descriptions show only what a user may use: numbers that are the beginning of a row's validity. */
    private static final String OTHERS = "SELECT 1 FROM INFORMATION_SCHEMA.INNODB_SYS_COLUMNS c JOIN INFORMATION_SCHEMA.INNODB_SYS_TABLES t ON t.TABLE_ID = c.TABLE_ID WHERE c.MTYPE = 6 AND c.PRTYPE & 49152 = 16384"
            + " AND t.NAME NOT LIKE '%/waybill\\_trigger\\_mark' LIMIT 1";

    private final Connection raw;

    MariaDbRegistry(Connection raw) {
        this.raw = raw;
    }

    /** Empties it when it has become long, if nobody else may need it. Whoever may not is told, and it grows. Commits wait for that at most a second. */
    void tidy() throws SQLException {
        try {
            if (MariaDbDialect.one(raw, "SELECT 1 FROM mysql.transaction_registry LIMIT " + MOST_ROWS + ", 1") == null || MariaDbDialect.one(raw, OTHERS) != null) {
                return;
            }
            raw.rollback();
            try (Statement truncate = raw.createStatement()) {
                truncate.execute("SET STATEMENT lock_wait_timeout = 1 FOR TRUNCATE TABLE mysql.transaction_registry");
            }
        } catch (SQLException failed) {
            if (!MariaDbErrors.isDenied(failed) && failed.getErrorCode() != LOCK_WAIT) {
                throw failed;
            }
            LOG.log(System.Logger.Level.DEBUG, "mysql.transaction_registry stays as it is: {0}", failed.getMessage());
        }
    }
}
