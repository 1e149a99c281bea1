// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.apply.Applier;
import dev.waybill.apply.ReceivedTransaction;
import dev.waybill.change.Operation;
import dev.waybill.change.RowImage;
import dev.waybill.change.TableShape;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.End;
import dev.waybill.change.TransactionWriter;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.publication.PoisonPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLettersCommandTest {

    @TempDir
    private Path directory;

    private Database branch;

    /** A branch in which two transactions of hq are parked, the second behind the first. */
    @BeforeEach
    void park() throws Exception {
        branch = Database.at(directory, "branch").say("CREATE TABLE artist (id INT PRIMARY KEY, name VARCHAR(50))", "INSERT INTO artist VALUES (1, 'local')", "GRANT PUBLISH TO branch",
                "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'", "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq'", "ALTER CONSOLIDATE hq POISON PARK");
        try (Connection raw = DriverManager.getConnection(branch.url())) {
            Dialect dialect = Dialects.of(raw);
            TableShape artist = dialect.describe(raw, "PUBLIC", "ARTIST").shape();
            raw.setAutoCommit(false);
            new Applier(dialect).apply(raw, "hq", List.of(transaction(100, new Change(artist, Operation.INSERT, null, null, new RowImage(new Object[] {1L, "Bach"}), List.of())),
                    transaction(200, new Change(artist, Operation.UPDATE, null, null, new RowImage(new Object[] {1L, "J. S. Bach"}), List.of()))), PoisonPolicy.PARK);
            raw.commit();
        }
    }

    private static ReceivedTransaction transaction(long offset, Change change) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        TransactionWriter writer = new TransactionWriter(bytes);
        writer.write(new Begin(new UUID(0, offset), "hq", "", List.of()));
        writer.write(change);
        writer.write(new End(Instant.EPOCH, 1));
        return new ReceivedTransaction(new LogOffset(offset), new Digest(offset, 1), raw -> new ByteArrayInputStream(bytes.toByteArray()));
    }

    @Test
    void lettersAreListedShownAndRetriedWithThoseBehindThem() throws Exception {
        Outcome list = Outcome.of("dead-letters", branch.url());
        assertThat(list.exitCode()).isEqualTo(3);
        assertThat(list.out()).contains("PARKED", "PUBLIC.ARTIST", "hq", "waits behind it");
        assertThat(Outcome.done("dead-letters", branch.url(), "show", "1").out()).contains("INSERT PUBLIC.ARTIST", "Bach").contains("     1  ");
        assertThat(Outcome.of("dead-letters", branch.url(), "retry", "1").out()).contains("still parked");
        assertThat(Outcome.of("status", branch.url()).out()).contains("DIVERGED");
        branch.bare("DELETE FROM artist");
        assertThat(Outcome.done("dead-letters", branch.url(), "retry", "1").out().lines()).containsExactly("letter 1 applied", "letter 2 applied");
        assertThat(branch.rows("SELECT name FROM artist")).containsExactly("J. S. Bach");
        assertThat(Outcome.done("dead-letters", branch.url(), "list").out()).contains("No dead letters");
        assertThat(branch.rows("SELECT what FROM waybill.audit ORDER BY audit_id")).contains("ALTER CONSOLIDATE", "RETRY DEAD LETTER");
    }

    @Test
    void whatCannotBeUndoneNeedsAYes() throws Exception {
        Outcome refused = Outcome.of("dead-letters", branch.url(), "discard", "1");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("--yes");
        assertThat(Outcome.done("dead-letters", branch.url(), "discard", "1", "--yes").out()).contains("letter 1 discarded", "letter 2 applied");
        assertThat(branch.rows("SELECT name FROM artist")).containsExactly("J. S. Bach");
        assertThat(Outcome.of("dead-letters", branch.url(), "retry", "1").err()).contains("no dead letter 1 that is parked");
        assertThat(Outcome.done("dead-letters", branch.url(), "verified", "hq", "--yes").out()).contains("1 records of hq forgotten");
        assertThat(Outcome.done("dead-letters", branch.url()).out()).contains("No dead letters");
    }

    @Test
    void aLetterIsEditedAndApplied() throws Exception {
        assertThat(Outcome.of("dead-letters", branch.url(), "edit", "1", "--set", "2:NAME=x").err()).contains("no change 2");
        Outcome.done("dead-letters", branch.url(), "edit", "1", "--set", "1:ID=2", "--set", "1:name=Monk");
        Outcome retried = Outcome.done("dead-letters", branch.url(), "retry", "1");
        assertThat(retried.out().lines()).containsExactly("letter 1 applied", "letter 2 applied");
        assertThat(branch.rows("SELECT name FROM artist ORDER BY id")).containsExactly("J. S. Bach", "Monk");
    }

    @Test
    void theHelpTeaches() {
        assertThat(Outcome.done("dead-letters", "--help").out()).contains("retry N", "edit N", "discard N", "verified NAME", "Example");
    }
}
