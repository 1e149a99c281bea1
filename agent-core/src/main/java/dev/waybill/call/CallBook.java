// SPDX-License-Identifier: Apache-2.0
package dev.waybill.call;

import dev.waybill.aftercommit.SyncUser;
import dev.waybill.dialect.CatalogueSql;
import dev.waybill.dialect.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The rows of {@code waybill.remote_call} and {@code waybill.remote_request} as an agent reads and writes them, each method in a transaction of its caller's. Stateless; any thread. */
public final class CallBook {

    /** Clocks may differ so much. */
    static final Duration CLOCKS = Duration.ofMinutes(5);
    /** So many requests of one neighbour are kept. */
    static final int MOST_OF_ONE = 20_000;
    /** Of what is asked here so much is looked at in one cycle. */
    private static final int AT_ONCE = 1_000;

    private final Dialect dialect;

    public CallBook(Dialect dialect) {
        this.dialect = dialect;
    }

    // ---- what is asked here ----

    /**
     * What somebody here waits for.
     *
     * @param joinedTo the one whose answer does for it; null for none
     */
    public record Asked(UUID id, String kind, String node, String subject, UUID joinedTo, Instant until, byte[] request) {}

    /** All that has no answer. */
    public List<Asked> asked(Connection raw) throws SQLException {
        List<Asked> asked = new ArrayList<>();
        new CatalogueSql(raw, dialect).each(row -> asked.add(new Asked(dialect.uuid(row, 1), row.getString(2), row.getString(3), row.getString(4), row.getString(5) == null ? null : dialect.uuid(row, 5),
                dialect.moment(row, 6), row.getBytes(7))), "SELECT call_id, kind, node, subject, joined_to, until, request FROM #remote_call WHERE state = 'ASKED' ORDER BY asked_at" + dialect.first(AT_ONCE));
        return asked;
    }

    /** Another one, which is going to be sent, does for it. */
    public void join(Connection raw, UUID id, UUID to) throws SQLException {
        new CatalogueSql(raw, dialect).run("UPDATE #remote_call SET joined_to = ? WHERE call_id = ?", dialect.uuid(to), dialect.uuid(id));
    }

    /** The answer is there, for it and for those that joined it; nothing when nobody waits any more. */
    public void answered(Connection raw, String node, UUID id, byte[] reply) throws SQLException {
        new CatalogueSql(raw, dialect).run("UPDATE #remote_call SET state = 'ANSWERED', reply = ? WHERE (call_id = ? OR joined_to = ?) AND node = ? AND state = 'ASKED'", reply, dialect.uuid(id), dialect.uuid(id), node);
    }

    /** What sessions left behind that ended while they waited. */
    public void forgetAsked(Connection raw, Instant now) throws SQLException {
        new CatalogueSql(raw, dialect).run("DELETE FROM #remote_call WHERE until < ?", dialect.moment(now.minus(CLOCKS)));
    }

    // ---- what neighbours ask ----

    /**
     * What a neighbour asked.
     *
     * @param reply null while there is none
     */
    public record Taken(String node, UUID id, String state, byte[] request, byte[] reply) {}

    /** What is known of it; null for nothing. */
    public Taken taken(Connection raw, String node, UUID id) throws SQLException {
        Taken[] found = new Taken[1];
        new CatalogueSql(raw, dialect).each(row -> found[0] = new Taken(node, id, row.getString(1), row.getBytes(2), row.getBytes(3)), "SELECT state, request, reply FROM #remote_request WHERE node = ? AND call_id = ?", node, dialect.uuid(id));
        return found[0];
    }

    /** Whether as many of this neighbour's are kept as may be. */
    boolean isFull(Connection raw, String node) throws SQLException {
        return new CatalogueSql(raw, dialect).number("SELECT COUNT(*) FROM #remote_request WHERE node = ?", node) >= MOST_OF_ONE;
    }

