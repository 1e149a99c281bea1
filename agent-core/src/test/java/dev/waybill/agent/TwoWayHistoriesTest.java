// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;

/** Random conflicting histories: when everybody has heard everything, all databases agree. */
class TwoWayHistoriesTest {

    private static final String[] TABLES = {
        "CREATE TABLE parent(id INT PRIMARY KEY, x INT, code INT UNIQUE)", "CREATE TABLE child(id INT PRIMARY KEY, x INT, parent INT REFERENCES parent(id))", "CREATE TABLE t(id INT PRIMARY KEY, x INT, n INT)"};
    private static final List<String> QUERIES = List.of("SELECT * FROM parent ORDER BY id", "SELECT * FROM child ORDER BY id", "SELECT * FROM t ORDER BY id");
    private static final List<String> POLICIES = List.of("", "CONFLICT KEEP_LOCAL", "CONFLICT NEWEST (x)", "CONFLICT MERGE", "CONFLICT ADD (x)");
    private static final List<String> VERIFY = List.of("", "VERIFY CHANGED", "VERIFY ALL", "VERIFY VERSION x");

    @Property(tries = 12, shrinking = ShrinkingMode.OFF)
    void headOfficeAndTwoBranchesAgreeInTheEnd(@ForAll long seed) throws Exception {
        run(seed, false, 25);
    }

    @Property(tries = 8, shrinking = ShrinkingMode.OFF)
    void threeTiersWithTwoBranchesAgreeInTheEnd(@ForAll long seed) throws Exception {
        run(seed, true, 25);
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF)
    @Tag("extended")
    void manyLongHistoriesAgreeInTheEnd(@ForAll long seed) throws Exception {
        run(seed, (seed & 1) == 0, 80);
    }

    private static void run(long seed, boolean tiers, int steps) throws Exception {
        Path folder = Files.createTempDirectory("histories");
        Random random = new Random(seed);
        String policy = POLICIES.get(random.nextInt(POLICIES.size()));
        String verify = VERIFY.get(random.nextInt(VERIFY.size()));
        String clauses = verify + " " + policy;
        String publication = "CREATE PUBLICATION p (TABLE parent " + clauses + ", TABLE child " + clauses + ", TABLE t " + clauses + ")";
        List<String> names = tiers ? List.of("hq", "middle", "one", "two") : List.of("hq", "one", "two");
        try (Tree tree = new Tree(folder, seed)) {
            for (String name : names) {
                tree.memory(name, TABLES).say(publication.replace("child " + clauses, "child " + clauses));
            }
            String upper = tiers ? "middle" : "hq";
            if (tiers) {
                tree.below("hq", "middle").bothWays("hq", "middle", "p");
            }
            tree.below(upper, "one").below(upper, "two").bothWays(upper, "one", "p").bothWays(upper, "two", "p");
            for (int step = 0; step < steps; step++) {
                step(tree, names, random);
            }
            tree.settle();
            for (String query : QUERIES) {
                for (String name : names) {
                    assertThat(tree.site(name).rows(query)).as("seed %d, %s, %s, %s%n%s", seed, clauses, name, query, tree.troubles()).isEqualTo(tree.site("hq").rows(query));
                }
            }
            for (String name : names) {
                assertThat(tree.site(name).rows("SELECT COUNT(*) FROM waybill.conflict WHERE outcome = 'OPEN'")).isEqualTo("0\n");
            }
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
            }
        }
    }

    private static void step(Tree tree, List<String> names, Random random) throws Exception {
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(8)) {
            case 0 -> tree.turn();
            case 1 -> tree.site(name).turn();
            case 2 -> tree.sleep(name);
            case 3 -> tree.wake(name);
            default -> tree.write(name, writes -> {
                for (int change = random.nextInt(3); change >= 0; change--) {
                    change(writes, random);
                }
            });
        }
    }

    private static void change(Tree.Writes w, Random random) throws SQLException, IOException {
        int id = random.nextInt(4);
        int x = random.nextInt(10);
        int parent = random.nextInt(4);
        try {
            switch (random.nextInt(9)) {
                case 0 -> w.run("t", id, "MERGE INTO t (id, x) KEY (id) VALUES (?, ?)", id, x);
                case 1, 2 -> w.run("t", id, "UPDATE t SET x = ? WHERE id = ?", x, id);
                case 3 -> w.run("t", id, "UPDATE t SET n = ? WHERE id = ?", x, id);
                case 4 -> w.run("t", id, "DELETE FROM t WHERE id = ?", id);
                case 5 -> w.run("parent", id, "MERGE INTO parent (id, x, code) KEY (id) VALUES (?, ?, ?)", id, x, random.nextInt(6));
                case 6 -> w.run("parent", id, "DELETE FROM parent WHERE id = ?", id);
                case 7 -> w.run("child", id, "MERGE INTO child (id, x, parent) KEY (id) VALUES (?, ?, ?)", id, x, parent);
                default -> w.run("child", id, "DELETE FROM child WHERE id = ?", id);
            }
        } catch (SQLException refused) {
            if (!refused.getSQLState().startsWith("23")) {
                throw refused;
            }
        }
    }
}
