// SPDX-License-Identifier: Apache-2.0
package dev.waybill.notify;

import dev.waybill.aftercommit.JobConnections;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Turns one notifier in a thread of its own: waits, runs SQL on its own connection, lets the agent put on record what is to be sent, sends. Nobody interrupts it; it ends when it is told to, behind the statement that runs, or when the agent does not take
 * its records any more.
 */
final class NotifierLoop implements Runnable {

    private static final System.Logger LOG = System.getLogger(NotifierLoop.class.getName());
    private static final int MOST_INPUTS = 50_000;
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    private final NotifierSettings settings;
    private final JobConnections connections;
    private final Records records;
    private final Gateways gateways;
    private final NoticeBoard board;
    private final InstantSource clock;
    private final EventRunner events;
    private final NotifierMachine machine;
    private final LinkedBlockingQueue<NotifierInput> inputs = new LinkedBlockingQueue<>(MOST_INPUTS);
    private final Deque<NotifierInput> own = new ArrayDeque<>();
    private Connection connection;
    private NotifierRecord.Trouble trouble;
    private volatile boolean over;
    private volatile boolean ended;

    /** What is on record of notifiers, kept by the agent. */
    interface Records {
        /**
         * Returns when it is on record.
         *
         * @throws SQLException this agent may not write any more
         */
        void put(NotifierRecord record) throws SQLException;
    }

    /** @param board null where this process offers no port */
    NotifierLoop(NotifierSettings settings, Dialect dialect, JobConnections connections, Records records, Gateways gateways, NoticeBoard board, InstantSource clock) {
        this.settings = settings;
        this.connections = connections;
        this.records = records;
        this.gateways = gateways;
        this.board = board;
        this.clock = clock;
        this.events = new EventRunner(settings.name(), settings.isUsual() ? EventSql.usual(dialect, settings.events()) : settings.events(), settings.queryTimeout());
        this.machine = new NotifierMachine(settings.pollEvery(), gateways::route);
    }

    /** Before it begins: what is on record of requests that were sent before. */
    void restore(List<NoticeState> states) {
        machine.restore(states, clock.instant());
    }

    NotifierSettings settings() {
        return settings;
    }

    /** Any thread; beyond the bound it is forgotten, as a notice may be. */
    void tell(NotifierInput input) {
        if (!inputs.offer(input)) {
            LOG.log(System.Logger.Level.DEBUG, "notifier {0} has more to hear than it can", settings.name());
        }
    }

    /** Ends soon, with end_connection. Any thread. */
    void stop() {
        tell(new NotifierInput.Stop());
    }

    /** Ends at once: somebody else goes on. Any thread. */
    void abandon() {
        over = true;
        tell(new NotifierInput.Wake());
    }

    /** Whether it ended by itself, as shutdown_query wanted. */
    boolean hasEnded() {
        return ended;
    }

    @Override
    public void run() {
        try {
            for (Duration rest = Duration.ZERO; rest != null && !over; rest = machine.rest(clock.instant())) {
                NotifierInput input = inputs.poll(rest.toMillis(), TimeUnit.MILLISECONDS);
                handle(input == null ? new NotifierInput.Wake() : input);
            }
            ended = !over;
        } catch (SQLException gone) {
            LOG.log(System.Logger.Level.DEBUG, "notifier " + settings.name() + " ends", gone);
        } catch (InterruptedException foreign) {
            Thread.currentThread().interrupt();
        } finally {
            over = true;
            disconnect();
        }
    }

    private void handle(NotifierInput first) throws SQLException {
        own.add(first);
        while (!own.isEmpty() && !over) {
            List<NotifierAction> actions = machine.on(clock.instant(), own.poll());
            record(actions);
            for (NotifierAction action : actions) {
                carryOut(action);
            }
        }
    }

    /** What is sent is on record before: whoever goes on after this agent does not send it once more. */
    private void record(List<NotifierAction> actions) throws SQLException {
        Map<Long, NoticeState> changed = machine.changed();
        String unheard = null;
        for (NotifierAction action : actions) {
            if (action instanceof NotifierAction.Send send && send.unanswered() != null && gateways.isUdp(send.unanswered())) {
                unheard = send.request().address();
            }
        }
        if (!changed.isEmpty() || unheard != null) {
            put(NotifierRecord.ofRequests(settings.name(), changed, unheard));
        }
    }

    private void put(NotifierRecord record) throws SQLException {
        if (over) {
            throw WaybillError.NOTIFIER_ENDED.with(settings.name());
        }
        records.put(record);
    }

    private void carryOut(NotifierAction action) throws SQLException {
        if (action instanceof NotifierAction.Send send) {
            gateways.send(send.request(), send.gateway(), this::tell);
        } else if (action instanceof NotifierAction.Offer offer && board != null) {
            board.offer(settings.name(), offer.notices());
        } else if (action instanceof NotifierAction.Perform perform) {
            own.add(perform(perform));
        }
    }

    private NotifierInput perform(NotifierAction.Perform perform) throws SQLException {
        if (perform.event() == NotifierEvent.BEGIN_POLL) {
            put(NotifierRecord.ofPoll(settings.name()));
            trouble = null;
        }
        NotifierInput came = performOnConnection(perform);
        if (perform.event() == NotifierEvent.END_CONNECTION) {
            disconnect();
        } else if (perform.event() == NotifierEvent.END_POLL && trouble == null) {
            put(NotifierRecord.ofTrouble(settings.name(), null));
        }
        return came;
    }

    private NotifierInput performOnConnection(NotifierAction.Perform perform) throws SQLException {
        try {
            if (connection == null) {
                connection = connect();
            }
            EventRunner.Cursor came = events.run(connection, perform);
            if (came.leftOut() != null) {
                tell(perform.event(), came.leftOut());
            }
            return came.input();
        } catch (SQLException | RuntimeException failed) {
            tell(perform.event(), String.valueOf(failed.getMessage()));
            boolean lost = isLost();
            if (lost) {
                disconnect();
            }
            return new NotifierInput.Failed(lost);
        }
    }

    private void tell(NotifierEvent event, String text) throws SQLException {
        trouble = new NotifierRecord.Trouble(event, text);
        put(NotifierRecord.ofTrouble(settings.name(), trouble));
    }

    private boolean isLost() {
        try {
            return connection == null || connection.isClosed() || !connection.isValid((int) AFTER_FAILURE.toSeconds());
        } catch (SQLException unknown) {
            return true;
        }
    }

    private Connection connect() throws SQLException {
        Connection made = settings.connect() == null ? connections.open() : OtherDatabase.connect(settings);
        try {
            made.setAutoCommit(false);
            if (made.getTransactionIsolation() != settings.isolation() && made.getMetaData().supportsTransactionIsolationLevel(settings.isolation())) { // SQLite has its own alone
                made.setTransactionIsolation(settings.isolation());
            }
            return made;
        } catch (SQLException failed) {
            made.close();
            throw failed;
        }
    }

    private void disconnect() {
        Connection closing = connection;
        connection = null;
        if (closing != null) {
            try (closing) {
                closing.rollback();
            } catch (SQLException gone) {
                LOG.log(System.Logger.Level.DEBUG, "the connection of notifier " + settings.name() + " could not be closed", gone);
            }
        }
    }
}
