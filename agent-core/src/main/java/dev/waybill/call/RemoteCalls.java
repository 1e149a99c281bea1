// SPDX-License-Identifier: Apache-2.0
package dev.waybill.call;

import dev.waybill.aftercommit.JobConnections;
import dev.waybill.aftercommit.SyncUser;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.change.MalformedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What neighbours ask of this database in the hands of its agent: taken, begun at most once, answered as often as they ask. Nothing here waits for a run. One thread, but for the runs.
 *
 * <pre>
 *   CALL arrives ─ TAKE_CALL ─► WAITING ─ BEGIN_CALL, to disk ─► RUNNING ─ RUN_CALL, beside ─ RECORD_CALL ─► ANSWERED ─► REPLY
 *        │ known: answered again, or left                          └─ its agent ended ─► ANSWERED (CALL_INTERRUPTED)
 *        └ denied, unknown, late, full ─► ANSWERED at once
 * </pre>
 */
public final class RemoteCalls implements AutoCloseable {

    private static final int RUNS = 4;
    private static final int MOST_WAITING = 1_000;
    private static final long IDLE_SECONDS = 10;
    private static final Duration FORGET_EVERY = Duration.ofMinutes(1);

    private final AgentDatabase database;
    private final Dialect dialect;
    private final CallBook book;
    private final JobConnections connections;
    private final InstantSource clock;
    private final Runnable wake;
    private final ThreadPoolExecutor threads;
    private final Deque<CallBook.Taken> waiting = new ArrayDeque<>();
    private final Map<UUID, ProcedureRun> running = new LinkedHashMap<>();
    private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();
    private final List<Reply> replies = new ArrayList<>();
    private Instant forgetAt = Instant.MIN;
    private boolean recovered;

    /** An answer that is to be said. */
    public record Reply(String node, byte[] body) {}

    private record Ended(String node, UUID id, Answer answer) {}

