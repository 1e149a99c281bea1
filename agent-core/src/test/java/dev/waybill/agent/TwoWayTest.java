// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord.Begin;
import dev.waybill.change.TransactionRecord.Hop;
import dev.waybill.conflict.Conflict;
import dev.waybill.conflict.ConflictResolver;
import dev.waybill.conflict.Resolution;
import dev.waybill.journal.Journal;
import dev.waybill.journal.JournalEntry;
import dev.waybill.journal.JournalScan;
import dev.waybill.journal.LogOffset;
import dev.waybill.link.LinkFactory;
import dev.waybill.publication.Peers;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.h2.api.Trigger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both sides publish the same tables. */
class TwoWayTest {

    private static final String T = "CREATE TABLE t(id INT PRIMARY KEY, x INT, n INT, s VARCHAR(100))";
    private static final String ALL = "SELECT id, x, n, s FROM t ORDER BY id";
    private static final String CONFLICTS = "SELECT kind, policy, outcome, old_row, new_row, remote_row, result_row FROM waybill.conflict ORDER BY conflict_id";

    @TempDir
    private Path folder;

    private Tree pair(String hqClauses, String branchClauses) throws Exception {
        Tree tree = new Tree(folder, 1);
        tree.memory("hq", T);
        tree.memory("branch", T);
        tree.below("hq", "branch");
        tree.site("hq").say("CREATE PUBLICATION p (TABLE t " + hqClauses + ")");
        tree.site("branch").say("CREATE PUBLICATION p (TABLE t " + branchClauses + ")");
        return tree.bothWays("hq", "branch", "p");
    }

    private static void insert(Tree tree, String site, int id, int x) throws Exception {
        tree.write(site, w -> w.run("t", id, "INSERT INTO t VALUES (?, ?, ?, ?)", id, x, 0, site));
    }

    private static void update(Tree tree, String site, int id, int x) throws Exception {
        tree.write(site, w -> w.run("t", id, "UPDATE t SET x = ? WHERE id = ?", x, id));
    }

    private static void assertSame(Tree tree, List<String> sites, String query) throws Exception {
        for (String site : sites) {
            assertThat(tree.site(site).rows(query)).as(site + "\n" + tree.troubles()).isEqualTo(tree.site(sites.get(0)).rows(query));
        }
    }

    /** What a journal's entry says of how it came. */
    private record Written(String origin, LogOffset at, Begin begin) {}

    private static List<Written> written(Site site) throws Exception {
        List<Written> all = new ArrayList<>();
        try (JournalScan scan = new Journal(site.dialect).scan(site.application, LogOffset.ZERO, null)) {
            for (JournalEntry entry = scan.next(); entry != null; entry = scan.next()) {
                try (TransactionReader reader = new TransactionReader(entry.open())) {
                    all.add(new Written(entry.origin(), entry.offset(), (Begin) reader.next()));
                }
            }
        }
        return all;
    }

    private static UUID incarnation(Site site) throws Exception {
        return UUID.fromString(site.rows("SELECT incarnation FROM waybill.catalogue").strip());
    }

    @Test
    void writesAtEitherSideReachTheOtherAndNeverReturn() throws Exception {
        try (Tree tree = pair("", "VERIFY CHANGED")) {
            insert(tree, "hq", 1, 1);
            insert(tree, "branch", 2, 2);
            tree.settle();
            update(tree, "hq", 2, 20);
            update(tree, "branch", 1, 10);
            tree.settle();
            update(tree, "branch", 1, 11);
            update(tree, "branch", 1, 12);
            tree.write("branch", w -> w.run("t", 2, "DELETE FROM t WHERE id = 2"));
            tree.settle();
            assertThat(tree.site("hq").rows(ALL)).isEqualTo("1|12|0|hq\n");
            assertSame(tree, List.of("hq", "branch"), ALL);
            assertThat(tree.site("hq").rows(CONFLICTS)).isEmpty();
            // what the branch has of the other side: an insert and an update, in entries of their own
            assertThat(tree.site("branch").rows("SELECT SUM(transactions) FROM waybill.journal WHERE origin = 'hq'")).isEqualTo("2\n");
            assertThat(tree.site("hq").rows("SELECT SUM(transactions) FROM waybill.journal WHERE origin = 'branch'")).isEqualTo("5\n");
        }
    }

