// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.publication.PeerRequest;
import dev.waybill.publication.Peers;
import dev.waybill.publication.PoisonPolicy;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person says about a neighbour is done, whatever is said or done at the same time. */
class PeerWordsTest {

    private static final int ROUNDS = 400;

    @TempDir
    private Path folder;

    private static Peers peers(TwoDatabases two, Site site) {
        return new Peers(site.application, site.dialect, two.clock);
    }

    private interface Condition {
        boolean holds() throws SQLException;
    }

    private static void until(TwoDatabases two, Condition condition) throws SQLException {
        for (int round = 0; !condition.holds(); round++) {
            assertThat(round).as("rounds").isLessThan(ROUNDS);
            two.turn(Duration.ofMillis(500));
        }
    }

    /** The branch writes; head office was restored, and is renewed: its new incarnation is adopted, and the stream to it begins anew, in one go. */
    @Test
    void aWordAboutWhatIsSentDoesNotReplaceOneAboutWhatComes() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder)) {
            two.branch.say(Site.CREATE_ITEM, "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR hq", "START SUBSCRIPTION TO stock FOR hq").insert(1, "one");
            until(two, () -> two.hq.items().equals(two.branch.items()));
            UUID renewed = peers(two, two.hq).renew();
            peers(two, two.branch).adopt("hq", renewed);
            two.branch.say("REMOTE RESET hq").insert(2, "two");
            until(two, () -> two.hq.items().equals(two.branch.items()) && two.branch.neighbour("request").equals("null"));
            assertThat(two.branch.neighbour("incarnation || ' ' || stream_sent")).isEqualTo(renewed + " 1");
        }
    }

    /** Between an agent's look at what is wanted and its commit there is time for a person to say something else. */
    @Test
    void aWordThatIsSaidWhileAnotherOneIsTakenUpIsNotLost() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder)) {
            peers(two, two.hq).rewind("branch", null);
            peers(two, two.hq).resync("branch");
            Requests.done(two.hq.application, two.hq.dialect, "branch", new PeerRequest.Rewind(0)::equals);
            assertThat(two.hq.neighbour("request")).isEqualTo("RESYNC");
            Requests.done(two.hq.application, two.hq.dialect, "branch", new PeerRequest.Resync(false)::equals);
            assertThat(two.hq.neighbour("request")).isEqualTo("null");
        }
    }

    @Test
    void whoSaysSkipMeansTheTransactionThatHaltsAndNoLaterOne() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.branch.say("ALTER TABLE item ADD CONSTRAINT refused CHECK (id <> 1)");
            two.hq.insert(1, "one");
            until(two, () -> two.branch.neighbour("receive_state").equals("HALTED"));
            peers(two, two.branch).leaveOut("hq", PoisonPolicy.SKIP);
            two.branch.say("ALTER TABLE item DROP CONSTRAINT refused");
            until(two, () -> two.branch.items().equals(two.hq.items()));
            assertThat(two.branch.neighbour("request")).as("it could be applied after all").isEqualTo("null");
            two.branch.say("ALTER TABLE item ADD CONSTRAINT refused CHECK (id <> 2)");
            two.hq.insert(2, "two");
            until(two, () -> two.branch.neighbour("receive_state").equals("HALTED"));
            assertThat(two.branch.neighbour("diverged_since")).isEqualTo("null");
        }
    }
}
