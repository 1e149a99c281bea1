// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The row that says which agent may write. Its token grows with every take-over; whoever holds an older one has lost, however good his time still is. The time decides only when another may try.
 * Two clocks need not agree: a row that has not changed for twice a lease's time by the clock of whoever waits is out of time, too, whatever it says. Any thread: those who write wait for each other at the row.
 *
 * <pre>
 *   take:   lock the row ─► free, out of time, not renewed, or its holder's process is dead?  ─► token + 1, mine
 *   write:  lock the row ─► token still mine? no: LEASE_LOST, nothing is committed
 * </pre>
 */
final class Lease {

    private static final long NONE = -1;

    private final Dialect dialect;
    private final String table;
    private final String forUpdate;
    private final LeaseHolder holder;
    private final Duration time;
    private final InstantSource clock;
    private volatile long token = NONE;
    private volatile Instant renewed = Instant.MIN;
    private volatile boolean followsKill;
    private Row seen;
    private Instant seenSince = Instant.MIN;

    Lease(Dialect dialect, LeaseHolder holder, Duration time, InstantSource clock) {
        this.dialect = dialect;
        this.table = dialect.catalogueTable("lease");
        this.forUpdate = dialect.forUpdate();
        this.holder = holder;
        this.time = time;
        this.clock = clock;
    }

    /** Whether this agent took it and has not learnt that it was taken away. */
    boolean isHeld() {
        return token != NONE;
    }

    /** Whether whoever had it before this agent did not give it back. */
    boolean followsKill() {
        return followsKill;
    }

    /** Whether it is held and was renewed lately: then nobody else may try, and the row need not be asked. */
    boolean isFresh() {
        return isHeld() && clock.instant().isBefore(renewed.plus(time.dividedBy(3)));
    }

    /**
     * Takes or renews; in the caller's transaction, which must commit for it to count. Returns false when another holds it, or has held it since: what its former holder has in memory is out of date then, and he must learn it.
     */
    boolean take(Connection raw) throws SQLException {
        Row row = lock(raw);
        if (row.token() == token) {
            renew(raw);
            return true;
        }
        boolean lost = isHeld();
        token = NONE;
        if (lost || row.holder() != null && row.until() != null && isInTime(row) && !LeaseHolder.parse(row.holder()).isDeadHere()) {
            return false;
        }
        update(raw, row.token() + 1, holder.toString(), clock.instant().plus(time));
        token = row.token() + 1;
        followsKill = row.holder() != null;
        renewed = clock.instant();
        return true;
    }

    /** By what the row says, and by how long nobody has renewed it: its holder's clock may have been ahead, and so may mine have been before it was set back. */
    private synchronized boolean isInTime(Row row) {
        Instant now = clock.instant();
        if (!row.equals(seen) || now.isBefore(seenSince)) {
            seen = row;
            seenSince = now;
        }
        return row.until().isAfter(now) && now.isBefore(seenSince.plus(time.multipliedBy(2)));
    }

    /** Locks the row and checks the token, first in every transaction; renews when a third of the time has gone. */
    void check(Connection raw) throws SQLException {
        Row row = lock(raw);
        if (row.token() != token) {
            long mine = token;
            token = NONE;
            throw WaybillError.LEASE_LOST.with(row.holder(), row.token(), mine);
        }
        if (clock.instant().isAfter(renewed.plus(time.dividedBy(3)))) {
            renew(raw);
        }
    }

    /** Frees it, if it is still mine; in the caller's transaction. */
    void giveBack(Connection raw) throws SQLException {
        if (isHeld() && lock(raw).token() == token) {
            update(raw, token, null, null);
        }
        token = NONE;
    }

    /** After a transaction that was to take it did not commit. */
    void forget() {
        token = NONE;
    }

    private void renew(Connection raw) throws SQLException {
        renewed = clock.instant();
        update(raw, token, holder.toString(), renewed.plus(time));
    }

    private Row lock(Connection raw) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT token, holder, until FROM " + table + " WHERE one = 1" + forUpdate); ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw WaybillError.LEASE_MISSING.with(table);
            }
            return new Row(row.getLong(1), row.getString(2), dialect.moment(row, 3));
        }
    }

    private void update(Connection raw, long newToken, String newHolder, Instant until) throws SQLException {
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + table + " SET token = ?, holder = ?, until = ? WHERE one = 1")) {
            update.setLong(1, newToken);
            update.setString(2, newHolder);
            update.setObject(3, until == null ? null : dialect.moment(until));
            update.executeUpdate();
        }
    }

    private record Row(long token, String holder, Instant until) {}
}