    /** A request, and its answer where that is known at once. */
    void take(Connection raw, String node, CallRequest request, byte[] bytes, Instant now, Instant until, byte[] reply) throws SQLException {
        String subject = request.subject().length() <= 300 ? request.subject() : request.subject().substring(0, 300);
        new CatalogueSql(raw, dialect).run("INSERT INTO #remote_request (node, call_id, subject, state, taken_at, until, request, reply) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", node, dialect.uuid(request.id()), subject,
                reply == null ? "WAITING" : "ANSWERED", dialect.moment(now), dialect.moment(until), bytes, reply);
    }

    void running(Connection raw, String node, UUID id) throws SQLException {
        new CatalogueSql(raw, dialect).run("UPDATE #remote_request SET state = 'RUNNING' WHERE node = ? AND call_id = ?", node, dialect.uuid(id));
    }

    /** What came of it. */
    void ended(Connection raw, String node, UUID id, byte[] reply) throws SQLException {
        new CatalogueSql(raw, dialect).run("UPDATE #remote_request SET state = 'ANSWERED', reply = ? WHERE node = ? AND call_id = ? AND state <> 'ANSWERED'", reply, node, dialect.uuid(id));
    }

    /** What waits to be run, or was begun. */
    List<Taken> open(Connection raw) throws SQLException {
        List<Taken> open = new ArrayList<>();
        new CatalogueSql(raw, dialect).each(row -> open.add(new Taken(row.getString(1), dialect.uuid(row, 2), row.getString(3), row.getBytes(4), null)),
                "SELECT node, call_id, state, request FROM #remote_request WHERE state <> 'ANSWERED' ORDER BY taken_at");
        return open;
    }

    /** Whether there is something that {@link #forget} may find. */
    boolean hasOld(Connection raw, Instant now) throws SQLException {
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        return sql.number("SELECT COUNT(*) FROM #remote_request WHERE until < ?", dialect.moment(now)) + sql.number("SELECT COUNT(*) FROM #remote_call WHERE until < ?", dialect.moment(now.minus(CLOCKS))) > 0;
    }

    /** What is too old to come again. */
    void forget(Connection raw, Instant now) throws SQLException {
        new CatalogueSql(raw, dialect).run("DELETE FROM #remote_request WHERE until < ? AND state = 'ANSWERED'", dialect.moment(now));
        forgetAsked(raw, now);
    }

    // ---- rights ----

    /**
     * A procedure that a neighbour may call.
     *
     * @param runAs empty for the agent's own user
     * @param user  of that name; null for the agent's own, and where nobody said where his password is
     */
    public record Callable(String procedure, boolean ofClass, String body, String runAs, SyncUser user) {}

    /** Null when there is none of this name. */
    public Callable procedure(Connection raw, String procedure) throws SQLException {
        Callable[] found = new Callable[1];
        new CatalogueSql(raw, dialect).each(row -> found[0] = new Callable(procedure, row.getString(1).equals("CLASS"), row.getString(2), "", null), "SELECT made_of, body FROM #remote_procedure WHERE procedure_name = ?", procedure);
        return found[0];
    }

    /** As whom the neighbour does it; null when it may not. */
    public String runAs(Connection raw, Procedures.Right right, String subject, String node) throws SQLException {
        String[] found = new String[1];
        new CatalogueSql(raw, dialect).each(row -> found[0] = row.getString(1) == null ? "" : row.getString(1), "SELECT run_as FROM #remote_right WHERE deed = ? AND subject = ? AND node = ?", right.name(), subject, node);
        return found[0];
    }

    /**
     * What a neighbour may propagate.
     *
     * @param runAs     empty for the agent's own user
     * @param validator the remote procedure that decides; empty for none
     */
    public record Propagation(String runAs, String validator) {}

    /** Null when it may not. */
    public Propagation propagation(Connection raw, String node) throws SQLException {
        Propagation[] found = new Propagation[1];
        new CatalogueSql(raw, dialect).each(row -> found[0] = new Propagation(row.getString(1) == null ? "" : row.getString(1), row.getString(2) == null ? "" : row.getString(2)),
                "SELECT run_as, subject FROM #remote_right WHERE deed = 'PROPAGATE' AND node = ?", node);
        return found[0];
    }
}
