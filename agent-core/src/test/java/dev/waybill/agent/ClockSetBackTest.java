// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.error.WaybillError;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody sets the clock of the machine back by a day: an agent that goes on would keep every wait for a day. */
class ClockSetBackTest {

    @TempDir
    Path folder;

    @Test
    void agentWhoseClockIsSetBackBeginsAnewInsteadOfWaitingSoMuchLonger() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.clock.pass(Duration.ofDays(1));
            two.hq.turn();
            two.branch.turn();
            two.clock.pass(Duration.ofDays(-1));
            for (Site site : new Site[] {two.hq, two.branch}) {
                assertThatThrownBy(site::turn).isInstanceOfSatisfying(SQLException.class, refused -> assertThat(WaybillError.CLOCK_WENT_BACK.is(refused)).isTrue()).hasMessageContaining("PT24H");
                site.agent().close(); // as whoever runs it does: the lease is given back
                site.restart();
            }
            two.hq.insert(77, "after that");
            two.converge(100);
        }
    }

    @Test
    void clockThatIsSetRightByASecondDisturbsNobody() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.hq.turn();
            two.clock.pass(Duration.ofSeconds(-1));
            two.hq.turn();
            two.hq.insert(78, "as ever");
            two.converge(100);
        }
    }
}
