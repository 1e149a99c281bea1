// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.aftercommit.JobConnections;
import dev.waybill.dialect.Dialect;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.RemoteUser;
import dev.waybill.seal.KeyBook;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The notifiers of one database in the hands of its agent: started, ended and begun anew as their settings say, each in a thread of its own; what they want on record is written by the agent's thread, under its lease. Called in each cycle; nothing here waits
 * for a notifier. One thread, except what says otherwise.
 */
public final class Notifiers implements AutoCloseable {

    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    private static final Duration RECORDED_WITHIN = Duration.ofMinutes(2);
    private static final long LET_GO_MILLIS = 2_000;
    private static final int MOST_NOTIFIERS = 100;
    private static final int MOST_CONTACTS = 10_000;

    private final AgentDatabase database;
    private final Dialect dialect;
    private final NotifierBook book;
    private final JobConnections connections;
    private final NoticeBoard board;
    private final Gateways gateways;
    private final ThreadFactory threads;
    private final InstantSource clock;
    private final Runnable wake;
    private final BlockingQueue<Pending> records = new ArrayBlockingQueue<>(10_000);
    private final BlockingQueue<NoticeBoard.Contact> contacts = new ArrayBlockingQueue<>(MOST_CONTACTS);
    private final Map<String, Running> running = new LinkedHashMap<>();
    private final Map<String, String> said = new LinkedHashMap<>();
    private final Map<String, String> claimed = new HashMap<>();
    private volatile AddressBook addresses = AddressBook.EMPTY;
    private volatile Set<String> users = Set.of();
    private volatile boolean working;
    private Map<String, String> listener = Map.of();
    private boolean looked;
    private Instant lookAt = Instant.MIN;

    private record Pending(NotifierRecord record, CompletableFuture<Void> written) {}

    private record Running(NotifierLoop loop, Thread thread) {}

    /**
     * @param connections on which notifiers work; null: this agent leaves them alone
     * @param board       null where this process offers no port
     * @param keys        by which notices are signed, as it is now; from any thread
     * @param wake        run, from any thread, when something is to be put on record
     */
    public Notifiers(AgentDatabase database, Dialect dialect, JobConnections connections, NoticeBoard board, Supplier<KeyBook> keys, InstantSource clock, RandomGenerator random, ThreadFactory threads, Runnable wake) {
        this.database = database;
        this.dialect = dialect;
        this.book = new NotifierBook(dialect);
        this.connections = connections;
        this.board = board;
        this.gateways = new Gateways(board, keys, clock, random, threads);
        this.threads = threads;
        this.clock = clock;
        this.wake = wake;
    }

    /** To be called in each cycle of an agent that has the lease. */
    public void run(Catalogue catalogue) throws SQLException {
        if (connections == null) {
            return;
        }
        if (!working) {
            working = true;
            if (board != null) {
                board.open(true, this::heard, gateways::confirmed, this::take);
            }
        }
        write();
        Instant now = clock.instant();
        if (!now.isBefore(lookAt) || lookAt.isAfter(now.plus(BETWEEN_LOOKS))) {
            lookAt = now.plus(BETWEEN_LOOKS);
            follow(catalogue);
        }
    }

    /** The settings of the listener beside this agent, as they were when it was looked last. */
    public Map<String, String> listenerSettings() {
        return listener;
    }

    // ---- records ----

