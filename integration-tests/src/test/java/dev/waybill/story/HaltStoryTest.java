// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing is sent or confirmed before the commit that it speaks of is on disk. H2 writes up to half a second after a commit; a virtual machine that halts the moment a message becomes visible loses what was not written.
 */
class HaltStoryTest {

    private static final int TIMES = 2;

    @TempDir
    private Path folder;

    private void halt(String url, String sql, int first, String mailbox, int messages) throws Exception {
        List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), "dev.waybill.story.HaltedWriter", url, sql, Integer.toString(first),
                folder.resolve("messages").resolve(mailbox).toString(), Integer.toString(messages));
        File log = folder.resolve("halted.log").toFile();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log)).start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("halted in time; see its log: " + Files.readString(log.toPath())).isTrue();
            assertThat(process.exitValue()).as(Files.readString(log.toPath())).isEqualTo(7);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Everything that a message holds is in the reopened database: else the replica would have what its source has not. */
    @Test
    void whatASentMessageHoldsIsOnDisk() throws Exception {
        try (Site hq = new Site(folder, "hq"); Site branch = new Site(folder, "branch")) {
            hq.say("CREATE TABLE artist (id INT PRIMARY KEY, name VARCHAR(100))").publisher().above("branch");
            hq.say("CREATE PUBLICATION music (TABLE artist)", "CREATE SUBSCRIPTION TO music FOR branch", "SYNCHRONIZE SUBSCRIPTION TO music FOR branch");
            branch.publisher().below("hq");
            branch.awaitEqual(hq, "artist");
            for (int time = 1; time <= TIMES; time++) {
                hq.leave();
                branch.leave();
                halt("jdbc:waybill:h2:file:" + hq.file(), "INSERT INTO artist VALUES (?, 'written before a halt')", time * 100_000, "branch", time * 2);
                hq.set("waybill.agent", "off");
                branch.connection();
                long confirmed = awaitQuiet(branch);
                try (Connection here = branch.bare(); Connection there = hq.bare()) {
                    assertThat(TableComparison.differences(there, here, List.of("artist"))).as("rows that the replica has and its source has lost").noneMatch(line -> line.contains("only at the replica"));
                    assertThat(HeadOfficeAndBranch.number(there, "SELECT log_offset FROM waybill.journal_head")).isGreaterThanOrEqualTo(confirmed);
                }
                hq.leave();
                hq.set("waybill.agent", "auto");
                awaitEqualButForAHalf(hq, branch);
                assertThat(hq.text("SELECT state FROM waybill.remote_user")).isEqualTo("ACTIVE");
            }
            assertThat(hq.number("SELECT COUNT(*) FROM artist")).isPositive();
        }
    }

    /**
     * Of the one transaction that was under way in the moment of the halt, H2 may have kept the row of the table and not that of the outbox (the reverse is mended, see {@code HalfKept}): then the newest row is here alone, no other may be.
     */
    private static void awaitEqualButForAHalf(Site hq, Site branch) throws Exception {
        try {
            branch.awaitEqual(hq, "artist");
        } catch (ConditionTimeoutException different) {
            try (Connection here = branch.bare(); Connection there = hq.bare()) {
                long newest = HeadOfficeAndBranch.number(there, "SELECT MAX(id) FROM artist");
                List<String> differences = TableComparison.differences(there, here, List.of("artist"));
                if (differences.size() != 1 || !differences.get(0).contains("only at the source: {ID=" + newest + ",")) {
                    throw different;
                }
                System.out.println("H2 kept half of the transaction that was under way: " + differences);
            }
            hq.say("SYNCHRONIZE SUBSCRIPTION TO music FOR branch");
            branch.awaitEqual(hq, "artist");
        }
    }

    /** Until everything that lies in the mailbox has been taken; how far that is. */
    private long awaitQuiet(Site branch) throws Exception {
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(() -> HaltedWriter.messages(folder.resolve("messages").resolve("branch")) == 0);
        return branch.number("SELECT log_received FROM waybill.remote_user");
    }

    /** What was confirmed is in the reopened replica: else its source would never send it again. */
    @Test
    void whatWasConfirmedIsOnDisk() throws Exception {
        try (Site hq = new Site(folder, "hq"); Site branch = new Site(folder, "branch")) {
            hq.say("CREATE TABLE artist (id INT PRIMARY KEY, name VARCHAR(100))").publisher().above("branch");
            hq.say("CREATE PUBLICATION music (TABLE artist)", "CREATE SUBSCRIPTION TO music FOR branch", "SYNCHRONIZE SUBSCRIPTION TO music FOR branch");
            branch.publisher().below("hq").say("CREATE TABLE own_work (id INT PRIMARY KEY)");
            branch.awaitEqual(hq, "artist");
            for (int time = 1; time <= TIMES; time++) {
                branch.leave();
                for (int i = 0; i < 50; i++) {
                    hq.say("INSERT INTO artist VALUES (" + (time * 100 + i) + ", 'to be confirmed')");
                }
                hq.leave();
                halt("jdbc:waybill:h2:file:" + branch.file(), "INSERT INTO own_work VALUES (?)", time * 100_000, "hq", 1);
                branch.set("waybill.agent", "off");
                long received = branch.number("SELECT log_received FROM waybill.remote_user");
                hq.connection();
                TimeUnit.MILLISECONDS.sleep(500);
                assertThat(hq.number("SELECT confirm_sent FROM waybill.remote_user")).as("confirmed to head office, and what the replica has kept").isLessThanOrEqualTo(received);
                branch.leave();
                branch.set("waybill.agent", "auto");
                branch.awaitEqual(hq, "artist");
                assertThat(hq.text("SELECT state FROM waybill.remote_user")).isEqualTo("ACTIVE");
            }
        }
    }
}
