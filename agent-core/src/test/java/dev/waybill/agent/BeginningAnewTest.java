// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.error.WaybillError;
import dev.waybill.publication.Peers;
import dev.waybill.publication.PoisonPolicy;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R10, R11, R12 with whole agents: streams that begin anew, by themselves or because a person says so. */
class BeginningAnewTest {

    @TempDir
    private Path folder;

    private TwoDatabases synchronizedOver() throws Exception {
        TwoDatabases two = TwoDatabases.over(folder);
        two.hq.insert(1, "one").insert(2, "two").say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
        two.converge(60);
        turns(two, 4);
        return two;
    }

    private static void turns(TwoDatabases two, int rounds) throws SQLException {
        for (int round = 0; round < rounds; round++) {
            two.turn(Duration.ofMillis(500));
        }
    }

    private static Peers peers(Site site) throws SQLException {
        return new Peers(site.application, site.dialect, () -> Instant.EPOCH);
    }

    private static Retention atMost(long bytes) {
        return new Retention(Duration.ofDays(7), 0, Duration.ofDays(30), bytes);
    }

    private static void refuses(WaybillError error, ThrowableAssert.ThrowingCallable deed) {
        assertThatThrownBy(deed).isInstanceOfSatisfying(SQLException.class, thrown -> assertThat(error.is(thrown)).as(thrown.getMessage()).isTrue());
    }

    /** A subscriber that is gone does not fill the disk, costs no snapshots, and gets everything when it is back. */
    @Test
    void whoIsOwedMoreThanTheBoundIsSynchronizedAnewWhenHeIsBack() throws Exception {
        try (TwoDatabases two = synchronizedOver()) {
            two.hq.with(AgentSettings.DEFAULTS.withRetention(atMost(200_000))).restart();
            two.clock.pass(Duration.ofHours(1));
            for (int i = 10; i < 40; i++) {
                two.hq.insert(i, "x".repeat(30_000));
                two.hq.turn();
                two.clock.pass(Duration.ofSeconds(20));
            }
            assertThat(two.hq.neighbour("state")).isEqualTo("NEEDS_RESYNC");
            assertThat(two.hq.neighbour("state_reason")).contains("trimmed");
            assertThat(Long.parseLong(two.hq.rows("SELECT log_offset - trimmed_to FROM waybill.journal_head").strip())).isLessThan(300_000);
            assertThat(two.hq.rows("SELECT COUNT(*) FROM waybill.snapshot WHERE log_offset > 100000")).as("no snapshot for somebody who is gone").isEqualTo("0\n");
            two.converge(300);
            assertThat(two.hq.neighbour("state || ' ' || stream_sent")).isEqualTo("ACTIVE 1");
            assertThat(two.branch.neighbour("stream_received")).isEqualTo("1");
            two.hq.insert(50, "goes on");
            two.converge(60);
        }
    }

    @Test
    void whatIsOldGoesAlsoWhenItIsOwed() throws Exception {
        try (TwoDatabases two = synchronizedOver()) {
            two.hq.with(AgentSettings.DEFAULTS.withRetention(new Retention(Duration.ofDays(1), 1 << 20, Duration.ofDays(2), 1L << 30))).restart();
            for (int day = 0; day < 4; day++) {
                two.hq.insert(10 + day, "x".repeat(70_000)).turn();
                two.clock.pass(Duration.ofDays(1));
            }
            two.hq.turn();
            assertThat(two.hq.neighbour("state")).isEqualTo("NEEDS_RESYNC");
            two.converge(300);
        }
    }

    @Test
    void resyncSendsEverythingAnewAndVoidsWhatIsUnderWay() throws Exception {
        try (TwoDatabases two = synchronizedOver()) {
            two.branch.say("UPDATE item SET name = 'spoilt' WHERE id = 1", "DELETE FROM item WHERE id = 2");
            two.hq.insert(3, "three").turn();
            peers(two.hq).resync("branch");
            two.converge(100);
            assertThat(two.hq.neighbour("stream_sent || ' ' || COALESCE(request, 'nothing')")).isEqualTo("1 nothing");
            assertThat(two.hq.rows("SELECT what, subject, after FROM waybill.audit")).isEqualTo("RESYNC|branch|RESYNC\n");
            refuses(WaybillError.PEER_UPWARD, () -> peers(two.branch).resync("hq"));
            refuses(WaybillError.USER_UNKNOWN, () -> peers(two.hq).resync("nobody"));
        }
    }

