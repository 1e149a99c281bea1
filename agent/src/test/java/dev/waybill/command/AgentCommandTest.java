// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentCommandTest {

    private static final String EVERYTHING = "SELECT id || '=' || name FROM artist ORDER BY id";

    @TempDir
    private Path directory;

    private Database hq(String sending) {
        return Database.at(directory, "hq").say("CREATE TABLE artist (id INT PRIMARY KEY, name VARCHAR(50))", "INSERT INTO artist VALUES (1, 'Bach')", "GRANT PUBLISH TO hq",
                "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + directory.resolve("messages") + "'",
                "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' " + sending, "CREATE PUBLICATION music (TABLE artist)", "CREATE SUBSCRIPTION TO music FOR branch",
                "SYNCHRONIZE SUBSCRIPTION TO music FOR branch");
    }

    private Database branch(String sending) {
        return Database.at(directory, "branch").say("GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'",
                "SET REMOTE FILE OPTION directory = '" + directory.resolve("messages") + "'", "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' " + sending);
    }

    private static Outcome batch(Database database) {
        return Outcome.done("agent", database.url(), "--once", "--verbose");
    }

    /** Both have heard of each other: only then is anything sent that has an order. */
    private static void meet(Database hq, Database branch) {
        batch(hq);
        batch(branch);
    }

    private List<Path> messages(String mailbox) throws Exception {
        try (var files = Files.list(directory.resolve("messages").resolve(mailbox))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void batchesInTurnMakeTheReplicaEqual() throws Exception {
        Database hq = hq("SEND EVERY '00:00:00'");
        Database branch = branch("SEND EVERY '00:00:00'");
        meet(hq, branch);
        assertThat(batch(hq).out()).contains("got join").contains("sent (0-0000000000-");
        assertThat(batch(branch).out()).contains("applied 1 transaction").contains("sent confirmation to hq");
        assertThat(branch.rows(EVERYTHING)).containsExactly("1=Bach");
        hq.say("INSERT INTO artist VALUES (2, 'Ravel'), (3, 'Satie')", "UPDATE artist SET name = 'J. S. Bach' WHERE id = 1", "DELETE FROM artist WHERE id = 3");
        batch(hq);
        batch(branch);
        batch(hq);
        assertThat(branch.rows(EVERYTHING)).containsExactly("1=J. S. Bach", "2=Ravel").isEqualTo(hq.rows(EVERYTHING));
        assertThat(Outcome.done("status", hq.url()).out()).contains("ACTIVE").doesNotContain("HALTED");
        assertThat(hq.rows("SELECT confirm_sent = (SELECT log_offset FROM waybill.journal_head) FROM waybill.remote_user")).containsExactly("TRUE");
        assertThat(messages("hq")).isEmpty();
    }

    @Test
    void batchRunsWhatWasKeptForAfterTheCommitAndWaitsForIt() throws Exception {
        Database hq = hq("");
        assertThat(Outcome.done("sql", hq.url(), "START AFTER COMMIT NONUNIQUE INSERT INTO artist VALUES (7, 'by a job')").out()).containsIgnoringCase("job_id");
        batch(hq);
        assertThat(hq.rows("SELECT state FROM waybill.after_commit_job")).containsExactly("DONE");
        assertThat(hq.rows(EVERYTHING)).containsExactly("1=Bach", "7=by a job");
        assertThat(hq.rows("SELECT COUNT(*) FROM waybill.outbox")).as("what the job wrote was captured and sequenced").containsExactly("0");
        assertThat(hq.rows("SELECT COUNT(*) FROM waybill.journal WHERE target IS NULL")).containsExactly("1");
    }

    @Test
    void messageLostBetweenBatchesIsAskedForAndComes() throws Exception {
        Database hq = hq("");
        Database branch = branch("");
        meet(hq, branch);
        batch(hq);
        batch(branch);
        hq.say("INSERT INTO artist VALUES (2, 'Ravel')");
        batch(hq);
        for (Path lost : messages("branch")) {
            Files.delete(lost);
        }
        hq.say("INSERT INTO artist VALUES (3, 'Satie')");
        batch(hq);
        assertThat(batch(branch).out()).contains("ASKED for a resend");
        assertThat(batch(hq).out()).contains("resending to branch").contains("sent (1-");
        batch(branch);
        assertThat(branch.rows(EVERYTHING)).containsExactly("1=Bach", "2=Ravel", "3=Satie");
    }

    @Test
    void journalKeepsNoMoreThanTheCommandSays() throws Exception {
        Database hq = hq("");
        Database branch = branch("");
        meet(hq, branch);
        hq.say("INSERT INTO artist SELECT x, RANDOM_UUID() FROM SYSTEM_RANGE(2, 4000)");
        batch(hq);
        batch(branch);
        batch(hq);
        assertThat(hq.rows("SELECT COUNT(*) > 0 FROM waybill.journal")).as("kept for a restored replica").containsExactly("TRUE");
        assertThat(Outcome.of("agent", hq.url(), "--once", "--journal-keep-bytes", "1KB", "--journal-keep", "800h").exitCode()).as("the outer bound is 720h").isEqualTo(2);
        Outcome.done("agent", hq.url(), "--once", "--journal-keep-bytes", "0");
        assertThat(hq.rows("SELECT COUNT(*) FROM waybill.journal")).as("confirmed, and none of it is kept").containsExactly("0");
    }

    @Test
    void withoutSendClauseTheAgentRunsOneBatch() throws Exception {
        Database hq = hq("");
        Outcome outcome = Outcome.done("agent", hq.url(), "-v");
        assertThat(outcome.out()).contains("sent join to branch");
        assertThat(messages("branch")).isNotEmpty();
    }

    @Test
    void databaseWithoutPublisherHasNothingForAnAgent() throws SQLException {
        Database bare = Database.at(directory, "bare").bare("CREATE TABLE t (id INT PRIMARY KEY)");
        Outcome outcome = Outcome.of("agent", bare.url());
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("no publisher").contains("GRANT PUBLISH TO name").contains(bare.url());
        assertThat(bare.rows("SELECT COUNT(*) FROM INFORMATION_SCHEMA.SCHEMATA WHERE SCHEMA_NAME = 'WAYBILL'")).containsExactly("0");
    }

    @Test
    void fileThatAnotherProcessHasOpenIsSaidClearly() throws Exception {
        Database hq = hq("");
        try (OtherProcess holder = OtherProcess.start(directory.resolve("holder.txt"), OtherProcess.Holder.class, hq.url())) {
            await().atMost(Duration.ofSeconds(120)).until(() -> holder.said().contains("open"));
            for (String[] command : new String[][] {{"agent", hq.url()}, {"agent", hq.url(), "--once"}, {"status", hq.url()}, {"install", hq.url()}, {"uninstall", hq.url(), "--yes"}, {"sql", hq.url(), "SELECT 1"}}) {
                Outcome outcome = Outcome.of(command);
                assertThat(outcome.exitCode()).as(command[0]).isEqualTo(1);
                assertThat(outcome.err()).contains("open in another process").contains("waybill.agent=auto").contains("AUTO_SERVER=TRUE").contains(hq.url());
            }
        }
    }

    @Test
    void continuousAgentAppliesWhatComesAndEndsWithSigterm() throws Exception {
        Database hq = hq("SEND EVERY '00:00:00'");
        Database branch = branch("SEND EVERY '00:00:00'");
        try (OtherProcess agent = OtherProcess.start(directory.resolve("agent.txt"), Main.class, "agent", branch.url(), "-v", "--patience", "300ms")) {
            batch(hq);
            await().atMost(Duration.ofSeconds(120)).until(() -> agent.said().contains("sent join to hq"));
            batch(hq);
            await().atMost(Duration.ofSeconds(120)).until(() -> agent.said().contains("applied 1 transaction"));
            hq.say("INSERT INTO artist VALUES (2, 'Ravel')");
            batch(hq);
            await().atMost(Duration.ofSeconds(120)).until(() -> agent.said().lines().filter(line -> line.startsWith("applied")).count() == 2);
            assertThat(agent.terminate()).isTrue();
            assertThat(agent.said()).doesNotContain("Exception").doesNotContain("WARN");
        }
        assertThat(branch.rows(EVERYTHING)).containsExactly("1=Bach", "2=Ravel");
        assertThat(branch.rows("SELECT holder FROM waybill.lease")).as("the lease is given back").containsOnlyNulls();
    }

    @Test
    void userWithTooFewRightsIsToldTheRemedyAndNothingIsLost() throws Exception {
        Database hq = hq("");
        hq.bare("CREATE USER clerk PASSWORD 'c'", "GRANT ALL ON SCHEMA waybill TO clerk", "GRANT ALL ON SCHEMA public TO clerk");
        String url = hq.url() + ";USER=clerk;PASSWORD=c";
        Outcome.done("sql", url, "INSERT INTO artist VALUES (2, 'Ravel')");
        for (Outcome outcome : List.of(Outcome.of("agent", url), Outcome.of("agent", url, "--once"))) {
            assertThat(outcome.exitCode()).isEqualTo(1);
            assertThat(outcome.err()).contains("CLERK has too few rights").contains("ALTER USER \"CLERK\" ADMIN TRUE").doesNotContain("\tat ");
        }
        Database branch = branch("");
        meet(hq, branch);
        batch(hq);
        batch(branch);
        assertThat(branch.rows(EVERYTHING)).containsExactly("1=Bach", "2=Ravel");
    }

    @Test
    void haltedExchangeIsShownAndGoesOnWhenTheCauseIsGone() throws Exception {
        Database hq = hq("");
        Database branch = branch("");
        meet(hq, branch);
        batch(hq);
        batch(branch);
        branch.bare("ALTER TABLE artist DROP COLUMN name");
        hq.say("INSERT INTO artist VALUES (2, 'Ravel')");
        Outcome behind = Outcome.done("status", hq.url());
        assertThat(behind.out()).contains("1 outbox rows not yet sequenced");
        batch(hq);
        Outcome lagging = Outcome.done("status", hq.url());
        assertThat(lagging.out()).containsPattern("branch +below +FILE branch +BATCH +\\d{10} +\\d{10} +[1-9]\\d* +\\S+ ?m?s?");
        assertThat(Outcome.of("agent", branch.url(), "--once").exitCode()).as("something needs attention").isEqualTo(3);
        Outcome halted = Outcome.of("status", branch.url());
        assertThat(halted.exitCode()).isEqualTo(3);
        assertThat(halted.out()).contains("HALTED").contains("APPLY_COLUMN_MISSING").contains("NAME").contains("ALTER TABLE").contains("ADD COLUMN");
        branch.bare("ALTER TABLE artist ADD COLUMN name VARCHAR(50)");
        batch(branch);
        assertThat(Outcome.done("status", branch.url()).out()).doesNotContain("HALTED");
        assertThat(branch.rows("SELECT name FROM artist WHERE id = 2")).containsExactly("Ravel");
    }

    @Test
    void messagesAreShownWholeDamagedOrTooLarge() throws Exception {
        Database hq = hq("");
        meet(hq, branch(""));
        batch(hq);
        Path message = messages("branch").stream().max(Comparator.comparingLong(file -> file.toFile().length())).orElseThrow();
        Outcome shown = Outcome.done("show", message.toString());
        assertThat(shown.out()).contains(message.toString()).contains("(0-0000000000-").contains("from            hq").contains("to              branch").contains("SNAPSHOT of music").contains("ID=1, NAME='Bach'")
                .contains("checksum agrees");
        byte[] bytes = Files.readAllBytes(message);
        bytes[bytes.length / 2] ^= 1;
        Path damaged = Files.write(directory.resolve("damaged.msg"), bytes);
        Path garbage = Files.write(directory.resolve("garbage.msg"), new byte[500]);
        Outcome refused = Outcome.of("show", damaged.toString(), garbage.toString(), message.toString());
        assertThat(refused.exitCode()).isEqualTo(3);
        assertThat(refused.out()).contains("REFUSED").contains("it seems to be from hq").contains("NAME='Bach'");
        Path large = directory.resolve("large.msg");
        try (var file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength((256L << 20) + 1);
        }
        Outcome tooLarge = Outcome.of("show", large.toString());
        assertThat(tooLarge.exitCode()).isEqualTo(1);
        assertThat(tooLarge.err()).contains("more than any message").contains("not read");
        Outcome missing = Outcome.of("show", directory.resolve("none.msg").toString());
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("There is no file");
    }
}
