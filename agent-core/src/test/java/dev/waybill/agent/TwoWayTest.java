// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
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
            assertThat(tree.site("branch").rows(CONFLICTS)).isEmpty();
        }
    }
}