    /** Ends its site's agent more and more rarely, after a step of one kind was performed twice, four, eight times and so on; writes down how many parts are stored after each time. */
    private static final class EndsNowAndThen implements StepGuard {
        private final Site site;
        private final DurableStep at;
        private final List<Integer> stored = new ArrayList<>();

        EndsNowAndThen(Site site, DurableStep at) {
            this.site = site;
            this.at = at;
        }

        @Override
        public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
            T result = effect.run();
            if (step == at) {
                stored.add(storedParts());
                if (Integer.bitCount(stored.size()) == 1 && stored.size() > 1) {
                    throw new Error("ends after " + stored.size() + " times " + at);
                }
            }
            return result;
        }

        private int storedParts() {
            try {
                return Integer.parseInt(site.rows("SELECT COUNT(*) FROM waybill.staged_part").strip());
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        }
    }

    /** Though either end stops again and again: the stream begins anew once, and no part that is stored is needed again. (A sender that was not asked for it does not know which are there: what it sends again is recognised.) */
    @Test
    void resynchronizationThatIsInterruptedGoesOnWhereItWas() throws Exception {
        try (TwoDatabases two = synchronizedOver()) {
            for (int i = 10; i < 40; i++) {
                two.hq.insert(i, incompressible(20_000));
            }
            two.converge(200);
            two.branch.say("UPDATE item SET name = 'spoilt'");
            EndsNowAndThen staging = new EndsNowAndThen(two.branch, DurableStep.STAGE_PART);
            EndsNowAndThen sending = new EndsNowAndThen(two.hq, DurableStep.SEND_MESSAGE);
            AgentSettings usual = AgentSettings.DEFAULTS;
            two.branch.with(new AgentSettings(usual.maxMessageBytes(), 1, usual.pollLeast(), usual.pollMost(), usual.leaseTime(), usual.confirmAfter(), usual.patience(), usual.retention())).restart().guard(staging);
            two.hq.restart().guard(sending);
            peers(two.hq).resync("branch");
            two.converge(300);
            assertThat(staging.stored).as("parts that are stored, whatever ended in between").hasSizeGreaterThan(4).isSorted().doesNotHaveDuplicates();
            assertThat(sending.stored).as("messages sent").hasSizeGreaterThan(8);
            assertThat(two.hq.neighbour("stream_sent || ' ' || state")).as("begun anew once").isEqualTo("1 ACTIVE");
        }
    }

    /** R4: the receiver says which parts it has when it asks for the others. */
    @Test
    void aSenderThatNeverLivesAsLongAsOneSendingTakesBringsALargeTransactionOver() throws Exception {
        bringsALargeTransactionOver(Duration.ofSeconds(1));
    }

    /** R4: the receiver says which parts it has when it hears that the sender has begun anew; it need not have lost patience. */
    @Test
    void soDoesOneThatNobodyHasAsked() throws Exception {
        bringsALargeTransactionOver(Duration.ofHours(5));
    }

