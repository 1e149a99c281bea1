// SPDX-License-Identifier: Apache-2.0
package dev.waybill.aftercommit;

import dev.waybill.dialect.CatalogueSql;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.UUID;

/**
 * What START AFTER COMMIT says. Immutable.
 *
 * @param statement    to be run; any one statement
 * @param unique       whether one run does for all pending ones that say the same
 * @param isTransient  whether it is given up when the agent that has it ends before it is done, as solidDB's are
 * @param condition    of FOR EACH REPLICA, as {@link ReplicaCondition#text}; null without
 * @param retrySeconds how long to wait before it is tried again
 * @param retryCount   how often it is tried again
 */
public record JobDefinition(String statement, boolean unique, boolean isTransient, String condition, int retrySeconds, int retryCount) {

    /** Longest statement, in characters. */
    public static final int LONGEST = 100_000;

    /** As many may wait in one database. */
    static final int MOST_WAITING = 10_000;

    /**
     * Defines it in the caller's transaction, with which it comes and goes.
     *
     * @return the id of the job
     * @throws SQLException PUBLISHER_MISSING, JOBS_FULL; nothing was defined then
     */
    public long define(Connection raw, Dialect dialect, InstantSource clock) throws SQLException {
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        dialect.beginWritingAlong(raw);
        expectPlace(sql, dialect);
        long id = newId();
        try (PreparedStatement insert = sql.prepare("INSERT INTO #after_commit_job (job_id, statement, is_unique, is_transient, replica_condition, retry_seconds, retry_count, schema_name, defined_at)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", id, statement, unique, isTransient, condition, retrySeconds, retryCount)) {
            String schema = dialect.currentSchema(raw);
            insert.setString(8, schema == null ? "" : schema);
            insert.setObject(9, dialect.moment(clock.instant()));
            insert.executeUpdate();
        }
        return id;
    }

    private static void expectPlace(CatalogueSql sql, Dialect dialect) throws SQLException {
        if (!dialect.hasCatalogue(sql.raw()) || sql.number("SELECT COUNT(publisher) FROM #catalogue") == 0) {
            throw WaybillError.PUBLISHER_MISSING.with();
        }
        long waiting = sql.number("SELECT COUNT(*) FROM #after_commit_job WHERE state IN ('DEFINED', 'PENDING')");
        if (waiting >= MOST_WAITING) {
            throw WaybillError.JOBS_FULL.with(waiting);
        }
    }

    /** At random, out of so many that none comes twice: drawn from nothing, so that no session's last number changes. */
    static long newId() {
        return UUID.randomUUID().getMostSignificantBits() >>> 1;
    }
}