    /**
     * @param connections null where this agent is to leave statements alone
     * @param wake        run, from any thread, when a run has ended
     */
    public RemoteCalls(AgentDatabase database, Dialect dialect, JobConnections connections, ThreadFactory factory, InstantSource clock, Runnable wake) {
        this.database = database;
        this.dialect = dialect;
        this.book = new CallBook(dialect);
        this.connections = connections;
        this.clock = clock;
        this.wake = wake;
        this.threads = new ThreadPoolExecutor(RUNS, RUNS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        this.threads.allowCoreThreadTimeOut(true);
    }

    /**
     * A neighbour asks for a procedure. When this returns, the message may go: it is on record, or the neighbour says it again.
     *
     * @param saidAt by the neighbour's clock
     */
    public void take(String node, byte[] body, Instant saidAt) throws SQLException, MalformedException {
        CallRequest.Procedure request = CallCodec.call(body);
        CallBook.Taken known = database.read(raw -> book.taken(raw, node, request.id()));
        if (known != null && known.reply() != null) {
            replies.add(new Reply(node, known.reply()));
        }
        if (known != null || waiting.size() >= MOST_WAITING) {
            return;
        }
        Instant now = clock.instant();
        Instant until = saidAt.plus(request.timeout()).plus(CallBook.CLOCKS);
        if (until.isBefore(now) || saidAt.isAfter(now.plus(CallBook.CLOCKS))) {
            answer(node, request.id(), WaybillError.CALL_LATE.with(saidAt, node, now), false); // what was done of it is not known any more
            return;
        }
        SQLException refusal = database.read(raw -> {
            if (book.isFull(raw, node)) {
                return WaybillError.CALL_FULL.with(CallBook.MOST_OF_ONE, node);
            } else if (connections == null) {
                return WaybillError.CALL_NOT_HERE.with();
            } else if (book.procedure(raw, request.procedure()) == null) {
                return WaybillError.PROCEDURE_UNKNOWN.with(request.procedure());
            }
            String call = "EXECUTE ON REMOTE PROCEDURE " + request.procedure();
            return book.runAs(raw, Procedures.Right.EXECUTE, request.procedure(), node) == null ? WaybillError.CALL_DENIED.with(node, call, call, node) : null;
        });
        if (refusal != null) {
            answer(node, request.id(), refusal, refusal instanceof SQLTransientException);
            return;
        }
        Instant forgotten = until.plus(request.timeout()).plus(CallBook.CLOCKS); // it may be said again, later, as long as somebody waits
        database.<Void>transact(DurableStep.TAKE_CALL, raw -> {
            book.take(raw, node, request, body, now, forgotten, null);
            return null;
        });
        waiting.add(new CallBook.Taken(node, request.id(), "WAITING", body, null));
    }

    /** Nothing was done, and nothing is kept: asked again, it is judged again. */
    private void answer(String node, UUID id, SQLException refusal, boolean passes) {
        replies.add(new Reply(node, CallCodec.bytes(id, Answer.Failure.of(refusal, passes))));
    }

    /**
     * To be called in each cycle, behind what was received.
     *
     * @return answers that are to be said; nothing of them is said before it is on disk
     */
    public List<Reply> run() throws SQLException {
        recover();
        record();
        begin();
        forget();
        List<Reply> now = List.copyOf(replies);
        replies.clear();
        return now;
    }

    private void recover() throws SQLException {
        if (recovered) {
            return;
        }
        waiting.clear();
        for (CallBook.Taken open : database.read(book::open)) {
            if (open.state().equals("WAITING")) {
                waiting.add(open);
            } else if (!running.containsKey(open.id())) {
                String procedure = procedure(open);
                ended.add(new Ended(open.node(), open.id(), Answer.Failure.of(WaybillError.CALL_INTERRUPTED.with(procedure), false)));
            }
        }
        recovered = true;
    }

    private static String procedure(CallBook.Taken open) {
        try {
            return CallCodec.call(open.request()).procedure();
        } catch (MalformedException unreadable) {
            return "(unreadable)";
        }
    }

    private void record() throws SQLException {
        List<Ended> now = List.copyOf(ended);
        if (now.isEmpty()) {
            return;
        }
        List<Reply> said = new ArrayList<>();
        database.<Void>transact(DurableStep.RECORD_CALL, raw -> {
            for (Ended one : now) {
                byte[] reply = CallCodec.bytes(one.id(), one.answer());
                book.ended(raw, one.node(), one.id(), reply);
                said.add(new Reply(one.node(), reply));
            }
            return null;
        });
        now.forEach(one -> running.remove(one.id()));
        ended.removeAll(now);
        replies.addAll(said);
    }

    /** That it is begun is on disk before it runs: whoever comes after a crash must not begin it again. */
    private void begin() throws SQLException {
        List<CallBook.Taken> next = new ArrayList<>();
        while (!waiting.isEmpty() && running.size() + next.size() < RUNS) {
            next.add(waiting.poll());
        }
        if (next.isEmpty()) {
            return;
        }
        database.<Void>transact(DurableStep.BEGIN_CALL, raw -> {
            for (CallBook.Taken one : next) {
                book.running(raw, one.node(), one.id());
            }
            return null;
        });
        database.makeDurable();
        for (CallBook.Taken one : next) {
            begin(one);
        }
    }

    private void begin(CallBook.Taken taken) throws SQLException {
        try {
            CallRequest.Procedure request = CallCodec.call(taken.request());
            CallBook.Callable procedure = database.read(raw -> callable(raw, taken.node(), request));
            if (procedure == null) {
                String call = "EXECUTE ON REMOTE PROCEDURE " + request.procedure();
                end(taken, Answer.Failure.of(WaybillError.CALL_DENIED.with(taken.node(), call, call, taken.node()), false));
                return;
            }
            ProcedureRun run = new ProcedureRun(connections, dialect, taken.node(), request, procedure);
            running.put(taken.id(), run);
            threads.execute(() -> perform(taken, run));
        } catch (MalformedException damaged) {
            end(taken, Answer.Failure.of(damaged, false));
        }
    }

    /** As things are now: rights may have been taken away since it was taken. */
    private CallBook.Callable callable(Connection raw, String node, CallRequest.Procedure request) throws SQLException {
        CallBook.Callable procedure = book.procedure(raw, request.procedure());
        String runAs = book.runAs(raw, Procedures.Right.EXECUTE, request.procedure(), node);
        return procedure == null || runAs == null ? null : new CallBook.Callable(procedure.procedure(), procedure.ofClass(), procedure.body(), runAs, runAs.isEmpty() ? null : SyncUser.of(raw, dialect, runAs));
    }

    private void end(CallBook.Taken taken, Answer answer) {
        ended.add(new Ended(taken.node(), taken.id(), answer));
        wake.run();
    }

    /** In a thread of its own. */
    private void perform(CallBook.Taken taken, ProcedureRun run) {
        Answer answer;
        try {
            answer = database.guard().<Answer, SQLException>perform(DurableStep.RUN_CALL, run::run);
        } catch (SQLException failed) {
            answer = Answer.Failure.of(failed, failed instanceof SQLTransientException || failed instanceof SQLRecoverableException || dialect.classify(failed) == Dialect.ErrorClass.TRANSIENT);
        } catch (RuntimeException | Error failed) {
            answer = new Answer.Failure("38000", 0, failed.toString(), false);
        }
        synchronized (ended) {
            ended.add(new Ended(taken.node(), taken.id(), answer));
            ended.notifyAll();
        }
        wake.run();
    }

    /** It did not fit into a message: the caller is told that instead. */
    public Reply tooLarge(Reply reply, int mostBytes) {
        UUID id = CallCodec.idOf(reply.body());
        return new Reply(reply.node(), CallCodec.bytes(id, Answer.Failure.of(WaybillError.CALL_TOO_LARGE.with("The result", reply.body().length, mostBytes), false)));
    }

    private void forget() throws SQLException {
        Instant now = clock.instant();
        if (now.isBefore(forgetAt)) {
            return;
        }
        if (database.<Boolean>read(raw -> book.hasOld(raw, now))) {
            database.<Void>transact(DurableStep.RECORD_CALL, raw -> {
                book.forget(raw, now);
                return null;
            });
        }
        forgetAt = now.plus(FORGET_EVERY);
    }

    /** Begins anew from what is on record. */
    public void forgetWhatWasRead() {
        replies.clear();
        recovered = false;
    }

    /** Waits a moment for what is under way, if anything is; returns whether anything was. For a batch, which ends when nothing is. */
    public boolean awaitOne(Duration atMost) {
        long until = System.nanoTime() + atMost.toNanos();
        boolean underWay = !running.isEmpty();
        synchronized (ended) {
            for (long left = atMost.toMillis(); underWay && ended.isEmpty() && left > 0; left = (until - System.nanoTime()) / 1_000_000) {
                try {
                    ended.wait(left);
                } catch (InterruptedException foreign) {
                    Thread.currentThread().interrupt();
                    return true;
                }
            }
        }
        return underWay;
    }

    /** No further run begins; what runs is ended by its database. */
    @Override
    public void close() {
        threads.shutdown();
        running.values().forEach(ProcedureRun::cancel);
    }
}
