// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.driver.facts.DatabaseFacts;
import dev.waybill.driver.facts.NameContext;
import dev.waybill.driver.recording.LocalWrites;
import dev.waybill.driver.recording.OutboxParts;
import dev.waybill.driver.recording.Recorder;
import dev.waybill.driver.recording.WrittenTables;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueBoard;
import dev.waybill.publication.CatalogueBoard.Received;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** What the connections of this process to one database share: its board, its dialect, the plans. Any thread. */
final class DatabaseCapture {

    /** Meanings of names beyond this many are not shared. */
    private static final int MAX_CONTEXTS = 64;

    private final Dialect dialect;
    private final CaptureProduct product;
    private final CatalogueBoard board;
    private final InstantSource clock;
    private final AtomicLong owners = new AtomicLong();
    private final AtomicLong definitions = new AtomicLong();
    private final LocalWrites localWrites;
    private final CaptureReport report = new CaptureReport();
    private volatile Shelf shelf = new Shelf(Catalogue.NONE, 0);

    DatabaseCapture(Dialect dialect, CaptureProduct product, CatalogueBoard board, InstantSource clock) {
        this.dialect = dialect;
        this.product = product;
        this.board = board;
        this.clock = clock;
        this.localWrites = new LocalWrites(clock);
    }

    Dialect dialect() {
        return dialect;
    }

    CaptureProduct product() {
        return product;
    }

    CatalogueBoard board() {
        return board;
    }

    /** What its applications write to tables that it receives. */
    LocalWrites localWrites() {
        return localWrites;
    }

    /** What the driver does not see of its published tables. */
    CaptureReport report() {
        return report;
    }

    InstantSource clock() {
        return clock;
    }

    /** Grows whenever a table or anything else that plans are made from may have changed. */
    long definitions() {
        return definitions.get() + board.received().revision();
    }

    /** A definition may have changed: plans are made anew. */
    void definitionsChanged() {
        definitions.incrementAndGet();
    }

    /** A number for a connection that shares no plans. */
    long nextOwner() {
        return owners.incrementAndGet();
    }

    /** The recorder of a new connection. */
    Recorder recorder(Connection raw) throws SQLException {
        return new Recorder(new OutboxParts(raw, dialect), clock, generator(), Objects.requireNonNullElse(raw.getMetaData().getUserName(), ""));
    }

    /**
     * For transaction ids, which must never come twice: two generators of 64 bits, so that the seed has 128. The platform's larger ones are in a module of their own, which a container's class loader may not reach.
     */
    private static RandomGenerator generator() {
        SecureRandom seeds = new SecureRandom();
        SplittableRandom one = new SplittableRandom(seeds.nextLong());
        SplittableRandom other = new SplittableRandom(seeds.nextLong());
        return () -> one.nextLong() ^ Long.rotateLeft(other.nextLong(), 32);
    }

    /**
     * The book of plans under this catalogue.
     *
     * @param context what names mean on this connection, or null when that has to be asked
     * @param owner   not 0 for a connection that shares no plans
     */
    PlanBook book(Connection raw, Catalogue catalogue, NameContext context, long owner) throws SQLException {
        PlanBook found = find(raw, catalogue, context, owner);
        dialect.forgetQueries(raw);
        return found;
    }

    private PlanBook find(Connection raw, Catalogue catalogue, NameContext context, long owner) throws SQLException {
        Received received = board.received();
        long now = definitions.get() + received.revision();
        NameContext names = catalogue.publishedTables().isEmpty() && received.tables().isEmpty() ? product.unknownNames() : context != null && !context.schemas().isEmpty() ? context : product.names(raw, owner);
        Shelf current = shelf;
        if (!current.isFor(catalogue, now)) {
            current = new Shelf(catalogue, now);
            shelf = current;
        }
        PlanBook known = current.books.get(names);
        if (known != null) {
            return known;
        }
        DatabaseFacts facts = product.facts(raw, catalogue, oneWay(received.tables(), catalogue), owner != 0);
        report.found(facts);
        PlanBook made = new PlanBook(catalogue, now, names, facts, product);
        if (owner == 0 && current.books.size() < MAX_CONTEXTS) {
            current.books.putIfAbsent(names, made);
        }
        return made;
    }

    /** What is received, and what nobody whom it comes from hears of when it is written here. */
    private static Set<TableName> oneWay(Set<TableName> received, Catalogue catalogue) {
        Set<TableName> answered = catalogue.answeredTables();
        return answered.isEmpty() || received.isEmpty() ? received : received.stream().filter(table -> !answered.contains(table)).collect(Collectors.toUnmodifiableSet());
    }

    /** WRITTEN_BEFORE_PUBLISHED when the transaction wrote a table that the newer catalogue publishes and the older one did not. */
    void refuseBecamePublished(WrittenTables written, Catalogue begun, Catalogue now) throws SQLException {
        TableName table = written.becamePublished(begun, now);
        if (table != null) {
            throw WaybillError.WRITTEN_BEFORE_PUBLISHED.with(table);
        }
    }

    /** The books of one catalogue and one state of the definitions. */
    private static final class Shelf {
        private final Catalogue catalogue;
        private final long definitions;
        private final Map<NameContext, PlanBook> books = new ConcurrentHashMap<>();

        Shelf(Catalogue catalogue, long definitions) {
            this.catalogue = catalogue;
            this.definitions = definitions;
        }

        boolean isFor(Catalogue other, long otherDefinitions) {
            return catalogue == other && definitions == otherDefinitions;
        }
    }
}
