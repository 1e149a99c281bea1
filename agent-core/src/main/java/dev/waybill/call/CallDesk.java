// SPDX-License-Identifier: Apache-2.0
package dev.waybill.call;

import dev.waybill.aftercommit.Errand;
import dev.waybill.dialect.CatalogueSql;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.change.MalformedException;
import dev.waybill.publication.CatalogueBoard;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * Where a session asks a neighbour something and waits for the answer: a row of {@code waybill.remote_call}, on a connection beside its own, so that its transaction stays as it is. The row goes with the wait, however that ends. Used by
 * the thread of the session.
 */
public final class CallDesk {

    private static final long FIRST_LOOK_NANOS = 1_000_000;
    private static final long RAREST_LOOK_NANOS = 50_000_000;
    private static final int LONGEST_SUBJECT = 300;

    private final Besides besides;
    private final Dialect dialect;
    private final CatalogueBoard board;
    private final InstantSource clock;

    /** Opens raw connections to the same database. */
    @FunctionalInterface
    public interface Besides {
        Connection open() throws SQLException;
    }

    public CallDesk(Besides besides, Dialect dialect, CatalogueBoard board, InstantSource clock) {
        this.besides = besides;
        this.dialect = dialect;
        this.board = board;
        this.clock = clock;
    }

    /**
     * CALL … AT: what the procedure gave there.
     *
     * @param node null for DEFAULT
     * @throws SQLException CALL_TIMEOUT, CALL_NODE, PUBLISHER_MISSING; what failed there with its SQLState
     */
    public Answer call(String node, String procedure, List<Object> arguments, Errand errand, Duration timeout) throws SQLException {
        try (Connection raw = open()) {
            String asked = node(raw, node == null ? errand.node() : node);
            CallRequest request = new CallRequest.Procedure(UUID.randomUUID(), shorter(timeout), procedure, errand.called() ? 0 : errand.logOffset(), arguments);
            return answered(ask(raw, "CALL", asked, request, deadline(timeout)), "Procedure " + procedure, asked);
        }
    }

    /**
     * REFRESH: everything that the consolidated database had committed of it when this was asked is here when it returns.
     *
     * @param timeout null for ever
     * @throws SQLException as {@link #call}; REFRESH_TIMEOUT when it was sent and has not all been applied yet
     */
    public void refresh(String publication, String value, boolean full, Errand errand, Duration timeout) throws SQLException {
        try (Connection raw = open()) {
            String above = node(raw, null);
            long end = timeout == null ? Long.MAX_VALUE : deadline(timeout);
            Answer answer = null;
            while (answer == null) {
                Duration each = timeout == null ? CallCodec.LONGEST_WAIT : timeout;
                CallRequest request = new CallRequest.Refresh(UUID.randomUUID(), shorter(each), publication, value, full, errand.called() && above.equals(errand.node()) ? errand.logOffset() : 0);
                try {
                    answer = answered(ask(raw, "REFRESH", above, request, deadline(each)), "REFRESH " + request.subject(), above);
                } catch (SQLException late) {
                    if (timeout != null || !WaybillError.CALL_TIMEOUT.is(late)) {
                        throw late;
                    }
                }
            }
            awaitApplied(raw, above, publication, ((Answer.Sent) answer).logOffset(), end);
        }
    }

    private Connection open() throws SQLException {
        Connection raw = besides.open();
        try {
            if (!dialect.hasCatalogue(raw)) {
                throw WaybillError.PUBLISHER_MISSING.with();
            }
            raw.setAutoCommit(true);
            return raw;
        } catch (SQLException failed) {
            raw.close();
            throw failed;
        }
    }

    private static Duration shorter(Duration timeout) {
        return timeout.compareTo(CallCodec.LONGEST_WAIT) < 0 ? timeout : CallCodec.LONGEST_WAIT;
    }

    private static long deadline(Duration timeout) {
        return System.nanoTime() + timeout.toNanos();
    }

    /** Of a neighbour: the name, when there is one of this name; without a name the consolidated database. */
    private String node(Connection raw, String wanted) throws SQLException {
        String[] found = new String[1];
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        if (wanted == null) {
            sql.each(row -> found[0] = row.getString(1), "SELECT user_name FROM #remote_user WHERE consolidate = 'Y'");
        } else {
            sql.each(row -> found[0] = row.getString(1), "SELECT user_name FROM #remote_user WHERE user_name = ?", wanted);
        }
        if (found[0] == null) {
            throw WaybillError.CALL_NODE.with(wanted == null ? "the consolidated database (DEFAULT)" : wanted);
        }
        return found[0];
    }

    private Answer ask(Connection raw, String kind, String node, CallRequest request, long end) throws SQLException {
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        String subject = request.subject().length() <= LONGEST_SUBJECT ? request.subject() : request.subject().substring(0, LONGEST_SUBJECT);
        Object id = dialect.uuid(request.id());
        sql.run("INSERT INTO #remote_call (call_id, kind, node, subject, state, asked_at, until, request) VALUES (?, ?, ?, ?, 'ASKED', ?, ?, ?)", id, kind, node, subject, dialect.moment(clock.instant()),
                dialect.moment(clock.instant().plus(request.timeout())), CallCodec.bytes(request));
        board.signalCommit();
        try {
            byte[] reply = awaitReply(sql, id, end);
            if (reply == null) {
                throw WaybillError.CALL_TIMEOUT.with(node, kind + " " + subject, request.timeout().toMillis());
            }
            return CallCodec.reply(reply).answer();
        } catch (MalformedException damaged) {
            throw WaybillError.CALL_UNREADABLE.because(damaged, node, damaged.getMessage());
        } finally {
            sql.run("DELETE FROM #remote_call WHERE call_id = ?", id);
        }
    }

    /** Null when the time is over. */
    private static byte[] awaitReply(CatalogueSql sql, Object id, long end) throws SQLException {
        byte[][] reply = new byte[1][];
        for (long rest = FIRST_LOOK_NANOS; reply[0] == null && System.nanoTime() - end < 0; rest = Math.min(2 * rest, RAREST_LOOK_NANOS)) {
            pause(rest);
            sql.each(row -> reply[0] = row.getBytes(1), "SELECT reply FROM #remote_call WHERE call_id = ? AND state = 'ANSWERED'", id);
        }
        return reply[0];
    }

    /** An interrupt is kept for the caller, and ends the wait no sooner: the statement is bounded by its time-out. */
    private static void pause(long nanos) {
        boolean interrupted = Thread.interrupted();
        LockSupport.parkNanos(nanos);
        if (interrupted || Thread.interrupted()) {
            Thread.currentThread().interrupt();
        }
    }

    private static Answer answered(Answer answer, String what, String node) throws SQLException {
        if (answer instanceof Answer.Failure failure) {
            throw failure.exception(what, node);
        }
        return answer;
    }

    private void awaitApplied(Connection raw, String node, String publication, long logOffset, long end) throws SQLException {
        CatalogueSql sql = new CatalogueSql(raw, dialect);
        long received = received(sql, node);
        for (long rest = FIRST_LOOK_NANOS; received < logOffset; rest = Math.min(2 * rest, RAREST_LOOK_NANOS)) {
            if (end != Long.MAX_VALUE && System.nanoTime() - end >= 0) {
                throw WaybillError.REFRESH_TIMEOUT.with(publication, node, logOffset, received);
            }
            pause(rest);
            received = received(sql, node);
        }
    }

    private static long received(CatalogueSql sql, String node) throws SQLException {
        return sql.number("SELECT log_received FROM #remote_user WHERE user_name = ?", node);
    }
}
