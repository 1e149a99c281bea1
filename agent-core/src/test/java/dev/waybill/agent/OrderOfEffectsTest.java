// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.durable.DurableStep;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing speaks too early: between a commit and anything that leaves the database, the database was flushed. */
class OrderOfEffectsTest {

    private static final Set<DurableStep> OUTSIDE = EnumSet.of(DurableStep.SEND_MESSAGE, DurableStep.DELETE_MESSAGE, DurableStep.QUARANTINE, DurableStep.MAKE_DURABLE);
    /** No message that came caused what these commit. */
    private static final Set<DurableStep> HARMLESS_TO_DELETIONS = EnumSet.of(DurableStep.SEND_MESSAGE, DurableStep.DELETE_MESSAGE, DurableStep.QUARANTINE, DurableStep.MAKE_DURABLE, DurableStep.SEQUENCE,
            DurableStep.MARK_SENT);

    @TempDir
    Path folder;

    private static int spokenEarly(List<DurableStep> steps) {
        return early(steps, DurableStep.SEND_MESSAGE, OUTSIDE) + early(steps, DurableStep.DELETE_MESSAGE, HARMLESS_TO_DELETIONS);
    }

    private static int early(List<DurableStep> steps, DurableStep leaving, Set<DurableStep> passing) {
        int early = 0;
        boolean flushed = false;
        for (DurableStep step : steps) {
            flushed = step == DurableStep.MAKE_DURABLE || flushed && passing.contains(step);
            early += step == leaving && !flushed ? 1 : 0;
        }
        return early;
    }

    @Test
    void nothingLeavesADatabaseBeforeWhatWasCommittedIsOnDisk() throws Exception {
        List<DurableStep> atHq = new ArrayList<>();
        List<DurableStep> atBranch = new ArrayList<>();
        try (TwoDatabases two = TwoDatabases.over(folder).with(AgentSettings.DEFAULTS.withMaxMessageBytes(10_000))) {
            two.hq.guard(new NotingSteps(atHq));
            two.branch.guard(new NotingSteps(atBranch));
            two.hq.insert(1, "one").say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
            two.converge(100);
            two.hq.insert(2, "two").insert(3, "x".repeat(40_000)).insert(4, "four");
            two.converge(100);
        }
        assertThat(atHq).contains(DurableStep.SEND_MESSAGE, DurableStep.SEQUENCE, DurableStep.MARK_SENT, DurableStep.MARK_CONFIRMED, DurableStep.SPOOL_SNAPSHOT);
        assertThat(atBranch).contains(DurableStep.SEND_MESSAGE, DurableStep.APPLY, DurableStep.STAGE_PART, DurableStep.DELETE_MESSAGE, DurableStep.CREATE_TABLES);
        assertThat(spokenEarly(atHq)).isZero();
        assertThat(spokenEarly(atBranch)).isZero();
    }

    @Test
    void statusSaysWhoWhereAndHowFarBehind() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.hq.insert(1, "one");
            two.converge(100);
            StatusReport even = StatusReport.read(two.hq.application, two.hq.dialect, two.clock.instant());
            assertThat(even.publisher()).isEqualTo("hq");
            StatusReport.Neighbour branch = even.neighbours().get(0);
            assertThat(branch.name()).isEqualTo("branch");
            assertThat(branch.sending()).startsWith("EVERY");
            assertThat(branch.lagBytes()).isZero();
            assertThat(branch.lagTime()).isZero();
            assertThat(branch.confirmSent()).isEqualTo(even.head());
            two.hq.insert(2, "two").turn();
            two.clock.pass(Duration.ofSeconds(90));
            StatusReport behind = StatusReport.read(two.hq.application, two.hq.dialect, two.clock.instant());
            assertThat(behind.neighbours().get(0).lagBytes()).isEqualTo(behind.head().bytes() - even.head().bytes()).isPositive();
            assertThat(behind.neighbours().get(0).lagTime()).isEqualTo(Duration.ofSeconds(90));
            StatusReport below = StatusReport.read(two.branch.application, two.branch.dialect, two.clock.instant());
            assertThat(below.neighbours().get(0).consolidated()).isTrue();
            assertThat(below.neighbours().get(0).logReceived()).isEqualTo(even.head());
        }
    }
}
