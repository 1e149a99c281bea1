// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.TransactionRecord.SnapshotReference;
import dev.waybill.durable.AgentDatabase;
import dev.waybill.durable.DurableStep;
import dev.waybill.journal.Journal;
import dev.waybill.journal.JournalEntry;
import dev.waybill.journal.JournalScan;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.journal.Sequencer;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Boards;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.Identifier;
import dev.waybill.publication.Publications;
import dev.waybill.publication.Subscriptions;
import dev.waybill.publication.TableReference;
import dev.waybill.publication.Users;
import dev.waybill.refresh.SnapshotSpool;
import dev.waybill.refresh.SnapshotTaker;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** A database that publishes to {@code branch}, with what an agent does there. */
final class HeadOffice {

    /** All that is asked for, and nobody begins anew. */
    static final SnapshotTaker.Choice EVERYTHING = new SnapshotTaker.Choice() {
        @Override
        public Set<String> anew(Catalogue catalogue) {
            return Set.of();
        }

        @Override
        public boolean isConfirmed(String subscriber, LogOffset snapshot) {
            return true;
        }

        @Override
        public void begins(Connection raw, String subscriber, Position base) {
            throw new AssertionError(subscriber);
        }
    };

    private final TestDatabase database;
    private final AgentDatabase agent;

    HeadOffice(TestDatabase database) throws SQLException {
        this(database, new PlainAgentDatabase(database));
    }

    HeadOffice(TestDatabase database, AgentDatabase agent) throws SQLException {
        this.database = database;
        this.agent = agent;
        new Users(administration()).grantPublish("hq");
        new Users(administration()).createMessageType("FILE", "hq", false);
        new Users(administration()).grantRemote("branch", false, "FILE", "branch", null, null);
    }

    private Administration administration() throws SQLException {
        return new Administration(database.connection(), database.dialect(), Boards.of(database.dialect().databaseKey(database.connection())), InstantSource.system(), false, Duration.ofSeconds(5));
    }

    void publish(String publication, String... tables) throws SQLException {
        new Publications(administration()).create(publication, Stream.of(tables).map(HeadOffice::table).toList());
        new Subscriptions(administration()).create(publication, "", List.of("branch"));
    }

    void synchronize(String publication) throws SQLException {
        new Subscriptions(administration()).synchronize(publication, "", List.of("branch"));
    }

    List<SnapshotTaker.Taken> takeSnapshots() throws SQLException {
        return new SnapshotTaker(database.dialect(), new Sequencer(database.dialect(), InstantSource.system()), UUID::randomUUID, InstantSource.system()).take(agent, EVERYTHING);
    }

    void sequence() throws SQLException {
        while (agent.transact(DurableStep.SEQUENCE, raw -> new Sequencer(database.dialect(), InstantSource.system()).sequence(raw)).more()) {
            continue;
        }
    }

    /** What the branch would receive: the journal from an offset on, with the spool in the place of a snapshot's entry. */
    List<ReceivedTransaction> journal(LogOffset after) throws SQLException {
        return agent.read(raw -> {
            List<ReceivedTransaction> received = new ArrayList<>();
            try (JournalScan scan = new Journal(database.dialect()).scan(raw, after, null)) {
                for (JournalEntry entry = scan.next(); entry != null; entry = scan.next()) {
                    byte[] content = content(raw, entry);
                    received.add(new ReceivedTransaction(entry.offset(), entry.digest(), new ReceivedTransaction.InMemory(content, 0, content.length)));
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            return received;
        });
    }

    private byte[] content(Connection raw, JournalEntry entry) throws IOException, SQLException {
        SnapshotReference reference = entry.target() == null ? null : SnapshotSpool.reference(entry.open());
        try (InputStream content = reference == null ? entry.open() : new SnapshotSpool(database.dialect()).open(raw, reference.spoolId())) {
            return content.readAllBytes();
        }
    }

    private static TableReference table(String text) {
        String[] parts = text.split("[(,)]");
        return new TableReference(null, new Identifier(parts[0], false), Stream.of(parts).skip(1).map(column -> new Identifier(column, false)).toList());
    }
}