    @Test
    void lastToArriveWinsAndTheSenderHearsOfItThoughItWentOnMeanwhile() throws Exception {
        try (Tree tree = pair("", "VERIFY CHANGED")) {
            insert(tree, "hq", 1, 1);
            tree.settle();
            update(tree, "hq", 1, 3);
            update(tree, "branch", 1, 2);
            update(tree, "branch", 1, 4);
            tree.settle();
            assertThat(tree.site("hq").rows("SELECT x FROM t")).isEqualTo("4\n");
            assertSame(tree, List.of("hq", "branch"), ALL);
            assertThat(tree.site("hq").rows("SELECT kind, outcome FROM waybill.conflict")).isEqualTo("UPDATE_UPDATE|AS_IT_CAME\n");
            assertThat(tree.site("hq").rows(CONFLICTS)).contains("(ID=1, X=3, N=0, S='hq')|(ID=1, X=2)|(ID=1, X=1)|(ID=1, X=2, N=0, S='hq')");
            Written lost = written(tree.site("branch")).stream().filter(entry -> entry.origin == null).findFirst().orElseThrow();
            assertThat(tree.site("hq").rows("SELECT sender, incarnation, log_offset FROM waybill.conflict")).isEqualTo("branch|" + incarnation(tree.site("branch")) + "|" + lost.at.bytes() + "\n");
            assertThat(tree.site("branch").rows(CONFLICTS)).isEmpty();
        }
    }

    private void conflict(String hqClauses, String branchClauses, String expected) throws Exception {
        try (Tree tree = pair(hqClauses, branchClauses)) {
            tree.write("hq", w -> w.run("t", 1, "INSERT INTO t VALUES (1, 10, 100, 's')"));
            tree.settle();
            tree.write("hq", w -> w.run("t", 1, "UPDATE t SET x = 11, n = 103 WHERE id = 1"));
            tree.write("branch", w -> w.run("t", 1, "UPDATE t SET x = 12, n = 105, s = 'b' WHERE id = 1"));
            tree.settle();
            assertThat(tree.site("hq").rows(ALL)).as(tree.site("hq").rows(CONFLICTS)).isEqualTo(expected + "\n");
            assertSame(tree, List.of("hq", "branch"), ALL);
            assertThat(tree.site("hq").rows("SELECT COUNT(*) FROM waybill.conflict WHERE kind = 'UPDATE_UPDATE' AND result_row IS NOT NULL")).isEqualTo("1\n");
        }
    }

    @Test
    void theLocalRowStaysUnderKeepLocal() throws Exception {
        conflict("CONFLICT KEEP_LOCAL", "VERIFY ALL", "1|11|103|s");
    }

    @Test
    void theGreaterValueOfTheColumnWinsUnderNewest() throws Exception {
        conflict("CONFLICT NEWEST (x)", "VERIFY CHANGED", "1|12|105|b");
    }

    @Test
    void columnsThatOnlyOneSideChangedAreMerged() throws Exception {
        conflict("CONFLICT MERGE", "VERIFY CHANGED", "1|11|103|b");
    }

    @Test
    void differencesOfNumbersAreAdded() throws Exception {
        conflict("CONFLICT ADD (n)", "VERIFY CHANGED", "1|12|108|b");
    }

    @Test
    void aVersionColumnTellsThatTheRowWasChanged() throws Exception {
        conflict("CONFLICT KEEP_LOCAL", "VERIFY VERSION n", "1|11|103|s");
    }

    @Test
    void theApplicationsResolverDecides() throws Exception {
        conflict("CONFLICT RESOLVER '" + Middle.class.getName() + "'", "VERIFY ALL", "1|11|104|s of branch");
    }

    /** Between the two numbers, and says by what it was told. */
    public static final class Middle implements ConflictResolver {
        @Override
        public Resolution resolve(Conflict conflict, Connection connection) {
            long between = ((long) conflict.old().get("N") + (long) conflict.now().get("N")) / 2;
            return new Resolution.Row(Map.of("N", between, "S", conflict.remote().get("S") + " of " + conflict.sender()));
        }
    }