    private void write() throws SQLException {
        List<Pending> pending = new ArrayList<>();
        records.drainTo(pending);
        List<NoticeBoard.Contact> heard = new ArrayList<>();
        contacts.drainTo(heard);
        if (pending.isEmpty() && heard.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        try {
            database.<Void>transact(DurableStep.RECORD_NOTICES, raw -> {
                for (Pending each : pending) {
                    book.save(raw, each.record(), now);
                }
                for (NoticeBoard.Contact contact : heard) {
                    book.heard(raw, contact, now);
                }
                return null;
            });
            pending.forEach(each -> each.written().complete(null));
        } catch (SQLException | RuntimeException | Error failed) {
            pending.forEach(each -> each.written().completeExceptionally(failed));
            throw failed;
        }
    }

    /** By a notifier's thread: returns when it is on record. */
    private void put(NotifierRecord record) throws SQLException {
        Pending pending = new Pending(record, new CompletableFuture<>());
        if (!working || !records.offer(pending)) {
            throw WaybillError.NOTIFIER_ENDED.with(record.notifier());
        }
        if (!working) {
            pending.written().cancel(false);
        }
        wake.run();
        try {
            pending.written().get(RECORDED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | CancellationException notWritten) {
            throw WaybillError.NOTIFIER_ENDED.because(notWritten, record.notifier());
        } catch (InterruptedException foreign) {
            Thread.currentThread().interrupt();
            throw WaybillError.NOTIFIER_ENDED.because(foreign, record.notifier());
        }
    }

    // ---- who listens ----

    /** By the port's threads. What is known already is not written again. */
    private void heard(NoticeBoard.Contact contact) {
        if (!contact.address().equals(addresses.of(contact.listener(), contact.medium())) && contacts.offer(contact)) {
            wake.run();
        }
    }

    /** By the port's threads: names that are no other remote user's and nobody else's. */
    private synchronized boolean take(String owner, List<String> others) {
        Set<String> taken = new HashSet<>(others);
        taken.remove(owner);
        for (String other : taken) {
            String onRecord = addresses.of(other, GatewaySettings.Kind.SYNC);
            String before = onRecord == null ? claimed.get(other) : onRecord;
            if (users.contains(other) || other.length() > PushRequest.LONGEST_ADDRESS || before != null && !before.equals(owner)) {
                return false;
            }
        }
        if (claimed.size() + taken.size() > MOST_CONTACTS) {
            return false;
        }
        taken.forEach(other -> claimed.put(other, owner));
        taken.forEach(other -> heard(new NoticeBoard.Contact(other, GatewaySettings.Kind.SYNC, owner)));
        return true;
    }

    /** What is on record needs not be remembered. */
    private synchronized void forgetClaims() {
        claimed.keySet().removeIf(name -> addresses.of(name, GatewaySettings.Kind.SYNC) != null);
    }

    // ---- settings ----

    private void follow(Catalogue catalogue) throws SQLException {
        List<NotifySettings.Row> rows = database.read(book::settings);
        if (rows.isEmpty() && looked && said.isEmpty() && listener.isEmpty()) {
            return; // nobody wants anything
        }
        looked = true;
        NotifySettings settings = NotifySettings.of(rows);
        addresses = database.read(book::addresses);
        forgetClaims();
        listener = settings.listener();
        users = Set.copyOf(catalogue.remoteUsers().stream().map(RemoteUser::name).toList());
        gateways.use(catalogue.publisher(), settings, addresses);
        for (Map.Entry<String, Running> each : List.copyOf(running.entrySet())) {
            followOne(each.getKey(), each.getValue(), settings.notifiers().get(each.getKey()));
        }
        for (NotifierSettings wanted : settings.notifiers().values()) {
            if (wanted.enabled() && !running.containsKey(wanted.name()) && running.size() < MOST_NOTIFIERS) {
                start(wanted);
            }
        }
        sayStates(settings);
    }

    private void followOne(String name, Running one, NotifierSettings wanted) {
        if (!one.thread().isAlive() && !(one.loop().hasEnded() && one.loop().settings().equals(wanted))) {
            running.remove(name); // it failed, or is to begin anew with other settings; one that shutdown_query ended stays ended
        } else if (!one.loop().settings().equals(wanted) || !wanted.enabled()) {
            one.loop().stop();
        }
    }

    private void start(NotifierSettings wanted) throws SQLException {
        say(wanted.name(), "RUNNING", null);
        List<NoticeState> states = database.read(raw -> book.load(raw, wanted.name()));
        NotifierLoop loop = new NotifierLoop(wanted, dialect, connections, this::put, gateways, board, clock);
        loop.restore(states);
        Thread thread = threads.newThread(loop);
        running.put(wanted.name(), new Running(loop, thread));
        thread.start();
    }

    /** What is not told by a notifier itself. */
    private void sayStates(NotifySettings settings) throws SQLException {
        for (Map.Entry<String, String> wrong : settings.wrong().entrySet()) {
            say(wrong.getKey(), "WRONG", wrong.getValue());
        }
        for (NotifierSettings one : settings.notifiers().values()) {
            Running at = running.get(one.name());
            if (!one.enabled() || at != null && at.loop().hasEnded()) {
                say(one.name(), "STOPPED", null);
            }
        }
        List<String> gone = new ArrayList<>(database.read(book::known));
        gone.removeIf(name -> settings.notifiers().containsKey(name) || settings.wrong().containsKey(name) || running.containsKey(name));
        if (!gone.isEmpty()) {
            database.<Void>transact(DurableStep.RECORD_NOTICES, raw -> {
                for (String name : gone) {
                    book.forget(raw, name);
                }
                return null;
            });
            gone.forEach(said::remove);
        }
    }

    private void say(String name, String state, String trouble) throws SQLException {
        String text = state + " " + trouble;
        if (!text.equals(said.put(name, text))) {
            Instant now = clock.instant();
            database.<Void>transact(DurableStep.RECORD_NOTICES, raw -> {
                book.state(raw, name, state, trouble, now);
                return null;
            });
        }
    }

    // ---- the end ----

    /** This agent does not work any more, or begins anew: whoever has the lease goes on by what is on record. */
    public void forgetWhatWasRead() {
        working = false;
        if (board != null && connections != null) {
            board.open(false, contact -> { }, (name, bytes) -> { }, (owner, others) -> false);
        }
        running.values().forEach(one -> one.loop().abandon());
        List<Pending> pending = new ArrayList<>();
        records.drainTo(pending);
        pending.forEach(each -> each.written().cancel(false));
        running.clear();
        said.clear();
        looked = false;
        listener = Map.of();
        lookAt = Instant.MIN;
    }

    /** Waits, bounded, for the statements that run. */
    @Override
    public void close() {
        List<Thread> ending = running.values().stream().map(Running::thread).toList();
        forgetWhatWasRead();
        gateways.close();
        long until = System.nanoTime() + LET_GO_MILLIS * 1_000_000;
        for (Thread thread : ending) {
            try {
                thread.join(Math.max(1, (until - System.nanoTime()) / 1_000_000));
            } catch (InterruptedException foreign) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
