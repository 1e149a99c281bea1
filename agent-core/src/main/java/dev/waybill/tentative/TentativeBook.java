// SPDX-License-Identifier: Apache-2.0
package dev.waybill.tentative;

import dev.waybill.dialect.CatalogueSql;
import dev.waybill.dialect.Dialect;
import dev.waybill.tentative.TentativeCodec.Judged;
import dev.waybill.tentative.TentativeCodec.Propagated;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** The rows of tentative work as agents read and write them, each method in a transaction of its caller's. Stateless; any thread. */
public final class TentativeBook {

    /** What ended is kept so long, at both ends. */
    static final Duration HISTORY = Duration.ofDays(30);
    private static final int AT_ONCE = 1_000;

    private final Dialect dialect;

    public TentativeBook(Dialect dialect) {
        this.dialect = dialect;
    }

    // ---- where it was saved ----

    /** Whether something was saved that has no number. */
    public boolean hasNew(Connection raw) throws SQLException {
        return new CatalogueSql(raw, dialect).number("SELECT COUNT(*) FROM #tentative_transaction WHERE number IS NULL") > 0;
    }

    /** Whether something waits to be judged. */
    public boolean hasWaiting(Connection raw) throws SQLException {
        return new CatalogueSql(raw, dialect).number("SELECT COUNT(*) FROM #tentative_transaction WHERE state IN ('SAVED', 'SENT')") > 0;
    }

    /** What was committed gets its place. */
    public void number(Connection raw) throws SQLException {
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        List<UUID> fresh = new ArrayList<>();
        sql.each(row -> fresh.add(dialect.uuid(row, 1)), "SELECT transaction_id FROM #tentative_transaction WHERE number IS NULL ORDER BY saved_at" + dialect.first(AT_ONCE));
        long number = sql.number("SELECT MAX(number) FROM #tentative_transaction");
        for (UUID transaction : fresh) {
            sql.run("UPDATE #tentative_transaction SET number = ? WHERE transaction_id = ?", ++number, dialect.uuid(transaction));
        }
    }

    /** What is to be judged next: the first that is not; null for nothing, and behind one that stops the others. */
    public Propagated next(Connection raw) throws SQLException {
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        Propagated[] next = new Propagated[1];
        boolean[] stopped = new boolean[1];
        sql.each(row -> {
            stopped[0] = row.getString(5).equals("FAILED");
            next[0] = new Propagated(dialect.uuid(row, 1), row.getLong(2), row.getInt(3), ErrorMode.valueOf(row.getString(4)), List.of(), Map.of());
        }, "SELECT transaction_id, number, attempts, error_mode, state FROM #tentative_transaction WHERE state IN ('SAVED', 'SENT', 'FAILED') AND number IS NOT NULL ORDER BY number" + dialect.first(1));
        if (next[0] == null || stopped[0]) {
            return null;
        }
        List<String> statements = new ArrayList<>();
        Map<String, String> properties = new TreeMap<>();
        sql.each(row -> statements.add(row.getString(1)), "SELECT statement FROM #tentative_statement WHERE transaction_id = ? ORDER BY sequence", dialect.uuid(next[0].id()));
        sql.each(row -> properties.put(row.getString(1), row.getString(2)), "SELECT name, setting FROM #tentative_property WHERE transaction_id = ?", dialect.uuid(next[0].id()));
        return new Propagated(next[0].id(), next[0].number(), next[0].attempt(), next[0].mode(), statements, properties);
    }

    /** It was handed over. */
    public void sent(Connection raw, UUID transaction) throws SQLException {
        new CatalogueSql(raw, dialect).run("UPDATE #tentative_transaction SET state = 'SENT' WHERE transaction_id = ? AND state = 'SAVED'", dialect.uuid(transaction));
    }

    /** What the database above has said; nothing when it speaks of another attempt. */
    public void judged(Connection raw, Judged verdict, Instant now) throws SQLException {
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        String[] mode = new String[1];
        sql.each(row -> mode[0] = row.getString(1), "SELECT error_mode FROM #tentative_transaction WHERE transaction_id = ?", dialect.uuid(verdict.id()));
        String state = verdict.outcome() != TentativeCodec.Outcome.ERROR ? verdict.outcome().name() : "FAIL".equals(mode[0]) ? "FAILED" : "LOG".equals(mode[0]) ? "LOGGED" : "IGNORED";
        sql.run("UPDATE #tentative_transaction SET state = ?, error_code = ?, error_text = ?, judged_at = ? WHERE transaction_id = ? AND attempts = ? AND state IN ('SAVED', 'SENT')", state, shortened(verdict.code(), 100),
                shortened(verdict.text(), 4_000), dialect.moment(now), dialect.uuid(verdict.id()), verdict.attempt());
    }

    private static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }

    /** What ended long ago goes, at both ends. */
    public void forget(Connection raw, Instant now) throws SQLException {
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        Object before = dialect.moment(now.minus(HISTORY));
        String old = "SELECT transaction_id FROM #tentative_transaction WHERE state NOT IN ('SAVED', 'SENT', 'FAILED') AND judged_at < ?"
                + " AND number < (SELECT MAX(number) FROM #tentative_transaction)"; // the last number stays, since the next one follows it
        List<UUID> gone = new ArrayList<>();
        sql.each(row -> gone.add(dialect.uuid(row, 1)), old, before);
        for (UUID transaction : gone) {
            for (String table : List.of("#tentative_statement", "#tentative_property", "#tentative_transaction")) {
                sql.run("DELETE FROM " + table + " WHERE transaction_id = ?", dialect.uuid(transaction));
            }
        }
        sql.run("DELETE FROM #tentative_received WHERE judged_at < ?", before);
    }

    // ---- where it is judged ----

    /** What was said of this attempt, or of a later one; null when it is still to be judged. */
    Judged known(Connection raw, String node, UUID transaction, int attempt) throws SQLException {
        Judged[] known = new Judged[1];
        new CatalogueSql(raw, dialect).each(row -> known[0] = new Judged(transaction, row.getInt(1), TentativeCodec.Outcome.valueOf(row.getString(2)), nothing(row.getString(3)), nothing(row.getString(4))),
                "SELECT attempts, state, error_code, error_text FROM #tentative_received WHERE node = ? AND transaction_id = ?", node, dialect.uuid(transaction));
        return known[0] == null || known[0].outcome() == TentativeCodec.Outcome.ERROR && known[0].attempt() < attempt ? null : known[0];
    }

    private static String nothing(String text) {
        return text == null ? "" : text;
    }

    /** In the transaction that carries it out, or of its own when nothing was. A verdict that is there stays: then the key is a duplicate. */
    static void judge(CatalogueSql sql, Dialect dialect, String node, long number, Judged verdict, Instant now) throws SQLException {
        sql.run("DELETE FROM #tentative_received WHERE node = ? AND transaction_id = ? AND state = 'ERROR' AND attempts < ?", node, dialect.uuid(verdict.id()), verdict.attempt());
        sql.run("INSERT INTO #tentative_received (node, transaction_id, number, attempts, state, error_code, error_text, judged_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", node, dialect.uuid(verdict.id()), number, verdict.attempt(),
                verdict.outcome().name(), shortened(verdict.code(), 100), shortened(verdict.text(), 4_000), dialect.moment(now));
    }
}