    @Test
    void aStatementOfTheDatabasesOwnDecides() throws Exception {
        String sql = "UPDATE waybill.conflict_value SET result_value = CAST(old_value AS INT) * 1000 + CAST(new_value AS INT) - CAST(remote_value AS INT) WHERE conflict_id = ? AND column_name = ''N''";
        conflict("CONFLICT CALL '" + sql + "'", "VERIFY ALL", "1|12|103005|b");
    }

    @Test
    void aResolverThatIsNotThereHaltsTheStreamLoudly() throws Exception {
        try (Tree tree = pair("CONFLICT RESOLVER 'no.such.Resolver'", "VERIFY CHANGED")) {
            insert(tree, "hq", 1, 1);
            tree.settle();
            update(tree, "hq", 1, 2);
            update(tree, "branch", 1, 3);
            for (int round = 0; round < 20; round++) {
                tree.turn();
            }
            assertThat(tree.site("hq").rows("SELECT receive_state, receive_reason FROM waybill.remote_user")).startsWith("HALTED|").contains("CONFLICT_RESOLVER", "no.such.Resolver");
            assertThat(tree.site("hq").rows("SELECT x FROM t")).isEqualTo("2\n");
        }
    }

    @Test
    void everyKindOfConflictIsRecordedAndBothSidesAgree() throws Exception {
        try (Tree tree = new Tree(folder, 1)) {
            String[] tables = {"CREATE TABLE p(id INT PRIMARY KEY, code INT UNIQUE)", "CREATE TABLE c(id INT PRIMARY KEY, p INT REFERENCES p(id))", T};
            for (String name : List.of("hq", "branch")) {
                tree.memory(name, tables).say("CREATE PUBLICATION all_of_it (TABLE p VERIFY ALL, TABLE c VERIFY ALL, TABLE t VERIFY ALL)");
            }
            tree.below("hq", "branch").bothWays("hq", "branch", "all_of_it");
            tree.write("hq", w -> {
                for (int id = 1; id < 9; id++) {
                    w.run("t", id, "INSERT INTO t VALUES (?, 0, 0, 's')", id);
                    w.run("p", id, "INSERT INTO p VALUES (?, ?)", id, id);
                }
            });
            tree.settle();
            tree.write("hq", w -> {
                w.run("t", 1, "UPDATE t SET x = 1 WHERE id = 1");
                w.run("t", 2, "DELETE FROM t WHERE id = 2");
                w.run("t", 3, "UPDATE t SET x = 1 WHERE id = 3");
                w.run("t", 4, "DELETE FROM t WHERE id = 4");
                w.run("t", 10, "INSERT INTO t VALUES (10, 1, 1, 'hq')");
                w.run("p", 5, "DELETE FROM p WHERE id = 5");
                w.run("c", 6, "INSERT INTO c VALUES (6, 6)");
                w.run("p", 20, "INSERT INTO p VALUES (20, 700)");
            });
            for (String sql : List.of("t 1 UPDATE t SET x = 2 WHERE id = 1", "t 2 UPDATE t SET x = 2 WHERE id = 2", "t 3 DELETE FROM t WHERE id = 3", "t 4 DELETE FROM t WHERE id = 4", "t 10 INSERT INTO t VALUES (10, 2, 2, 'branch')",
                    "c 5 INSERT INTO c VALUES (5, 5)", "p 6 DELETE FROM p WHERE id = 6", "p 21 INSERT INTO p VALUES (21, 700)")) {
                String[] words = sql.split(" ", 3);
                tree.write("branch", w -> w.run(words[0], Integer.parseInt(words[1]), words[2]));
            }
            tree.settle();
            assertThat(tree.site("hq").rows("SELECT kind, outcome FROM waybill.conflict ORDER BY conflict_id")).isEqualTo("UPDATE_UPDATE|AS_IT_CAME\nUPDATE_DELETE|AS_IT_IS_HERE\nDELETE_UPDATE|AS_IT_CAME\nDELETE_DELETE|AS_IT_IS_HERE\n"
                    + "INSERT_INSERT|AS_IT_CAME\nMISSING_PARENT|AS_IT_IS_HERE\nHAS_CHILDREN|AS_IT_IS_HERE\nUNIQUE_VALUE|AS_IT_IS_HERE\n");
            for (String query : List.of(ALL, "SELECT * FROM p ORDER BY id", "SELECT * FROM c ORDER BY id")) {
                assertSame(tree, List.of("hq", "branch"), query);
            }
            assertThat(tree.site("branch").rows("SELECT * FROM c")).isEqualTo("6|6\n");
            assertThat(tree.site("branch").rows("SELECT code FROM p WHERE id >= 20")).isEqualTo("700\n");
            // what could not be performed below is asked above
            assertThat(tree.site("branch").rows("SELECT DISTINCT policy, outcome FROM waybill.conflict")).isEqualTo("OVERWRITTEN|ASKED\n");
        }
    }

