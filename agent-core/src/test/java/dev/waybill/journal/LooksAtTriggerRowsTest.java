// SPDX-License-Identifier: Apache-2.0
package dev.waybill.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.complete.CompleteDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** What MariaDB's triggers have written is looked at once, however much of it is waiting: counted by the rows that the server reads for the agent. */
class LooksAtTriggerRowsTest {

    private static final int ROWS_OF_A_LOOK = 20;

    /** Of twice as much, hardly more than twice as many rows; a look that passed all that waits would read four times as many. */
    @Test
    void aBacklogCostsAsManyRowsAsItHas() throws Exception {
        long one = cost(200, 0);
        long two = cost(400, 0);
        assertThat((double) two / one).as("%d and %d rows", one, two).isBetween(1.5, 2.6);
    }

    /** Its rows stand before and between the others, and its place is behind them. */
    @Test
    void aLongTransactionAmongShortOnesComesInItsPlace() throws Exception {
        assertThat(cost(60, 300)).isPositive();
    }

    /** How many rows are read while this is sequenced: short transactions, after each of which another one, which ends after them all, goes on. */
    private static long cost(int shorts, int rowsOfALongOne) throws Exception {
        try (CompleteDatabase site = CompleteDatabase.onMariaDb("CREATE TABLE t (id INT PRIMARY KEY)").publishing("TABLE t"); Connection brief = site.connect(); Connection slow = site.connect()) {
            slow.setAutoCommit(false);
            try (PreparedStatement insert = brief.prepareStatement("INSERT INTO t VALUES (?)"); PreparedStatement other = slow.prepareStatement("INSERT INTO t VALUES (?)")) {
                for (int i = 0; i < Math.max(shorts, rowsOfALongOne); i++) {
                    if (i < rowsOfALongOne) {
                        other.setInt(1, 1_000_000 + i);
                        other.executeUpdate();
                    }
                    if (i < shorts) {
                        insert.setInt(1, i);
                        insert.executeUpdate();
                    }
                }
            }
            slow.commit();
            long before = read(site.agent());
            Sequencer sequencer = new Sequencer(site.dialect, InstantSource.system(), ROWS_OF_A_LOOK, Long.MAX_VALUE);
            int transactions = 0;
            for (Sequenced done = step(sequencer, site); done.transactions() > 0; done = step(sequencer, site)) {
                transactions += (int) done.transactions();
            }
            long after = read(site.agent());
            assertThat(transactions).isEqualTo(shorts + (rowsOfALongOne > 0 ? 1 : 0));
            assertThat(site.assertCaptured()).hasSize(transactions).last().satisfies(last -> assertThat(last).hasSize(Math.max(1, rowsOfALongOne)));
            return after - before;
        }
    }

    private static Sequenced step(Sequencer sequencer, CompleteDatabase site) throws SQLException {
        Sequenced done = sequencer.sequence(site.agent());
        site.agent().commit();
        return done;
    }

    private static long read(Connection agent) throws SQLException {
        long rows = 0;
        try (Statement statement = agent.createStatement(); ResultSet row = statement.executeQuery("SHOW SESSION STATUS LIKE 'Handler\\_read%'")) {
            while (row.next()) {
                rows += row.getLong(2);
            }
        }
        return rows;
    }
}
