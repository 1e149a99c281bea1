// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionWriter;
import dev.waybill.durable.DurableStep;
import dev.waybill.journal.Digest;
import dev.waybill.journal.Journal;
import dev.waybill.journal.JournalEntry;
import dev.waybill.journal.JournalScan;
import dev.waybill.journal.LogOffset;
import dev.waybill.refresh.SnapshotSpool;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The process of {@link LargeTransactionTest}: a snapshot of a table, then one transaction that updates and deletes all its rows; databases on disk, little memory. */
final class LargeTransaction {

    private LargeTransaction() {}

    /** Arguments: a folder, the number of rows, characters in each. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        int rows = Integer.parseInt(arguments[1]);
        try (TestDatabase source = new TestDatabase(url(folder, "source")); TestDatabase replica = new TestDatabase(url(folder, "replica"))) {
            HeadOffice hq = new HeadOffice(source);
            source.execute("CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(10000))");
            for (int first = 0; first < rows; first += 1_000) {
                source.execute("INSERT INTO t SELECT x, REPEAT('x', " + arguments[2] + ") FROM SYSTEM_RANGE(" + (first + 1) + ", " + Math.min(rows, first + 1_000) + ")");
            }
            hq.publish("p", "t");
            hq.synchronize("p");
            LogOffset offset = hq.takeSnapshots().get(0).offset();
            replica.execute("INSERT INTO waybill.remote_user (user_name, consolidate, type_name, address, frequency) VALUES ('hq', 'Y', 'FILE', 'hq', 'B')");
            receive(replica, new ReceivedTransaction(offset, Digest.ZERO, any -> spooled(source)));
            expect(replica, "SELECT COUNT(*) FROM t WHERE v = REPEAT('x', " + arguments[2] + ")", rows);
            Path update = folder.resolve("update");
            write(new Source(source), rows, update);
            receive(replica, new ReceivedTransaction(new LogOffset(offset.bytes() + 1), Digest.ZERO, any -> Files.newInputStream(update)));
            expect(replica, "SELECT COUNT(*) FROM t WHERE v = 'y' || id", rows);
            System.out.println("equal: " + rows + " rows");
        }
    }

    private static String url(Path folder, String name) {
        return "jdbc:h2:file:" + folder.resolve(name) + ";CACHE_SIZE=4096;DB_CLOSE_DELAY=-1";
    }

    private static InputStream spooled(TestDatabase source) throws IOException, SQLException {
        try (JournalScan scan = new Journal(source.dialect()).scan(source.connection(), LogOffset.ZERO, null)) {
            JournalEntry entry = scan.next();
            return new SnapshotSpool(source.dialect()).open(source.connection(), SnapshotSpool.reference(entry.open()).spoolId());
        }
    }

    private static void write(Source hq, int rows, Path file) throws IOException, SQLException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            TransactionWriter writer = new TransactionWriter(out);
            writer.write(new Begin(UUID.randomUUID(), "hq", "", List.of()));
            for (long id = 1; id <= rows; id++) {
                writer.write(new Change(hq.shape("T"), Operation.UPDATE, null, null, new RowImage(new Object[] {id, "y" + id}), List.of()));
            }
            writer.write(new End(Instant.EPOCH, rows));
        }
    }

    private static void receive(TestDatabase replica, ReceivedTransaction transaction) throws SQLException {
        PlainAgentDatabase agent = new PlainAgentDatabase(replica);
        Applier applier = new Applier(replica.dialect());
        applier.prepare(agent, List.of(transaction));
        agent.transact(DurableStep.APPLY, raw -> applier.apply(raw, "hq", List.of(transaction)));
    }

    private static void expect(TestDatabase database, String sql, int rows) throws SQLException {
        if (database.number(sql) != rows) {
            throw new AssertionError(sql + " is " + database.number(sql) + ", not " + rows);
        }
    }
}