    @Test
    void aTriggersOutcomeReachesTheSenderToo() throws Exception {
        try (Tree tree = pair("", "VERIFY CHANGED")) {
            tree.site("hq").say("CREATE TRIGGER doubled BEFORE INSERT, UPDATE ON t FOR EACH ROW CALL '" + Doubling.class.getName() + "'");
            insert(tree, "branch", 1, 1);
            tree.settle();
            assertThat(tree.site("hq").rows("SELECT n FROM t")).isEqualTo("7\n");
            assertSame(tree, List.of("hq", "branch"), ALL);
        }
    }

    /** Sets a column. */
    public static final class Doubling implements Trigger {
        @Override
        public void fire(Connection connection, Object[] before, Object[] after) {
            after[2] = 7;
        }
    }

    @Test
    void aRemoteThatWasRestoredGetsItsOwnWorkBack() throws Exception {
        restored(false);
    }

    @Test
    void aRestoredRemoteUnderANewIncarnationGetsItsOwnWorkBack() throws Exception {
        restored(true);
    }

    private void restored(boolean renewed) throws Exception {
        try (Tree tree = pair("", "VERIFY CHANGED")) {
            insert(tree, "hq", 1, 1);
            tree.settle();
            tree.site("branch").say("SCRIPT TO '" + folder.resolve("branch.sql") + "'");
            insert(tree, "branch", 2, 2);
            update(tree, "branch", 1, 5);
            tree.settle();
            insert(tree, "hq", 3, 3);
            tree.settle();
            tree.site("branch").close();
            Site restored = new Site("jdbc:h2:mem:restored" + UUID.randomUUID(), tree.clock, LinkFactory.standard(tree.clock, new Random(5), Site::daemon), 5);
            tree.replace("branch", restored.say("RUNSCRIPT FROM '" + folder.resolve("branch.sql") + "'"));
            if (renewed) {
                UUID incarnation = new Peers(restored.application, restored.dialect, tree.clock).renew();
                Site hq = tree.site("hq");
                new Peers(hq.application, hq.dialect, tree.clock).adopt("branch", incarnation);
            }
            assertThat(tree.site("branch").rows("SELECT id, x FROM t ORDER BY id")).isEqualTo("1|1\n");
            for (int round = 0; round < 200 && !tree.site("branch").rows(ALL).equals(tree.site("hq").rows(ALL)); round++) {
                tree.turn();
            }
            assertThat(tree.site("branch").rows("SELECT id, x FROM t ORDER BY id")).as(tree.troubles()).isEqualTo("1|5\n2|2\n3|3\n");
        }
    }

    @Test
    void middleDatabaseRelaysBothWaysAndHasOneAboveAtMost() throws Exception {
        try (Tree tree = new Tree(folder, 1)) {
            for (String name : List.of("hq", "middle", "one", "two")) {
                tree.memory(name, T).say("CREATE PUBLICATION p (TABLE t VERIFY CHANGED)");
            }
            tree.below("hq", "middle").below("middle", "one").below("middle", "two").bothWays("hq", "middle", "p").bothWays("middle", "one", "p").bothWays("middle", "two", "p");
            insert(tree, "hq", 1, 1);
            insert(tree, "middle", 2, 2);
            insert(tree, "one", 3, 3);
            tree.settle();
            update(tree, "two", 1, 10);
            update(tree, "hq", 3, 30);
            tree.settle();
            assertThat(tree.site("two").rows("SELECT id, x FROM t ORDER BY id")).isEqualTo("1|10\n2|2\n3|30\n");
            assertSame(tree, List.of("hq", "middle", "one", "two"), ALL);
            assertThat(tree.site("one").rows("SELECT COUNT(*) FROM waybill.conflict")).isEqualTo("0\n");
            assertThatThrownBy(() -> tree.site("middle").say("GRANT CONSOLIDATE TO other TYPE FILE ADDRESS 'other'")).hasMessageContaining("CONSOLIDATED_EXISTS").hasMessageContaining("hq");
        }
    }

