// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.apply.DeadLetterOffice;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R12 with whole agents: what the policy of a neighbour makes of a transaction that cannot be applied. */
class PoisonTest {

    @TempDir
    private Path folder;

    private TwoDatabases two;

    @BeforeEach
    void open() throws SQLException {
        two = TwoDatabases.over(folder).started();
    }

    @AfterEach
    void close() throws SQLException {
        two.close();
    }

    private void turns(int rounds) throws SQLException {
        for (int round = 0; round < rounds; round++) {
            two.turn(Duration.ofMillis(500));
        }
    }

    @Test
    void aHaltedStreamGoesOnAtOnceWhenThePolicyIsParkAndConvergesWhenTheLetterIsRetried() throws Exception {
        two.branch.say("INSERT INTO item VALUES (1, 'local', 0)");
        two.hq.insert(1, "one").insert(2, "two").write(writes -> writes.update(1, "uno"));
        turns(8);
        assertThat(two.branch.neighbour("receive_state")).isEqualTo("HALTED");
        assertThat(two.branch.rows("SELECT COUNT(*) FROM item")).isEqualTo("1\n");
        two.branch.say("ALTER CONSOLIDATE hq POISON PARK");
        turns(4);
        assertThat(two.branch.neighbour("receive_state")).isEqualTo("ACTIVE");
        assertThat(two.branch.rows("SELECT state, behind IS NULL FROM waybill.dead_letter ORDER BY log_offset")).isEqualTo("PARKED|TRUE\nPARKED|FALSE\n");
        assertThat(two.branch.rows("SELECT name FROM item WHERE id = 2")).isEqualTo("two\n");
        assertThat(two.hq.neighbour("confirm_sent")).as("what is parked is owed by nobody any more").isEqualTo(two.hq.neighbour("log_sent"));
        two.branch.restart();
        two.branch.say("DELETE FROM item WHERE id = 1");
        DeadLetterOffice office = new DeadLetterOffice(two.branch.application, two.branch.dialect, InstantSource.system());
        assertThat(office.retry(Long.parseLong(two.branch.rows("SELECT MIN(letter_id) FROM waybill.dead_letter").strip())).failure()).isNull();
        assertThat(office.release("hq").failure()).isNull();
        assertThat(office.release("hq")).isNull();
        two.converge(10);
        assertThat(two.branch.rows("SELECT diverged_since FROM waybill.remote_user")).isEqualTo("null\n");
        assertThat(two.branch.rows("SELECT before, after FROM waybill.audit WHERE what = 'ALTER CONSOLIDATE'")).isEqualTo("POISON HALT|POISON PARK\n");
    }

    @Test
    void aTransactionOfManyPartsIsParkedWhole() throws Exception {
        two.branch.say("ALTER CONSOLIDATE hq POISON PARK", "INSERT INTO item VALUES (999, 'local', 0)");
        two.hq.write(writes -> {
            for (int i = 0; i < 1000; i++) {
                writes.insert(i, "a row of which there are many " + i * 7919 + " and " + i * 104729 + " times " + Integer.toHexString(i * 1299709));
            }
        });
        two.hq.insert(5000, "after it");
        turns(12);
        assertThat(two.branch.rows("SELECT id FROM item ORDER BY id")).isEqualTo("999\n5000\n");
        assertThat(two.branch.rows("SELECT state, changes FROM waybill.dead_letter")).isEqualTo("PARKED|1000\n");
        assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.staged_part")).isEqualTo("0\n");
        two.branch.say("DELETE FROM item WHERE id = 999");
        assertThat(new DeadLetterOffice(two.branch.application, two.branch.dialect, InstantSource.system()).retry(1).failure()).isNull();
        two.converge(10);
    }

    @Test
    void synchronizingAnewSettlesWhatWasSkipped() throws Exception {
        two.branch.say("ALTER CONSOLIDATE hq POISON SKIP", "INSERT INTO item VALUES (1, 'local', 0)");
        two.hq.insert(1, "one").insert(2, "two");
        turns(8);
        assertThat(two.branch.rows("SELECT state FROM waybill.dead_letter")).isEqualTo("SKIPPED\n");
        assertThat(StatusReport.read(two.branch.application, two.branch.dialect, two.clock.instant()).neighbours().get(0).state()).isEqualTo("DIVERGED");
        two.hq.say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
        two.converge(30);
        assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.dead_letter")).isEqualTo("0\n");
        assertThat(StatusReport.read(two.branch.application, two.branch.dialect, two.clock.instant()).neighbours().get(0).state()).isEqualTo("ACTIVE");
    }
}
