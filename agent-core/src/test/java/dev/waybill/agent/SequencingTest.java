// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.durable.DurableStep;
import dev.waybill.journal.Journal;
import dev.waybill.journal.Sequencer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be sent while a backlog is being sequenced. */
class SequencingTest {

    @TempDir
    Path folder;
    private final List<DurableStep> steps = Collections.synchronizedList(new ArrayList<>());
    private TwoDatabases two;
    private PooledAgentDatabase database;
    private AgentJournal view;
    private Sequencing sequencing;

    @BeforeEach
    void bringInABacklog() throws Exception {
        two = TwoDatabases.over(folder).started();
        Site hq = two.hq;
        hq.insert(1, "one");
        hq.say("INSERT INTO waybill.outbox (payload) SELECT SUBSTRING(payload FROM 1 FOR 6) || CAST(RANDOM_UUID() AS BINARY(16)) || SUBSTRING(payload FROM 23) FROM waybill.outbox, SYSTEM_RANGE(1, 70000)");
        database = PooledAgentDatabase.open(new AgentHome(hq.url, hq.dialect, () -> DriverManager.getConnection(hq.url), hq.board, AgentSettings.DEFAULTS), "one", two.clock, new NotingSteps(steps), Site::daemon);
        database.takeLease();
        view = new AgentJournal(database, new Journal(hq.dialect));
        sequencing = new Sequencing(database, true, hq.dialect, new Sequencer(hq.dialect, two.clock), view, Site::daemon, two.clock, AgentEvents.NONE);
        look();
    }

    private void look() throws Exception {
        database.<Void>read(raw -> {
            view.refresh(raw);
            return null;
        });
    }

    @AfterEach
    void close() throws Exception {
        sequencing.close();
        database.close();
        two.close();
    }

    private long head(Connection raw) throws SQLException {
        return new Journal(two.hq.dialect).head(raw).offset().bytes();
    }

    /** One cycle, in which whoever sends has made durable what he speaks of, as always; how far he might send, and whether that has to be on disk before he asks. */
    private Sequencing.Extent cycle(boolean onDisk) throws Exception {
        sequencing.run();
        look();
        Sequencing.Extent[] met = new Sequencing.Extent[1];
        sequencing.goOnDuring(extent -> {
            met[0] = extent;
            if (onDisk) {
                assertThat(database.isDurable(extent.speaksOf())).as("nobody waits for a flush before it is sent").isTrue();
            }
            database.makeDurable(extent.speaksOf());
            return false;
        });
        return met[0];
    }

    @Test
    void afterTheFirstStepOnlyWhatIsOnDiskIsSent() throws Exception {
        Sequencing.Extent first = cycle(false);
        long afterFirst = first.upTo().bytes();
        assertThat(afterFirst).isPositive();
        assertThat(cycle(true).upTo().bytes()).as("the second step is only being flushed").isEqualTo(afterFirst);
        long third = cycle(true).upTo().bytes();
        assertThat(third).isGreaterThan(afterFirst).isLessThan(database.<Long>read(this::head));
        assertThat(steps).doesNotContain(DurableStep.SEND_MESSAGE).contains(DurableStep.MAKE_DURABLE, DurableStep.SEQUENCE);
    }

    @Test
    void whatWasReceivedMeanwhileIsFlushedBeforeAnythingIsSent() throws Exception {
        cycle(false);
        cycle(false);
        database.transact(DurableStep.APPLY, raw -> null);
        long applied = database.committed();
        assertThat(cycle(false).speaksOf()).as("a confirmation rides on every message").isGreaterThanOrEqualTo(applied);
    }

    @Test
    void rowsOfABacklogAreDeletedWhenItHasBeenOnItsWayForAWhile() throws Exception {
        while (sequencing.run() != null) {
            look();
            sequencing.goOnDuring(extent -> false);
            assertThat(sequencing.clear(false)).isFalse();
        }
        long deletions = deletions();
        assertThat(sequencing.clear(true)).isFalse();
        assertThat(deletions()).as("nothing yet").isEqualTo(deletions);
        two.clock.pass(Duration.between(two.clock.instant(), sequencing.clearAt()));
        assertThat(sequencing.clear(true)).as("and more is left").isTrue();
        assertThat(deletions()).isEqualTo(deletions + 1);
        assertThat(sequencing.clearAt()).isNull();
    }

    private int deletions() {
        return Collections.frequency(steps, DurableStep.CLEAR_OUTBOX);
    }
}
