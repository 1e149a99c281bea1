// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.aftercommit.AfterCommitJobs;
import dev.waybill.apply.DeadLetters;
import dev.waybill.delivery.ReceiverAction;
import dev.waybill.delivery.SenderAction;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.Sequenced;
import dev.waybill.link.Link.LinkException;
import dev.waybill.listen.AgentListening;
import dev.waybill.notify.Notifiers;
import dev.waybill.publication.CatalogueBoard;
import dev.waybill.publication.CatalogueStore;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The message agent of one database: see the package page. {@link #runOnce} is one cycle. What a cycle throws leaves everything on record as it was before the step that failed; the next cycle begins from what is on record.
 * One thread.
 */
public final class MessageAgent implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(MessageAgent.class.getName());

    /** What a clock may be set back while nobody minds: so much longer may something be waited for. */
    private static final Duration SET_BACK_AT_MOST = Duration.ofSeconds(5);
    private static final int QUIET_CYCLES = 2;
    private static final int MOST_CYCLES = 100_000;

    private final PooledAgentDatabase database;
    private final AgentSettings settings;
    private final InstantSource clock;
    private final Neighbourhood neighbourhood;
    private final AgentLinks links;
    private final Seals seals;
    private final Inbox inbox;
    private final Deletions deletions;
    private final Confirming confirming;
    private final Incoming incoming;
    private final Outgoing outgoing;
    private final Post post;
    private final Speech speech;
    private final Beside reading;
    private final Beside coding;
    private final Sequencing sequencing;
    private final Synchronizing synchronizing;
    private final Trimming trimming;
    private final Requests requests;
    private final Books books;
    private final ReadingBook readingBook;
    private final SendTimes sendTimes;
    private final Admissions admissions;
    private final AfterCommitJobs jobs;
    private final Notifiers notifiers;
    private final AgentListening listening;
    private final Calling calling;
    private final Propagating propagating;
    private final Troubles troubles;
    private final AgentJournal journal;
    private final CatalogueBoard board;
    private final Dialect dialect;
    private final AgentEvents events;
    private final LagWatch lag = new LagWatch();
    private boolean cautioned;
    private Duration idle = Duration.ZERO;
    private Instant latest = Instant.EPOCH;
    private AgentBeans.Shown shown = AgentBeans.Shown.WAITING;

    MessageAgent(AgentAssembly parts) {
        this.database = parts.database;
        this.settings = parts.home.settings();
        this.clock = parts.clock;
        this.neighbourhood = parts.neighbourhood;
        this.links = parts.links;
        this.seals = parts.seals;
        this.inbox = parts.inbox;
        this.deletions = parts.deletions;
        this.confirming = parts.confirming;
        this.incoming = parts.incoming;
        this.outgoing = parts.outgoing;
        this.post = parts.post;
        this.speech = parts.speech;
        this.reading = parts.reading;
        this.coding = parts.coding;
        this.sequencing = parts.sequencing;
        this.synchronizing = parts.synchronizing;
        this.trimming = parts.trimming;
        this.requests = parts.requests;
        this.books = parts.books;
        this.readingBook = parts.readingBook;
        this.sendTimes = parts.sendTimes;
        this.admissions = parts.admissions;
        this.jobs = parts.jobs;
        this.notifiers = parts.notifiers;
        this.listening = parts.listening;
        this.calling = parts.calling;
        this.propagating = parts.propagating;
        this.troubles = parts.troubles;
        this.journal = parts.view;
        this.board = parts.home.board();
        this.dialect = parts.home.dialect();
        this.events = parts.events;
    }

    /**
     * Connects; takes the lease with its first cycle that can.
     *
     * @param name  tells agents of one process apart
     * @param batch whether every cycle sends to everybody, whatever SEND EVERY and SEND AT say
     * @param wake  is run, from any thread, when a cycle would find something to do
     */
    public static MessageAgent open(AgentHome home, String name, AgentSurroundings around, boolean batch, Runnable wake) throws SQLException {
        PooledAgentDatabase database = PooledAgentDatabase.open(home, name, around.clock(), around.guard(), around.threads());
        return new MessageAgent(new AgentAssembly(home, database, around, wake, batch));
    }

    /** One cycle; returns how long the next may wait when nobody wakes the agent: zero when there is more to do now. */
    public Duration runOnce() throws SQLException {
        try {
            demandThatTimeGoesOn();
            if (!database.takeLease()) {
                forget();
                shown = AgentBeans.Shown.WAITING;
                return settings.leaseTime().dividedBy(3);
            }
            caution();
            meet();
            if (seals.refresh()) {
                inbox.forgetAhead();
                introduce();
            }
            if (neighbourhood.catalogue().publisher() == null) {
                return settings.pollMost();
            }
            admissions.run(neighbourhood.catalogue(), neighbourhood.byName());
            Duration rest = rest(cycle());
            shown = lag.look(neighbourhood.catalogue().publisher(), neighbourhood.all(), journal.head().offset(), troubles.texts(), clock.instant());
            return rest;
        } catch (SQLException | RuntimeException | Error failed) {
            forget();
            throw failed;
        }
    }

    /** Every wait ends at an instant: after the clock was set back by a day, all would last a day longer. Whoever runs this agent opens another one, which waits for nothing yet. */
    private void demandThatTimeGoesOn() throws SQLException {
        Instant now = clock.instant();
        if (now.isBefore(latest.minus(SET_BACK_AT_MOST))) {
            throw WaybillError.CLOCK_WENT_BACK.with(Duration.between(now, latest));
        }
        latest = now.isAfter(latest) ? now : latest;
    }

    private void caution() throws SQLException {
        if (!cautioned) {
            String caution = database.read(dialect::caution);
            if (caution != null) {
                troubles.happened(caution);
            }
            cautioned = true;
        }
    }

    /** Goes by what the database says now. */
    private void meet() throws SQLException {
        if (neighbourhood.refresh()) {
            database.touched(); // START sequences on the application's connection: what it gave offsets may not be on disk yet
            links.use(neighbourhood.catalogue().messageTypes(), neighbourhood.addresses(), readingBook.load());
            seals.use(neighbourhood.catalogue());
            inbox.forgetAhead();
            incoming.catalogueChanged();
            lookAtDeadLetters();
            announce();
            requests.run(neighbourhood.byName());
        }
    }

    /** Who trusts another key now says so: somebody may be waiting for it with what was signed by the former one. */
    private void introduce() throws SQLException {
        for (Neighbour neighbour : neighbourhood.all()) {
            speech.introduce(neighbour);
        }
    }

    /** Whether its database lives in this process, and ends with the application. */
    boolean isEmbedded() {
        return database.isEmbedded();
    }

    /** R12: whether all that neighbours sent is here is said by this agent, whoever changed it. */
    private void lookAtDeadLetters() throws SQLException {
        Set<String> diverged = database.read(new DeadLetters(dialect)::senders);
        for (Neighbour neighbour : neighbourhood.all()) {
            if (diverged.contains(neighbour.name())) {
                troubles.diverged(neighbour.name());
            } else {
                troubles.converged(neighbour.name());
            }
        }
    }

    /** What was read from the database is told to this process, which may not know it yet: another process, or this agent, changed it. */
    private void announce() throws SQLException {
        if (board != null) {
            if (board.received() == CatalogueBoard.Received.UNKNOWN) {
                database.read(raw -> {
                    CatalogueStore.acquaint(board, raw, dialect);
                    return null;
                });
            }
            board.announce(neighbourhood.catalogue());
        }
    }

    /** Begins anew from what is on record. */
    private void forget() {
        neighbourhood.forget();
        confirming.forget();
        deletions.forget();
        inbox.clear();
        sequencing.forget();
        links.forget();
        jobs.forgetWhatWasRead();
        notifiers.forgetWhatWasRead();
        listening.close();
        calling.forget();
        propagating.forget();
    }

    /** For JMX. */
    AgentBeans.Shown shown() {
        return shown;
    }

    /**
     * One batch of an agent that was opened for batches: receive, apply, confirm, sequence, send, until two cycles in a row found nothing to do (so that what is missing is asked for).
     *
     * @return false when another agent has the lease: nothing was done then
     */
    public boolean runBatch() throws SQLException {
        int quiet = 0;
        for (int cycle = 0; quiet < QUIET_CYCLES && cycle < MOST_CYCLES; cycle++) {
            quiet = runOnce().isZero() || jobs.awaitOne(settings.pollMost()) || calling.awaitOne(settings.pollMost()) || propagating.awaitOne(settings.pollMost()) ? 0 : quiet + 1;
            if (!database.holdsLease()) {
                return false;
            }
        }
        deletions.runAll();
        readingBook.noteNow(links.reached());
        return true;
    }

    /** The picture on the package page; returns whether there may be more to do at once. */
    private boolean cycle() throws SQLException {
        boolean received = inbox.look(neighbourhood.byName()) > 0;
        boolean backlog = settle();
        Sequenced sequenced = sequencing.run();
        backlog |= sequenced != null && sequenced.more();
        backlog |= jobs.run(sequenced == null || !sequenced.more());
        notifiers.run(neighbourhood.catalogue());
        listening.follow(notifiers.listenerSettings(), neighbourhood.catalogue());
        boolean took = synchronizing.run(neighbourhood);
        if (took) {
            meet();
        } else if (sequenced != null) {
            neighbourhood.refreshJournal();
            if (!sequenced.head().equals(journal.head())) {
                database.touched(); // somebody else sequenced, too
            }
        }
        calling.begin(neighbourhood, sequenced == null || !sequenced.more());
        propagating.run(neighbourhood);
        sendTimes.tellDue(neighbourhood.all());
        backlog |= settle();
        neighbourhood.tick();
        backlog |= settle();
        for (Neighbour neighbour : neighbourhood.all()) {
            speech.tryAgain(neighbour);
        }
        calling.end(neighbourhood);
        confirming.run(inbox.leftSome(), neighbourhood.byName().keySet());
        post.flush();
        deletions.run();
        readingBook.note(links::reached);
        backlog |= sequencing.clear(sequenced == null);
        trimming.run(neighbourhood.all());
        books.tidy(neighbourhood.all());
        backlog |= neighbourhood.all().stream().anyMatch(Neighbour::hasTasks); // of what was said last
        return received || sequenced != null || took || backlog;
    }

    /** Does what the machines want until they want nothing more; everything that everybody wants sent of the journal goes in one scan. Returns whether the scan ended before the journal did. */
    private boolean settle() throws SQLException {
        List<Outgoing.Wish> wishes = new ArrayList<>();
        boolean more = false;
        do {
            wishes.clear();
            books.commit(neighbourhood.all());
            for (Neighbour neighbour : neighbourhood.all()) {
                settle(neighbour, wishes);
            }
            more |= !wishes.isEmpty() && sequencing.goOnDuring(extent -> outgoing.send(wishes, extent));
            outgoing.synchronizeWhatWasLost();
            post.flush();
            books.commitSent(neighbourhood.all());
        } while (!wishes.isEmpty());
        return more;
    }

    private void settle(Neighbour neighbour, List<Outgoing.Wish> wishes) throws SQLException {
        while (neighbour.hasTasks()) {
            books.commit(List.of(neighbour)); // what one of them wants depends on its own states alone
            Neighbour.Task task = neighbour.next();
            if (task instanceof Neighbour.Task.ForReceiver received) {
                perform(neighbour, received.action());
            } else if (((Neighbour.Task.ForSender) task).action() instanceof SenderAction.SendFrom send) {
                if (!calling.admits(neighbour)) {
                    continue; // it has not asked
                }
                if (neighbour.isServedAnew(send.epoch())) {
                    events.resendServed(neighbour.name(), send.epoch(), send.prev().offset());
                }
                wishes.removeIf(wish -> wish.to() == neighbour);
                wishes.add(new Outgoing.Wish(neighbour, send));
            } else {
                perform(neighbour, ((Neighbour.Task.ForSender) task).action());
            }
        }
        if (neighbour.isWell()) {
            troubles.over(neighbour.name());
        }
    }

    /** A link that fails here leaves the message where it is: it is listed again, and what it caused is recognised. */
    private void perform(Neighbour neighbour, ReceiverAction action) throws SQLException {
        try {
            incoming.perform(neighbour, action);
        } catch (LinkException failed) {
            String name = "link " + neighbour.user().messageType();
            links.failed(name, clock.instant());
            troubles.begun(name, "LINK_DOWN", failed.getMessage());
        }
    }

    private void perform(Neighbour neighbour, SenderAction action) throws SQLException {
        if (action instanceof SenderAction.SendHeartbeat heartbeat) {
            speech.heartbeat(neighbour, heartbeat);
        } else if (action instanceof SenderAction.SendHello hello) {
            speech.hello(neighbour, hello);
        } else if (action instanceof SenderAction.NeedsResync resync) {
            troubles.begun(neighbour.name(), "NEEDS_RESYNC", resync.reason());
        } else if (action instanceof SenderAction.SplitHistory split) {
            troubles.begun(neighbour.name(), "SPLIT_HISTORY", split.reason());
        } else if (action instanceof SenderAction.Ignored ignored) {
            LOG.log(System.Logger.Level.DEBUG, () -> neighbour.name() + ": " + ignored.what());
        }
    }

    /** Looks at once again while there is something to do, then more and more rarely, and never later than a machine or a schedule wants. */
    private Duration rest(boolean busy) {
        if (busy) {
            idle = Duration.ZERO;
            return Duration.ZERO;
        }
        idle = idle.isZero() ? settings.pollLeast() : min(idle.multipliedBy(2), settings.pollMost());
        Instant now = clock.instant();
        Duration rest = until(propagating.dueAt(), now, until(calling.dueAt(), now, until(jobs.dueAt(), now, until(deletions.dueAt(), now, until(sequencing.clearAt(), now, until(sendTimes.next(), now, idle))))));
        for (Neighbour neighbour : neighbourhood.all()) {
            rest = until(neighbour.wakeAt(), now, rest);
        }
        return rest;
    }

    private Duration until(Instant wakeAt, Instant now, Duration otherwise) {
        if (wakeAt == null) {
            return otherwise;
        }
        Duration wait = Duration.between(now, wakeAt);
        return min(wait.compareTo(settings.pollLeast()) < 0 ? settings.pollLeast() : wait, otherwise);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Lets go of everything as a process that dies does: the lease stays as it is. For tests. */
    void abandon() {
        closeBeside();
        links.close();
        jobs.close();
        calling.close();
        propagating.close();
        database.close();
    }

    private void closeBeside() {
        reading.close();
        coding.close();
        confirming.close();
        sequencing.close();
    }

    private void settleForSuccessor() {
        try {
            if (database.holdsLease()) {
                jobs.finish();
                readingBook.noteNow(links.reached());
                sequencing.handOver(() -> {
                    database.touched(); // what statements have sequenced, on connections of the application, counts here too
                    database.makeDurable();
                });
            }
        } catch (SQLException | RuntimeException left) {
            LOG.log(System.Logger.Level.DEBUG, "what is left in the outbox is found in the journal", left);
        }
    }

    /** Deletes what was sequenced, gives the lease back, if the database can still be reached, and lets go of it. */
    @Override
    public void close() {
        try {
            settleForSuccessor();
            links.close();
            database.giveBackLease();
        } catch (SQLException gone) {
            LOG.log(System.Logger.Level.DEBUG, "the lease runs out by itself", gone);
        } finally {
            jobs.close();
            notifiers.close();
            listening.close();
            calling.close();
            propagating.close();
            closeBeside();
            database.close();
        }
    }
}
