// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.error.WaybillError;
import dev.waybill.link.LinkFactory;
import dev.waybill.passthrough.StepBook;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statements that were passed on, at a branch on which DDL commits by itself. */
class PassthroughTest {

    private static final String COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = 'ITEM' AND table_schema = 'PUBLIC' ORDER BY ordinal_position";

    @TempDir
    Path folder;

    /** The process is no more. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** Crashes once, when the branch has executed so many steps of a kind, or is about to. */
    private static StepGuard crashing(DurableStep at, int time, boolean after, boolean[] happened) {
        int[] left = {time};
        return new StepGuard() {
            @Override
            public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
                boolean here = step == at && --left[0] == 0;
                happened[0] |= here;
                if (here && !after) {
                    throw new Crash();
                }
                T result = effect.run();
                if (here) {
                    throw new Crash();
                }
                return result;
            }
        };
    }

    private TwoDatabases two(int run) throws SQLException {
        TwoDatabases two = TwoDatabases.over(folder.resolve("run" + run)).started();
        two.branch.say("SET REMOTE FILE OPTION passthrough = 'unsigned'");
        return two;
    }

    @Test
    void statementsAreExecutedOnceInTheirPlaceWhereverTheBranchStops() throws Exception {
        int run = 0;
        boolean[] definition = {false};
        for (DurableStep step : new DurableStep[] {DurableStep.MARK_RECEIVED, DurableStep.CREATE_TABLES, DurableStep.APPLY}) {
            for (int time = 1; time <= (step == DurableStep.CREATE_TABLES ? 2 : 1); time++) {
                for (boolean after : new boolean[] {false, true}) {
                    boolean[] happened = {false};
                    try (TwoDatabases two = two(run++)) {
                        two.branch.guard(crashing(step, time, after, happened));
                        two.hq.insert(1, "before");
                        two.hq.write(writes -> {
                            writes.pass(true, "ALTER TABLE item ADD COLUMN extra INT DEFAULT 7");
                            writes.pass(false, "UPDATE item SET extra = extra + 1");
                            writes.pass(true, "CREATE TABLE note (id INT PRIMARY KEY)");
                        });
                        two.hq.write(writes -> {
                            writes.insert(2, "behind");
                            writes.pass(false, "UPDATE item SET extra = extra + 10");
                            writes.update(1, "changed");
                        });
                        two.converge(60);
                        assertThat(two.branch.rows("SELECT id, extra FROM item ORDER BY id")).as(step + " " + time + after).isEqualTo("1|18\n2|17\n");
                        assertThat(two.branch.rows("SELECT COUNT(*) FROM note")).isEqualTo("0\n");
                        assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.passthrough_step")).isEqualTo("0\n");
                        assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.audit WHERE what LIKE 'PASSTHROUGH%'")).isEqualTo("4\n");
                        definition[0] |= happened[0] && step == DurableStep.CREATE_TABLES && !after;
                    }
                }
            }
        }
        assertThat(definition[0]).as("stopped between a definition and the word that it is done").isTrue();
    }

    /** The branch stops when the definition was executed and nothing says so yet. */
    @Test
    @Tag("extended")
    void whatTablesTellAfterAStopIsRightOnEveryProduct() throws Exception {
        List<String> branches = List.of("jdbc:hsqldb:file:" + folder.resolve("db") + "/db;hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true", MariaDbServer.running().freshDatabase().url(), PostgresServer.running().freshDatabase().url(),
                "jdbc:sqlite:" + folder.resolve("branch.db"));
        for (String branch : branches) {
            boolean[] happened = {false};
            UnaryOperator<LinkFactory> links = files -> files;
            try (TwoDatabases two = new TwoDatabases("jdbc:h2:mem:hq" + UUID.randomUUID(), branch, folder.resolve("run" + branch.hashCode()), links, links).started()) {
                two.branch.say("SET REMOTE FILE OPTION passthrough = 'unsigned'").guard(crashing(two.branch.dialect.hasTransactionalDdl() ? DurableStep.APPLY : DurableStep.CREATE_TABLES, 1, false, happened));
                two.hq.write(writes -> {
                    writes.pass(true, "ALTER TABLE item ADD COLUMN extra INT DEFAULT 7");
                    writes.pass(false, "UPDATE item SET extra = extra + 1");
                    writes.pass(true, "CREATE TABLE note (id INT PRIMARY KEY)");
                    writes.pass(true, "CREATE INDEX by_extra ON item (extra)");
                });
                two.hq.insert(1, "behind");
                two.converge(200);
                assertThat(happened[0]).as(branch).isTrue();
                assertThat(two.branch.rows("SELECT id, extra FROM item")).as(branch).isEqualTo("1|7\n");
                assertThat(two.branch.rows("SELECT COUNT(*) FROM note")).isEqualTo("0\n");
                assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.passthrough_step")).isEqualTo("0\n");
                assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.audit WHERE what = 'PASSTHROUGH FOUND EXECUTED'")).isEqualTo(two.branch.dialect.hasTransactionalDdl() ? "0\n" : "1\n");
            }
        }
    }

    @Test
    void whatCannotBeKnownIsNotExecutedAgainBeforeAPersonSaysSo() throws Exception {
        for (boolean again : new boolean[] {false, true}) {
            boolean[] happened = {false};
            try (TwoDatabases two = two(again ? 1 : 0)) {
                two.branch.guard(crashing(DurableStep.CREATE_TABLES, 1, false, happened));
                two.hq.write(writes -> writes.pass(true, "CREATE SEQUENCE numbers"));
                two.hq.insert(1, "behind");
                for (int i = 0; i < 60 && two.branch.neighbour("receive_state").equals("ACTIVE"); i++) {
                    two.turnSurviving(Duration.ofMillis(250));
                }
                assertThat(happened[0]).isTrue();
                assertThat(two.branch.neighbour("receive_reason")).contains("CREATE SEQUENCE numbers", "cannot be known");
                assertThat(two.branch.items()).isEmpty();
                StepBook book = new StepBook(two.branch.dialect);
                var place = book.all(two.branch.application).get(0).place();
                if (again) {
                    two.branch.say("DROP SEQUENCE numbers");
                    book.remove(two.branch.application, place);
                } else {
                    book.done(two.branch.application, place);
                }
                two.converge(200);
                assertThat(two.branch.rows("SELECT COUNT(*) FROM information_schema.sequences WHERE sequence_name = 'NUMBERS'")).isEqualTo("1\n");
            }
        }
    }

    @Test
    void aStatementThatFailsHaltsIsSkippedOrParkedAsItsStreamSays() throws Exception {
        for (String policy : new String[] {"HALT", "SKIP", "PARK"}) {
            for (boolean defines : new boolean[] {true, false}) {
                try (TwoDatabases two = two((policy + defines).hashCode())) {
                    two.branch.say("ALTER CONSOLIDATE hq POISON " + policy);
                    two.hq.write(writes -> writes.pass(defines, defines ? "ALTER TABLE nowhere ADD COLUMN x INT" : "UPDATE nowhere SET x = 1"));
                    two.hq.insert(1, "behind");
                    if (policy.equals("HALT")) {
                        for (int i = 0; i < 60 && !two.branch.neighbour("receive_state").equals("HALTED"); i++) {
                            two.turn(Duration.ofMillis(250));
                        }
                        assertThat(two.branch.neighbour("receive_reason")).contains("nowhere", "fails here");
                        two.branch.say(defines ? "CREATE TABLE nowhere (id INT)" : "CREATE TABLE nowhere (x INT)");
                    }
                    two.converge(400);
                    assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.dead_letter")).isEqualTo(policy.equals("HALT") ? "0\n" : "1\n");
                    assertThat(two.branch.rows("SELECT COUNT(*) FROM waybill.passthrough_step")).isEqualTo("0\n");
                }
            }
        }
    }

    @Test
    void aStatementThatCouldComeFromAnybodyIsNotExecuted() throws Exception {
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.branch.say("ALTER CONSOLIDATE hq POISON SKIP");
            two.hq.write(writes -> writes.pass(false, "INSERT INTO item VALUES (5, 'passed', 5)"));
            two.hq.write(writes -> writes.pass(true, "CREATE TABLE passed (id INT)"));
            for (int i = 0; i < 60 && !two.branch.neighbour("receive_state").equals("HALTED"); i++) {
                two.turn(Duration.ofMillis(250));
            }
            assertThat(two.branch.neighbour("receive_reason")).contains("signature = 'required'");
            assertThat(two.branch.items()).isEmpty();
            two.branch.say("SET REMOTE FILE OPTION passthrough = 'unsigned'");
            for (int i = 0; i < 400 && two.branch.rows(COLUMNS.replace("ITEM", "PASSED")).isEmpty(); i++) {
                two.turn(Duration.ofSeconds(1));
            }
            assertThat(two.branch.items()).isEqualTo("5|passed|5\n");
        }
    }

    @Test
    void rowsThatTravelOnAreNotChangedBehindTheirBack() throws Exception {
        try (TwoDatabases two = two(0)) {
            two.branch.say("CREATE PUBLICATION onward (TABLE item)");
            two.hq.write(writes -> writes.pass(false, "UPDATE \"ITEM\" SET amount = 0"));
            for (int i = 0; i < 60 && !two.branch.neighbour("receive_state").equals("HALTED"); i++) {
                two.turn(Duration.ofMillis(250));
            }
            assertThat(two.branch.neighbour("receive_reason")).contains("ITEM, which this database publishes");
            assertThat(WaybillError.PASSTHROUGH_PUBLISHED.sqlState()).isEqualTo("WB827");
        }
    }

    @Test
    void nobodyBelowSaysWhatIsExecutedAbove() throws Exception {
        try (TwoDatabases two = two(0)) {
            two.branch.say("CREATE PUBLICATION up (TABLE item)", "CREATE SUBSCRIPTION TO up FOR hq", "START SUBSCRIPTION TO up FOR hq");
            two.hq.say("SET REMOTE FILE OPTION passthrough = 'unsigned'");
            two.branch.write(writes -> {
                writes.insert(1, "beside");
                writes.pass(false, "DELETE FROM item");
            });
            for (int i = 0; i < 60 && two.hq.items().isEmpty(); i++) {
                two.turn(Duration.ofMillis(250));
            }
            assertThat(two.hq.items()).isEqualTo("1|beside|1\n");
        }
    }
}
