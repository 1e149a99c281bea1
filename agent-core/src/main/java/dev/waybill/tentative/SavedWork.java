// SPDX-License-Identifier: Apache-2.0
package dev.waybill.tentative;

import dev.waybill.dialect.CatalogueSql;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/** What SAVE keeps, in the caller's transaction, with which it comes and goes. As thread-safe as the connection. */
public final class SavedWork {

    /** Longest statement, in characters. */
    public static final int LONGEST = 20_000;
    /** As many transactions may wait in one database. */
    static final int MOST_WAITING = 10_000;
    private static final Set<String> VERBS = Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "CALL", "SELECT", "WITH", "PUT_PARAM");

    private final CatalogueSql sql;
    private final Dialect dialect;
    private final UUID transaction;
    private final Instant now;

    /** @param transaction the caller's, as long as it lasts */
    public SavedWork(Connection raw, Dialect dialect, UUID transaction, Instant now) {
        this.sql = new CatalogueSql(raw, dialect);
        this.dialect = dialect;
        this.transaction = transaction;
        this.now = now;
    }

    /** Whether it may be part of a transaction that somebody else commits: by its first word, so that nothing commits in between. */
    static boolean mayRun(String statement) {
        String[] words = statement.strip().split("[\\s(]", 2);
        return VERBS.contains(words[0].toUpperCase(Locale.ROOT));
    }

    /**
     * One more statement of this transaction.
     *
     * @param mode null for what was said before, FAIL at first
     * @throws SQLException SAVE_REFUSED, SAVE_FULL, CALL_NODE where nobody is above; nothing was saved then
     */
    public void statement(String statement, ErrorMode mode) throws SQLException {
        if (!mayRun(statement)) {
            throw WaybillError.SAVE_REFUSED.with(statement.length() <= 100 ? statement : statement.substring(0, 100) + " …");
        }
        begin(mode);
        long before = sql.number("SELECT COUNT(*) FROM #tentative_statement WHERE transaction_id = ?", dialect.uuid(transaction));
        sql.run("INSERT INTO #tentative_statement (transaction_id, sequence, statement) VALUES (?, ?, ?)", dialect.uuid(transaction), before + 1, statement);
    }

    /** @param value null takes it away */
    public void property(String name, String value) throws SQLException {
        begin(null);
        sql.run("DELETE FROM #tentative_property WHERE transaction_id = ? AND name = ?", dialect.uuid(transaction), name);
        if (value != null) {
            sql.run("INSERT INTO #tentative_property (transaction_id, name, setting) VALUES (?, ?, ?)", dialect.uuid(transaction), name, value);
        }
    }

    private void begin(ErrorMode mode) throws SQLException {
        dialect.beginWritingAlong(sql.raw());
        if (!dialect.hasCatalogue(sql.raw())) {
            throw WaybillError.PUBLISHER_MISSING.with();
        }
        if (sql.number("SELECT COUNT(*) FROM #remote_user WHERE consolidate = 'Y'") == 0) {
            throw WaybillError.CALL_NODE.with("the consolidated database");
        }
        if (sql.number("SELECT COUNT(*) FROM #tentative_transaction WHERE transaction_id = ?", dialect.uuid(transaction)) == 0) {
            long waiting = sql.number("SELECT COUNT(*) FROM #tentative_transaction WHERE state IN ('SAVED', 'SENT', 'FAILED')");
            if (waiting >= MOST_WAITING) {
                throw WaybillError.SAVE_FULL.with(waiting);
            }
            sql.run("INSERT INTO #tentative_transaction (transaction_id, state, error_mode, saved_at) VALUES (?, 'SAVED', ?, ?)", dialect.uuid(transaction), (mode == null ? ErrorMode.FAIL : mode).name(), dialect.moment(now));
        } else if (mode != null) {
            sql.run("UPDATE #tentative_transaction SET error_mode = ? WHERE transaction_id = ?", mode.name(), dialect.uuid(transaction));
        }
    }
}
