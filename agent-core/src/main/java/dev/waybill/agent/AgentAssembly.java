// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.aftercommit.AfterCommitJobs;
import dev.waybill.apply.Applier;
import dev.waybill.call.RemoteCalls;
import dev.waybill.delivery.DeliverySettings;
import dev.waybill.dialect.Dialect;
import dev.waybill.journal.Journal;
import dev.waybill.journal.Sequencer;
import dev.waybill.listen.AgentListening;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import dev.waybill.message.MessageKind;
import dev.waybill.notify.Notifiers;
import dev.waybill.publication.CatalogueHistory;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.refresh.SnapshotSpool;
import dev.waybill.refresh.SnapshotTaker;
import dev.waybill.rights.Rights;
import dev.waybill.seal.Keys;
import dev.waybill.tentative.TentativeRuns;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Puts one agent together from what is handed in. Made, used up by {@link MessageAgent}, and forgotten. */
final class AgentAssembly {

    private static final System.Logger LOG = System.getLogger(AgentAssembly.class.getName());
    private static final int CODING_AT_ONCE = 2;

    final AgentHome home;
    final PooledAgentDatabase database;
    final InstantSource clock;
    final AgentEvents events;
    final Troubles troubles;
    final AgentJournal view;
    final AgentLinks links;
    final Seals seals;
    final Neighbourhood neighbourhood;
    final Inbox inbox;
    final Deletions deletions;
    final Confirming confirming;
    final Incoming incoming;
    final Outgoing outgoing;
    final Post post;
    final Speech speech;
    final Beside reading;
    final Beside coding;
    final Sequencing sequencing;
    final Synchronizing synchronizing;
    final Trimming trimming;
    final Requests requests;
    final Books books;
    final ReadingBook readingBook;
    final SendTimes sendTimes;
    final Admissions admissions;
    final AfterCommitJobs jobs;
    final Notifiers notifiers;
    final AgentListening listening;
    final Calling calling;
    final Propagating propagating;

    AgentAssembly(AgentHome home, PooledAgentDatabase database, AgentSurroundings around, Runnable wake, boolean batch) {
        this.home = home;
        this.database = database;
        this.clock = around.clock();
        this.events = around.events();
        Dialect dialect = home.dialect();
        AgentSettings settings = home.settings();
        DeliverySettings delivery = batch ? settings.batchDelivery() : settings.delivery();
        MessageBounds bounds = MessageBounds.of(settings.maxMessageBytes());
        MessageCodec codec = new MessageCodec(bounds);
        Journal journal = new Journal(dialect);
        Sequencer sequencer = new Sequencer(dialect, clock);
        CatalogueHistory history = new CatalogueHistory(dialect);
        SnapshotSpool spool = new SnapshotSpool(dialect);
        DeliveryStore store = new DeliveryStore(dialect);
        view = new AgentJournal(database, journal);
        troubles = new Troubles(home.databaseKey(), events);
        links = new AgentLinks(around.links(), settings.maxMessageBytes(), wake);
        Keys keys = new Keys(settings.keys(), clock);
        seals = new Seals(keys, bounds, troubles);
        neighbourhood = new Neighbourhood(database, dialect, raw -> CatalogueStore.load(raw, dialect), store, view, delivery, name -> new Envelope.Limits(settings.maxMessageBytes(), MessageCodec.CODECS, seals.acceptedOf(name)), clock);
        books = new Books(database, store, clock);
        readingBook = new ReadingBook(database, dialect, clock);
        post = new Post(database, links, codec, seals, settings.maxMessageBytes(), troubles, events, clock);
        speech = new Speech(post, view::head, around.random(), clock);
        coding = new Beside(around.threads(), CODING_AT_ONCE);
        inbox = new Inbox(links, seals, coding, database, new QuarantineBook(dialect), troubles, events, clock, settings.arrivalsAtMost());
        Staging staging = new Staging(dialect);
        reading = new Beside(around.threads(), 1);
        Applying applying = new Applying(database, home.board(), dialect, new Applier(dialect, reading, (raw, sender) -> Rights.of(neighbourhood.catalogue(), sender), () -> id(around.random()), clock), inbox, staging, troubles, events, clock);
        confirming = new Confirming(database, speech, around.threads());
        calling = new Calling(database, home, new RemoteCalls(database, dialect, home.jobs(), around.threads(), clock, wake), new Refreshing(database, home, view, clock), post, speech, clock);
        propagating = new Propagating(database, dialect, new TentativeRuns(database, dialect, home.jobs(), around.threads(), clock, wake), post, speech, clock);
        Map<MessageKind, Incoming.Routed> routes = new EnumMap<>(calling.routes());
        routes.put(MessageKind.TENTATIVE, propagating::take);
        deletions = new Deletions(database, inbox, troubles, events, clock);
        incoming = new Incoming(database, inbox, staging, applying, deletions, speech, confirming, troubles, events, clock, routes);
        outgoing = new Outgoing(database, dialect, journal, history, spool, delivery, post, speech, coding, clock);
        sequencing = new Sequencing(database, database.isEmbedded(), dialect, sequencer, view, around.threads(), clock, events);
        synchronizing = new Synchronizing(dialect, home.board(), database, new SnapshotTaker(dialect, sequencer, () -> id(around.random()), clock), sequencing::settle, store, troubles, links, clock);
        requests = new Requests(database, dialect, store, journal, troubles, clock);
        admissions = new Admissions(keys, database, dialect, store, speech, troubles, settings.patience(), clock);
        trimming = new Trimming(database, dialect, journal, sequencing::settle, spool, store, view, settings.retention(), troubles, clock);
        sendTimes = new SendTimes(database, dialect, clock, around.place(), batch);
        jobs = new AfterCommitJobs(database, dialect, home.jobs(), around.threads(), clock, wake, JobFailures.of(troubles));
        notifiers = new Notifiers(database, dialect, batch ? null : home.jobs(), home.notices(), keys::book, clock, around.random(), around.threads(), wake);
        listening = new AgentListening(keys::book, clock, around.random(), around.threads(), wake, text -> LOG.log(System.Logger.Level.WARNING, text));
    }

    private static UUID id(RandomGenerator random) {
        return new UUID(random.nextLong(), random.nextLong());
    }
}