    @Test
    void branchThatWasRestartedStillSaysWhatItHasSeenSoThatNothingReturns() throws Exception {
        try (Tree tree = pair("", "VERIFY CHANGED")) {
            insert(tree, "hq", 1, 1);
            tree.settle();
            tree.site("branch").restart();
            update(tree, "branch", 1, 2);
            update(tree, "branch", 1, 3);
            tree.settle();
            assertThat(tree.site("hq").rows("SELECT x FROM t")).isEqualTo("3\n");
            // had the first returned, it would have been one change of the row, and the second another
            assertThat(tree.site("branch").rows("SELECT SUM(transactions) FROM waybill.journal WHERE origin = 'hq'")).isEqualTo("1\n");
        }
    }

    /** Nothing is verified, so nothing but what was sent says that the branch has to hear of its own update. */
    private void sentBeforeARestart(boolean trimmed) throws Exception {
        try (Tree tree = pair("", "")) {
            insert(tree, "hq", 1, 1);
            tree.settle();
            update(tree, "hq", 1, 3);
            Site hq = tree.site("hq");
            hq.turn();
            update(tree, "branch", 1, 2);
            hq.restart();
            if (trimmed) {
                Journal journal = new Journal(hq.dialect);
                assertThat(journal.trim(hq.application, journal.head(hq.application).offset())).isFalse();
            }
            tree.settle();
            assertThat(hq.rows("SELECT x FROM t")).isEqualTo("2\n");
            assertSame(tree, List.of("hq", "branch"), ALL);
        }
    }

    @Test
    void headOfficeThatWasRestartedFindsInItsJournalWhatItSentOnTopOfTheBranchsRow() throws Exception {
        sentBeforeARestart(false);
    }

    @Test
    void workGoesBackWhenTheJournalNoLongerSaysWhatWasSent() throws Exception {
        sentBeforeARestart(true);
    }

    @Test
    void rowsRemovedToMakeRoomComeBackFromAboveAndNobodyBelowHearsTheQuestion() throws Exception {
        try (Tree tree = new Tree(folder, 1)) {
            String[] tables = {"CREATE TABLE p(id INT PRIMARY KEY, code INT UNIQUE)", "CREATE TABLE c(id INT PRIMARY KEY, p INT REFERENCES p(id))"};
            for (String name : List.of("hq", "branch")) {
                tree.memory(name, tables).say("CREATE PUBLICATION both (TABLE p VERIFY ALL, TABLE c VERIFY ALL)");
            }
            tree.memory("shop", tables);
            tree.below("hq", "branch").below("branch", "shop").bothWays("hq", "branch", "both");
            tree.site("branch").say("CREATE SUBSCRIPTION TO both FOR shop", "START SUBSCRIPTION TO both FOR shop");
            tree.write("hq", w -> {
                w.run("p", 1, "INSERT INTO p VALUES (1, 10)");
                w.run("p", 6, "INSERT INTO p VALUES (6, 60)");
            });
            tree.settle();
            // when these arrive above, nothing is in their way any more, so they are no conflict there
            tree.write("branch", w -> w.run("p", 1, "UPDATE p SET code = 50 WHERE id = 1"));
            tree.write("branch", w -> w.run("c", 1, "INSERT INTO c VALUES (1, 6)"));
            for (String sql : List.of("2 INSERT INTO p VALUES (2, 50)", "2 UPDATE p SET code = 70 WHERE id = 2", "6 DELETE FROM p WHERE id = 6", "6 INSERT INTO p VALUES (6, 61)")) {
                tree.write("hq", w -> w.run("p", Integer.parseInt(sql.substring(0, 1)), sql.substring(2)));
            }
            tree.settle();
            assertThat(tree.site("hq").rows("SELECT COUNT(*) FROM waybill.conflict")).isEqualTo("0\n");
            assertThat(tree.site("branch").rows("SELECT kind, row_key FROM waybill.conflict ORDER BY conflict_id")).as(tree.troubles()).isEqualTo("UNIQUE_VALUE|(ID=2)\nHAS_CHILDREN|(ID=6)\n");
            assertThat(tree.site("hq").rows("SELECT id, code FROM p ORDER BY id")).isEqualTo("1|50\n2|70\n6|61\n");
            assertThat(tree.site("hq").rows("SELECT id, p FROM c")).isEqualTo("1|6\n");
            for (String query : List.of("SELECT id, code FROM p ORDER BY id", "SELECT id, p FROM c")) {
                assertSame(tree, List.of("hq", "branch", "shop"), query);
            }
        }
    }

