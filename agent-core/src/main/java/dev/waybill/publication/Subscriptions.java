// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.error.WaybillError;
import dev.waybill.journal.LogOffset;
import dev.waybill.predicate.Term;
import dev.waybill.publication.Subscription.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Who gets what. Every method but {@link #record} is one transaction, committed when it returns; nothing is done when it throws. One thread.
 *
 * <pre>
 *   (none) ─CREATE─► CREATED ─START─────────────────────────────► STARTED ─STOP─► STOPPED ─START─► STARTED
 *                       └──SYNCHRONIZE─► SYNCHRONIZE_REQUESTED ─agent: snapshot─► SYNCHRONIZING ─agent: confirmed─► STARTED
 * </pre>
 * SYNCHRONIZE may be said in every state, DROP too. What is owed is another matter ({@link Periods}): START or the first snapshot begin a period, STOP and DROP end it, SYNCHRONIZE said again lets it go on.
 */
public final class Subscriptions {

    private static final Set<State> BEFORE_START = EnumSet.of(State.CREATED, State.STOPPED);
    private static final Set<State> BEFORE_STOP = EnumSet.of(State.STARTED, State.SYNCHRONIZING, State.SYNCHRONIZE_REQUESTED);

    private static final long LOOK_AGAIN_NANOS = 20_000_000;

    private final Administration administration;

    public Subscriptions(Administration administration) {
        this.administration = administration;
    }

    /** Defines; nothing is sent yet. */
    public void create(String publication, String value, List<String> subscribers) throws SQLException {
        change("CREATE SUBSCRIPTION", publication, value, transaction -> {
            long head = head(transaction);
            for (String subscriber : subscribers) {
                if (transaction.before().remoteUser(subscriber).isEmpty()) {
                    throw Users.unknownUser(transaction.before(), "remote user", subscriber);
                }
                if (find(transaction.before(), publication, value, subscriber) != null) {
                    throw WaybillError.SUBSCRIPTION_EXISTS.with(publication, subscriber);
                }
                expectFitting(transaction.publication(publication), value, subscriber);
                OneTableTwice.expectAlike(transaction.before(), subscriber, publication, transaction.publication(publication).articles());
                transaction.execute("INSERT INTO #subscription (publication_id, user_name, subscribe_by, state, created) VALUES (?, ?, ?, ?, ?)",
                        transaction.publicationId(publication), subscriber, value, State.CREATED.name(), head);
            }
        });
    }

    /**
     * From now on changes are sent; whoever says so vouches that both ends agree now. Waits for the transactions that began to write before the publication came into force.
     *
     * @throws SQLException WRITERS_REMAIN when they do not end in time; OUTSIDE_DATABASE when this process cannot see them
     */
    public void start(String publication, String value, List<String> subscribers) throws SQLException {
        awaitWriters("START SUBSCRIPTION", publication);
        changeAtHead("START SUBSCRIPTION", publication, value, transaction -> {
            expectNoWriters("START SUBSCRIPTION", transaction.publication(publication));
            long head = transaction.sequenceToNow(administration.clock()).bytes();
            for (String subscriber : subscribers) {
                Subscription present = expectState(transaction, "START", publication, value, subscriber, BEFORE_START);
                new Periods(transaction.raw(), transaction.dialect(), present).begin(head);
                say(transaction, present, State.STARTED);
            }
        });
    }

    /** Nothing more is owed than what is committed by now; that is sent. */
    public void stop(String publication, String value, List<String> subscribers) throws SQLException {
        changeAtHead("STOP SUBSCRIPTION", publication, value, transaction -> {
            long head = transaction.sequenceToNow(administration.clock()).bytes();
            for (String subscriber : subscribers) {
                Subscription present = expectState(transaction, "STOP", publication, value, subscriber, BEFORE_STOP);
                new Periods(transaction.raw(), transaction.dialect(), present).stop(head);
                say(transaction, present, State.STOPPED);
            }
        });
    }

    /**
     * Asks the agent to send the whole content, then the changes after it. Waits as {@link #start} does, unless it is said in another process than the database's own: then the agent, which sees the writers, waits before it takes
     * the snapshot.
     *
     * @throws SQLException SYNCHRONIZE_UPWARD for the consolidated database, whose content it would replace
     */
    public void synchronize(String publication, String value, List<String> subscribers) throws SQLException {
        if (administration.wrote() || administration.dialect().hasFence() || administration.dialect().isEmbedded(administration.raw())) {
            awaitWriters("SYNCHRONIZE SUBSCRIPTION", publication);
        }
        change("SYNCHRONIZE SUBSCRIPTION", publication, value, transaction -> {
            for (String subscriber : subscribers) {
                Subscription present = expectState(transaction, "SYNCHRONIZE", publication, value, subscriber, EnumSet.allOf(State.class));
                if (transaction.before().consolidated().filter(above -> above.name().equals(subscriber)).isPresent()) {
                    throw WaybillError.SYNCHRONIZE_UPWARD.with(subscriber, publication, subscriber);
                }
                say(transaction, present, State.SYNCHRONIZE_REQUESTED);
            }
        });
    }

    /** Nothing more is owed than what is committed by now; that is sent. The subscription is no more. */
    public void drop(String publication, String value, List<String> subscribers) throws SQLException {
        changeAtHead("DROP SUBSCRIPTION", publication, value, transaction -> {
            long head = transaction.sequenceToNow(administration.clock()).bytes();
            for (String subscriber : subscribers) {
                Subscription present = expectState(transaction, "DROP", publication, value, subscriber, EnumSet.allOf(State.class));
                new Periods(transaction.raw(), transaction.dialect(), present).end(head);
                transaction.execute("DELETE FROM #subscription WHERE publication_id = ? AND user_name = ? AND subscribe_by = ?", transaction.publicationId(publication), subscriber, value);
            }
        });
    }

    /**
     * For the agent, inside its own transaction, before it changes anything else there (statements lock the catalogue first, too): the subscription goes on from one state to another, with a new version of the catalogue, which the
     * agent announces after its commit.
     *
     * @param snapshot the offset of the snapshot when it goes to SYNCHRONIZING: it begins a period unless one is open; null otherwise
     * @return whether it was in that state; otherwise nothing was changed, because somebody has said something else meanwhile
     */
    public static boolean record(Connection raw, Dialect dialect, Subscription subscription, State from, State to, LogOffset snapshot) throws SQLException {
        String sql = "UPDATE " + dialect.catalogueTable("subscription") + " SET state = ?" + (snapshot == null ? "" : ", snapshot = " + snapshot.bytes())
                + " WHERE state = ? AND user_name = ? AND subscribe_by = ? AND publication_id = (SELECT publication_id FROM " + dialect.catalogueTable("publication")
                + " WHERE publication_name = ? AND until_version IS NULL)";
        CatalogueTransaction.nextVersion(raw, dialect);
        try (PreparedStatement update = raw.prepareStatement(sql)) {
            update.setString(1, to.name());
            update.setString(2, from.name());
            update.setString(3, subscription.subscriber());
            update.setString(4, subscription.value() == null ? "" : subscription.value());
            update.setString(5, subscription.publication());
            if (update.executeUpdate() == 0) {
                return false;
            }
        }
        if (snapshot != null) {
            new Periods(raw, dialect, subscription).begin(snapshot.bytes());
        }
        return true;
    }

    /**
     * For the agent, inside its own transaction: from here on this subscriber begins anew. Nothing at or before the offset is owed to him any more; what he is to get follows as snapshots.
     * That is safe where the offset is the journal's head: whatever was said before ends there, and what is said afterwards begins behind it.
     */
    public static void beginAnew(Connection raw, Dialect dialect, String subscriber, LogOffset head) throws SQLException {
        CatalogueTransaction.nextVersion(raw, dialect);
        for (String sql : List.of("DELETE FROM " + dialect.catalogueTable("subscription_period") + " WHERE user_name = ?",
                "UPDATE " + dialect.catalogueTable("subscription") + " SET started = NULL, stopped = NULL, snapshot = NULL WHERE user_name = ?",
                "DELETE FROM " + dialect.catalogueTable("snapshot") + " WHERE user_name = ?",
                "UPDATE " + dialect.catalogueTable("remote_user") + " SET log_begun = " + head.bytes() + " WHERE user_name = ?")) {
            try (PreparedStatement statement = raw.prepareStatement(sql)) {
                statement.setString(1, subscriber);
                statement.executeUpdate();
            }
        }
    }

    /**
     * REMOTE RESET: all of the subscriber's subscriptions are started where the journal ends now, behind all that is committed, and nothing before that is owed to him any more. Whoever says so vouches that both ends agree there: a copy of the
     * data was brought to him while nobody wrote. His stream begins anew there (page of {@code delivery}).
     *
     * @throws SQLException USER_UNKNOWN; as {@link #start}
     */
    public void reset(String user) throws SQLException {
        Catalogue now = CatalogueStore.load(administration.raw(), administration.dialect());
        for (Subscription subscription : now.subscriptionsOf(user)) {
            awaitWriters("REMOTE RESET", subscription.publication());
        }
        CatalogueTransaction.runAtHead(administration, "REMOTE RESET", transaction -> {
            if (transaction.before().remoteUser(user).isEmpty()) {
                throw Users.unknownUser(transaction.before(), "neighbour", user);
            }
            if (transaction.number("SELECT COUNT(*) FROM #remote_user WHERE user_name = ? AND state = 'SPLIT_HISTORY'", user) > 0) {
                throw WaybillError.PEER_SPLIT.with(user);
            }
            for (Subscription subscription : transaction.before().subscriptionsOf(user)) {
                expectNoWriters("REMOTE RESET", transaction.publication(subscription.publication()));
            }
            long head = transaction.sequenceToNow(administration.clock()).bytes();
            restartAll(transaction.raw(), transaction.dialect(), user, head);
            PeerRequests wanted = PeerRequests.of(transaction.text("SELECT request FROM #remote_user WHERE user_name = ?", user)).with(new PeerRequest.Reset(head, false));
            transaction.execute("UPDATE #remote_user SET request = ? WHERE user_name = ?", wanted.text(), user);
            Deed.note(transaction.raw(), transaction.dialect(), administration.clock(), "REMOTE RESET", user, transaction.before().subscriptionsOf(user).toString(), "all started at " + head);
        });
    }

    /** Everything that the subscriber is to get is started at this offset, the head, and nothing before it is owed. In the caller's transaction. */
    static void restartAll(Connection raw, Dialect dialect, String subscriber, long head) throws SQLException {
        beginAnew(raw, dialect, subscriber, new LogOffset(head));
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + dialect.catalogueTable("subscription") + " SET state = ?, started = ?, stopped = NULL WHERE user_name = ?")) {
            update.setString(1, State.STARTED.name());
            update.setLong(2, head);
            update.setString(3, subscriber);
            update.executeUpdate();
        }
    }

    /** For the agent, inside its own transaction: all that this subscriber is to get is asked for. */
    public static void requestAll(Connection raw, Dialect dialect, String subscriber) throws SQLException {
        CatalogueTransaction.nextVersion(raw, dialect);
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + dialect.catalogueTable("subscription") + " SET state = ? WHERE user_name = ? AND state IN (?, ?)")) {
            update.setString(1, State.SYNCHRONIZE_REQUESTED.name());
            update.setString(2, subscriber);
            update.setString(3, State.STARTED.name());
            update.setString(4, State.SYNCHRONIZING.name());
            update.executeUpdate();
        }
    }

    /**
     * For the agent, inside its own transaction: a subscriber who has nothing yet was taken in. All that he is to get is asked for, also what was only defined before; what a person stopped stays so.
     */
    public static void requestFirst(Connection raw, Dialect dialect, String subscriber) throws SQLException {
        requestAll(raw, dialect, subscriber);
        try (PreparedStatement update = raw.prepareStatement("UPDATE " + dialect.catalogueTable("subscription") + " SET state = ? WHERE user_name = ? AND state = ?")) {
            update.setString(1, State.SYNCHRONIZE_REQUESTED.name());
            update.setString(2, subscriber);
            update.setString(3, State.CREATED.name());
            update.executeUpdate();
        }
    }

    /**
     * For the agent, inside its own transaction: who may have begun to write to what this subscriber is to get before that came into force, and has not ended. Whoever begins later is captured. Those of the first answer are to be waited for before
     * {@link #requestFirst}, on a server (a dialect with a fence); elsewhere the agent sees the writers itself.
     */
    public static Set<String> earlyWriters(Connection raw, Dialect dialect, Catalogue catalogue, String subscriber) throws SQLException {
        Set<String> writers = new TreeSet<>();
        for (Subscription subscription : catalogue.subscriptionsOf(subscriber)) {
            Publication publication = catalogue.publication(subscription.publication()).orElse(null);
            if (publication != null && dialect.hasFence()) {
                dialect.raiseFence(raw, publication.sinceVersion());
                writers.addAll(dialect.openWriters(raw, tables(publication)));
            }
        }
        return writers;
    }

    private static List<TableName> tables(Publication publication) {
        return publication.articles().stream().flatMap(article -> article.audience() == null ? Stream.of(article.name()) : Stream.of(article.name(), article.audience().decider())).distinct().toList();
    }

    /** Removes, in the caller's transaction, what is recorded of offsets that the journal does not reach back to any more. */
    public static void forget(Connection raw, Dialect dialect, LogOffset trimmedTo) throws SQLException {
        Periods.removeUnreachable(raw, dialect, trimmedTo);
    }

    private static void say(CatalogueTransaction transaction, Subscription present, State state) throws SQLException {
        transaction.execute("UPDATE #subscription SET state = ? WHERE publication_id = ? AND user_name = ? AND subscribe_by = ?", state.name(), transaction.publicationId(present.publication()),
                present.subscriber(), present.value() == null ? "" : present.value());
    }

    private void change(String statement, String publication, String value, CatalogueTransaction.Change change) throws SQLException {
        CatalogueTransaction.run(administration, statement, checked(publication, value, change));
    }

    /** Transactions that are committed but have no log offset yet belong to the time before: START, STOP and DROP draw their line behind them. */
    private void changeAtHead(String statement, String publication, String value, CatalogueTransaction.Change change) throws SQLException {
        CatalogueTransaction.runAtHead(administration, statement, checked(publication, value, change));
    }

    private static CatalogueTransaction.Change checked(String publication, String value, CatalogueTransaction.Change change) {
        return transaction -> {
            transaction.publication(publication);
            change.make(transaction);
        };
    }

    /** Before the transaction, so that nobody waits for us while we wait. */
    void awaitWriters(String statement, String publication) throws SQLException {
        if (administration.wrote()) {
            throw WaybillError.CATALOGUE_IN_TRANSACTION.with(statement);
        }
        CatalogueTransaction.expectNobodyElsewhere(administration, statement);
        Publication wanted = CatalogueStore.load(administration.raw(), administration.dialect()).publication(publication).orElse(null);
        try {
            if (wanted != null && !administration.board().awaitWritersBefore(wanted.sinceVersion(), administration.patience())) {
                throw writersRemain(statement, wanted);
            }
            if (wanted != null && administration.dialect().hasFence()) {
                awaitWritersElsewhere(statement, wanted);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw writersRemain(statement, wanted);
        }
    }

    /** Whoever looked at the fence before it was raised has written by then, and is waited for. Whoever looks later fails. */
    private void awaitWritersElsewhere(String statement, Publication wanted) throws SQLException, InterruptedException {
        Dialect dialect = administration.dialect();
        List<TableName> tables = tables(wanted);
        dialect.raiseFence(administration.raw(), wanted.sinceVersion());
        Set<String> early = new TreeSet<>(dialect.openWriters(administration.raw(), tables));
        long end = System.nanoTime() + administration.patience().toNanos();
        while (!early.isEmpty()) {
            if (System.nanoTime() > end) {
                throw WaybillError.WRITERS_ELSEWHERE.with(statement, String.join(", ", early), wanted.name(), administration.patience().toSeconds());
            }
            TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN_NANOS);
            early.retainAll(dialect.openWriters(administration.raw(), tables));
        }
    }

    void expectNoWriters(String statement, Publication publication) throws SQLException {
        if (administration.board().writersBefore(publication.sinceVersion()) > 0) {
            throw writersRemain(statement, publication);
        }
    }

    private SQLException writersRemain(String statement, Publication publication) {
        return WaybillError.WRITERS_REMAIN.with(statement, administration.board().writersBefore(publication.sinceVersion()), publication.name(), administration.patience().toSeconds());
    }

    private static long head(CatalogueTransaction transaction) throws SQLException {
        return transaction.number("SELECT log_offset FROM #journal_head WHERE one = 1");
    }

    private static Subscription expectState(CatalogueTransaction transaction, String verb, String publication, String value, String subscriber, Set<State> allowed) throws SQLException {
        Subscription present = find(transaction.before(), publication, value, subscriber);
        if (present == null) {
            throw WaybillError.SUBSCRIPTION_UNKNOWN.with(subscriber, value.isEmpty() ? publication : publication + " ('" + value + "')");
        }
        if (!allowed.contains(present.state())) {
            throw WaybillError.SUBSCRIPTION_STATE.with(subscriber, publication, present.state(), verb, allowed);
        }
        return present;
    }

    private static Subscription find(Catalogue catalogue, String publication, String value, String subscriber) {
        return catalogue.subscriptionsOf(subscriber).stream().filter(subscription -> subscription.publication().equals(publication) && value.equals(subscription.value() == null ? "" : subscription.value()))
                .findFirst().orElse(null);
    }

    /** A value where the publication asks for one, which the rows can have; none elsewhere. */
    private static void expectFitting(Publication publication, String value, String subscriber) throws SQLException {
        Term.Column by = publication.articles().stream().map(Article::valueColumn).filter(column -> column != null).findFirst().orElse(null);
        if (by == null && !value.isEmpty()) {
            throw WaybillError.SUBSCRIPTION_VALUE.with(publication.name(), value);
        } else if (by != null && value.isEmpty()) {
            throw WaybillError.SUBSCRIPTION_WITHOUT_VALUE.with(publication.name(), by.text(), subscriber);
        }
        for (Article article : publication.articles()) {
            article.chosenBy(publication.name(), value);
        }
    }
}