    private void bringsALargeTransactionOver(Duration patience) throws Exception {
        try (TwoDatabases two = synchronizedOver()) {
            int[] sent = {0};
            two.with(AgentSettings.DEFAULTS.withMaxMessageBytes(AgentSettings.LEAST_MESSAGE_BYTES).withPatience(patience)).branch.restart();
            two.hq.restart().guard(new StepGuard() {
                @Override
                public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
                    T result = effect.run();
                    if (step == DurableStep.SEND_MESSAGE && ++sent[0] % 8 == 0) {
                        throw new Error("ends after eight messages");
                    }
                    return result;
                }
            });
            two.hq.insert(3, incompressible(250_000));
            two.converge(600);
            assertThat(sent[0]).as("messages for some thirty parts").isBetween(30, 150);
        }
    }

    private static String incompressible(int length) {
        return new Random(1).ints(length, 'a', 'z' + 1).collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    @Test
    void remoteResetSendsOnlyWhatIsCommittedAfterIt() throws Exception {
        try (TwoDatabases two = synchronizedOver()) {
            two.branch.restart();
            two.hq.insert(3, "brought by hand");
            two.branch.say("INSERT INTO item VALUES (3, 'brought by hand', 3)");
            two.hq.say("REMOTE RESET branch").insert(4, "four");
            two.converge(60);
            assertThat(two.branch.neighbour("stream_received || ' ' || receive_state")).isEqualTo("1 ACTIVE");
            assertThat(two.hq.rows("SELECT DISTINCT state FROM waybill.subscription")).isEqualTo("STARTED\n");
        }
    }

    @Test
    void rewindSendsAgainAndWhatIsThereIsRecognised() throws Exception {
        try (TwoDatabases two = synchronizedOver()) {
            long before = Long.parseLong(two.hq.neighbour("confirm_sent"));
            two.hq.insert(3, "three");
            two.converge(60);
            refuses(WaybillError.PEER_OFFSET, () -> peers(two.hq).rewind("branch", before + 1));
            peers(two.hq).rewind("branch", before);
            two.hq.turn();
            two.hq.insert(4, "four");
            two.converge(100);
            assertThat(two.hq.neighbour("stream_sent || ' ' || COALESCE(request, 'nothing')")).isEqualTo("0 nothing");
        }
    }

    @Test
    void skipLeavesOutTheOneTransactionAtWhichTheStreamHalts() throws Exception {
        try (TwoDatabases two = synchronizedOver()) {
            refuses(WaybillError.PEER_NOT_HALTED, () -> peers(two.branch).leaveOut("hq", PoisonPolicy.SKIP));
            two.branch.say("INSERT INTO item VALUES (3, 'local', 0)", "INSERT INTO item VALUES (4, 'local', 0)");
            two.hq.insert(3, "three").insert(4, "four").insert(5, "five");
            turns(two, 6);
            assertThat(two.branch.neighbour("receive_state")).isEqualTo("HALTED");
            peers(two.branch).leaveOut("hq", PoisonPolicy.SKIP);
            turns(two, 6);
            assertThat(two.branch.neighbour("receive_state")).as("at the next one").isEqualTo("HALTED");
            assertThat(two.branch.rows("SELECT state FROM waybill.dead_letter")).isEqualTo("SKIPPED\n");
            assertThat(two.branch.neighbour("COALESCE(request, 'nothing')")).isEqualTo("nothing");
            peers(two.branch).leaveOut("hq", PoisonPolicy.PARK);
            turns(two, 6);
            assertThat(two.branch.rows("SELECT state FROM waybill.dead_letter ORDER BY log_offset")).isEqualTo("SKIPPED\nPARKED\n");
            assertThat(two.branch.rows("SELECT name FROM item WHERE id = 5")).isEqualTo("five\n");
        }
    }

    private static List<String> copyOf(Site site) throws SQLException {
        return site.rows("SCRIPT").lines().toList();
    }

    private static void restore(Site site, List<String> copy) throws SQLException {
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
    void aSenderThatWentBackAndWroteOnIsSplitOnBothSidesUntilItIsRenewedAndAdopted() throws Exception {
        try (TwoDatabases two = synchronizedOver()) {
            List<String> early = copyOf(two.hq);
            for (int i = 10; i < 20; i++) {
                two.hq.insert(i, "lost " + i);
            }
            two.converge(60);
            restore(two.hq, early);
            for (int i = 10; i < 40; i++) {
                two.hq.insert(i, "other " + i);
            }
            turns(two, 30);
            assertThat(two.branch.rows("SELECT COUNT(*) FROM item WHERE name LIKE 'other%'")).as("nothing is applied").isEqualTo("0\n");
            assertThat(two.hq.neighbour("state") + " " + two.branch.neighbour("receive_state")).contains("SPLIT_HISTORY");
            refuses(WaybillError.PEER_SPLIT, () -> peers(two.hq).resync("branch"));
            UUID renewed = peers(two.hq).renew();
            turns(two, 20);
            assertThat(two.branch.rows("SELECT COUNT(*) FROM item WHERE name LIKE 'other%'")).as("nothing before somebody says so").isEqualTo("0\n");
            assertThat(two.branch.neighbour("refused")).isEqualTo(renewed.toString());
            assertThat(peers(two.branch).adopt("hq", null)).isEqualTo(renewed);
            two.converge(300);
            assertThat(two.hq.neighbour("state") + " " + two.branch.neighbour("receive_state")).isEqualTo("ACTIVE ACTIVE");
            two.hq.insert(50, "goes on");
            two.converge(60);
        }
    }
}