    private Tree threeTiers() throws Exception {
        Tree tree = new Tree(folder, 1);
        for (String name : List.of("hq", "middle", "one")) {
            tree.memory(name, T).say("CREATE PUBLICATION p (TABLE t VERIFY CHANGED)");
        }
        return tree.below("hq", "middle").below("middle", "one").bothWays("hq", "middle", "p").bothWays("middle", "one", "p");
    }

    @Test
    void whatTravelsOnSaysWhoWroteItAndEachDatabaseThatItCameThrough() throws Exception {
        try (Tree tree = threeTiers()) {
            insert(tree, "one", 1, 1);
            tree.settle();
            List<Hop> path = new ArrayList<>();
            for (String name : List.of("one", "middle")) {
                path.add(new Hop(name, incarnation(tree.site(name)), written(tree.site(name)).get(0).at.bytes()));
            }
            assertThat(written(tree.site("hq"))).singleElement().satisfies(entry -> {
                assertThat(entry.origin).isEqualTo("middle");
                assertThat(entry.begin.publisher()).isEqualTo("one");
                assertThat(entry.begin.user()).isEqualTo("clerk of one");
                assertThat(entry.begin.path()).isEqualTo(path);
            });
        }
    }

    @Test
    void whatTheMiddleFoundDeletedAlreadyIsNoConflictAbove() throws Exception {
        try (Tree tree = threeTiers()) {
            insert(tree, "hq", 1, 1);
            tree.settle();
            tree.write("middle", w -> w.run("t", 1, "DELETE FROM t WHERE id = 1"));
            tree.write("one", w -> w.run("t", 1, "DELETE FROM t WHERE id = 1"));
            tree.settle();
            assertThat(tree.site("middle").rows("SELECT kind, sender FROM waybill.conflict")).isEqualTo("DELETE_DELETE|one\n");
            assertThat(tree.site("hq").rows("SELECT kind, sender FROM waybill.conflict")).isEmpty();
            assertSame(tree, List.of("hq", "middle", "one"), ALL);
        }
    }

    @Test
    void oneWayBelowTheMiddleIsRelayedToo() throws Exception {
        try (Tree tree = new Tree(folder, 1)) {
            tree.memory("hq", T).say("CREATE PUBLICATION p (TABLE t)");
            tree.memory("middle", T).say("CREATE PUBLICATION p (TABLE t WHERE x > 1)");
            tree.memory("one", T);
            tree.below("hq", "middle").below("middle", "one");
            tree.site("hq").say("CREATE SUBSCRIPTION TO p FOR middle", "START SUBSCRIPTION TO p FOR middle");
            tree.site("middle").say("CREATE SUBSCRIPTION TO p FOR one", "START SUBSCRIPTION TO p FOR one");
            insert(tree, "hq", 1, 1);
            insert(tree, "hq", 2, 2);
            tree.settle();
            assertThat(tree.site("one").rows("SELECT id, x FROM t")).isEqualTo("2|2\n");
            tree.write("hq", w -> {
                w.run("t", 1, "UPDATE t SET x = 5 WHERE id = 1");
                w.run("t", 2, "UPDATE t SET x = 0 WHERE id = 2");
            });
            tree.settle();
            assertThat(tree.site("one").rows("SELECT id, x FROM t")).isEqualTo("1|5\n");
        }
    }
}
