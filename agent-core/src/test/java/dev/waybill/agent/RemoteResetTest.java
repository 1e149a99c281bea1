// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.publication.Peers;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R11: who says REMOTE RESET vouches for a database as it is at that moment. Restored to the time before, it must not go on as if it had what its copy lacks. */
class RemoteResetTest {

    private static final int ROUNDS = 400;

    @TempDir
    private Path folder;

    private interface Condition {
        boolean holds() throws SQLException;
    }

    private static void until(TwoDatabases two, Condition condition) throws SQLException {
        for (int round = 0; !condition.holds(); round++) {
            assertThat(round).as("rounds; hq: %s, branch: %s", exchange(two.hq), exchange(two.branch)).isLessThan(ROUNDS);
            two.turn(Duration.ofMillis(500));
        }
    }

    private static String exchange(Site site) throws SQLException {
        return site.rows("SELECT user_name, state, state_reason, receive_state, receive_reason, stream_sent, stream_base, stream_received, log_sent, log_received, confirm_sent, heard_stream, heard_offset, stream_word FROM waybill.remote_user");
    }

    private TwoDatabases downward() throws Exception {
        TwoDatabases two = TwoDatabases.over(folder);
        two.hq.insert(1, "one").say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
        two.converge(ROUNDS);
        until(two, () -> two.hq.rows("SELECT state FROM waybill.subscription").equals("STARTED\n"));
        return two;
    }

    /** The branch writes, head office reads. */
    private TwoDatabases upward() throws Exception {
        TwoDatabases two = TwoDatabases.over(folder);
        two.branch.say(Site.CREATE_ITEM, "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR hq", "START SUBSCRIPTION TO stock FOR hq").insert(1, "one");
        until(two, () -> isServed(two));
        return two;
    }

    private static boolean isServed(TwoDatabases two) throws SQLException {
        return two.branch.neighbour("CASE WHEN confirm_sent = log_sent AND log_sent = (SELECT log_offset FROM waybill.journal_head) AND request IS NULL THEN 1 ELSE 0 END").equals("1")
                && two.branch.rows("SELECT COUNT(*) FROM waybill.outbox").equals("0\n") && two.hq.items().equals(two.branch.items());
    }

    static List<String> copyOf(Site site) throws SQLException {
        return site.rows("SCRIPT").lines().toList();
    }

    static void restore(Site site, List<String> copy) throws SQLException {
        site.restart();
        site.say("DROP ALL OBJECTS");
        try (Statement statement = site.application.createStatement()) {
            StringBuilder sql = new StringBuilder();
            for (String line : copy) {
                sql.append(line).append('\n');
                if (line.endsWith(";")) {
                    statement.execute(sql.toString());
                    sql.setLength(0);
                }
            }
        }
    }

    @Test
    void aBranchThatIsRestoredToTheTimeBeforeItIsSynchronizedAnewByItself() throws Exception {
        try (TwoDatabases two = downward()) {
            List<String> copy = copyOf(two.branch);
            two.hq.insert(2, "two");
            two.converge(ROUNDS);
            two.hq.say("REMOTE RESET branch").insert(3, "three");
            restore(two.branch, copy);
            two.converge(ROUNDS);
            assertThat(two.hq.neighbour("stream_sent || ' ' || stream_word || ' ' || state")).isEqualTo("2 NONE ACTIVE");
            assertThat(two.branch.neighbour("stream_received || ' ' || receive_state")).isEqualTo("2 ACTIVE");
        }
    }

    @Test
    void aHeadOfficeThatIsRestoredToTheTimeBeforeItSaysSoAndWaitsForAPerson() throws Exception {
        try (TwoDatabases two = upward()) {
            List<String> copy = copyOf(two.hq);
            two.branch.insert(2, "two");
            until(two, () -> isServed(two));
            two.branch.say("REMOTE RESET hq").insert(3, "three");
            restore(two.hq, copy);
            until(two, () -> two.branch.neighbour("state").equals("NEEDS_RESYNC"));
            assertThat(two.hq.neighbour("receive_state")).isEqualTo("HALTED");
            assertThat(two.hq.neighbour("receive_reason")).contains("REMOTE RESET hq", "restored from an older copy");
            assertThat(two.branch.neighbour("state_reason")).contains("restored from a copy made before somebody vouched");
            assertThat(two.hq.items()).as("nothing of the new stream is applied").isEqualTo("1|one|1\n");
            two.hq.say("INSERT INTO item VALUES (2, 'two', 2)", "INSERT INTO item VALUES (3, 'three', 3)");
            two.branch.say("REMOTE RESET hq").insert(4, "four");
            until(two, () -> isServed(two));
            assertThat(two.hq.neighbour("receive_state || ' ' || stream_received")).isEqualTo("ACTIVE 2");
        }
    }

    /** Whoever said that it follows cannot be in the stream before: its position alone would not tell, since what was brought by hand is in none. */
    @Test
    void whatWasBroughtByHandIsNotForgottenOnceItWasHeardInTheNewStream() throws Exception {
        try (TwoDatabases two = upward()) {
            two.branch.restart();
            List<String> copy = copyOf(two.hq);
            two.hq.say("INSERT INTO item VALUES (2, 'by hand', 2)");
            two.branch.say("INSERT INTO item VALUES (2, 'by hand', 2)", "REMOTE RESET hq");
            until(two, () -> two.branch.neighbour("heard_stream").equals("1"));
            restore(two.hq, copy);
            two.branch.insert(3, "three");
            until(two, () -> two.branch.neighbour("state").equals("NEEDS_RESYNC"));
            assertThat(two.hq.items()).isEqualTo("1|one|1\n");
        }
    }

    @Test
    void aRemoteThatIsLoadedByHandAndHasNeverReceivedAnythingFollows() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder)) {
            two.hq.insert(1, "one");
            two.branch.say(Site.CREATE_ITEM, "INSERT INTO item VALUES (1, 'one', 1)");
            two.hq.say("REMOTE RESET branch").insert(2, "two");
            two.converge(ROUNDS);
            assertThat(two.hq.neighbour("stream_sent || ' ' || stream_word || ' ' || state")).isEqualTo("1 GIVEN ACTIVE");
        }
    }

    /** The word was said of another database. */
    @Test
    void aDatabaseThatTakesTheNameOfOneThatWasVouchedForDoesNotFollow() throws Exception {
        try (TwoDatabases two = downward()) {
            two.hq.say("REMOTE RESET branch").insert(2, "two");
            two.converge(ROUNDS);
            two.branch.restart();
            two.branch.say("DROP ALL OBJECTS", "GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'", "SET REMOTE FILE OPTION directory = '" + folder + "'",
                    "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'", Site.CREATE_ITEM);
            until(two, () -> !two.hq.neighbour("refused").equals("null"));
            new Peers(two.hq.application, two.hq.dialect, two.clock).adopt("branch", null);
            two.hq.insert(3, "three");
            two.converge(ROUNDS);
            assertThat(two.hq.neighbour("stream_sent || ' ' || stream_word")).as("synchronized anew").isEqualTo("2 NONE");
        }
    }
}
