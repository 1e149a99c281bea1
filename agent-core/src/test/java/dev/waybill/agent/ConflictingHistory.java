// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.dialect.Dialect.ErrorClass;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** One random history of databases that write the same rows, some of them asleep: tables with a parent and a child, a unique value, and numbers; any policy, any VERIFY. When everybody has heard everything, all agree. */
final class ConflictingHistory {

    private static final String[] TABLES = {
        "CREATE TABLE parent(id INT PRIMARY KEY, x INT, code INT UNIQUE)", "CREATE TABLE child(id INT PRIMARY KEY, x INT, parent INT, FOREIGN KEY (parent) REFERENCES parent(id))", "CREATE TABLE t(id INT PRIMARY KEY, x INT, n INT)"};
    private static final List<String> QUERIES = List.of("SELECT id, x, code FROM parent ORDER BY id", "SELECT id, x, parent FROM child ORDER BY id", "SELECT id, x, n FROM t ORDER BY id");
    private static final List<String> POLICIES = List.of("", "CONFLICT KEEP_LOCAL", "CONFLICT NEWEST (x)", "CONFLICT MERGE", "CONFLICT ADD (x)");
    private static final List<String> VERIFY = List.of("", "VERIFY CHANGED", "VERIFY ALL", "VERIFY VERSION x");

    private final Tree tree;
    private final Random random;
    private final List<String> names;
    private final String clauses;
    private final long seed;

    /**
     * @param urls by name: the head office, with {@code tiers} the database in the middle, and the branches
     */
    ConflictingHistory(Path folder, long seed, Map<String, String> urls, boolean tiers) throws SQLException {
        this.seed = seed;
        this.tree = new Tree(folder, seed);
        this.random = new Random(seed);
        this.names = List.copyOf(urls.keySet());
        this.clauses = VERIFY.get(random.nextInt(VERIFY.size())) + " " + POLICIES.get(random.nextInt(POLICIES.size()));
        for (String name : names) {
            tree.site(name, urls.get(name), TABLES).say("CREATE PUBLICATION p (TABLE parent " + clauses + ", TABLE child " + clauses + ", TABLE t " + clauses + ")");
        }
        String upper = names.get(tiers ? 1 : 0);
        List<String> branches = names.subList(tiers ? 2 : 1, names.size());
        if (tiers) {
            tree.below(names.get(0), upper).bothWays(names.get(0), upper, "p");
        }
        for (String branch : branches) {
            tree.below(upper, branch).bothWays(upper, branch, "p");
        }
    }

    /** So many steps, then quiet. */
    void run(int steps) throws Exception {
        try (tree) {
            for (int step = 0; step < steps; step++) {
                step();
            }
            tree.settle();
            for (String query : QUERIES) {
                for (String name : names) {
                    assertThat(rows(name, query)).as("seed %d, %s, %s, %s%n%s", seed, clauses, name, query, tree.troubles()).isEqualTo(rows(names.get(0), query));
                }
            }
            for (String name : names) {
                assertThat(tree.site(name).rows("SELECT COUNT(*) FROM waybill.conflict WHERE outcome = 'OPEN'")).isEqualTo("0\n");
            }
        }
    }

    private List<String> rows(String name, String query) throws SQLException {
        return new ArrayList<>(List.of(tree.site(name).rows(query).split("\n")));
    }

    private void step() throws Exception {
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(8)) {
            case 0 -> tree.turn();
            case 1 -> tree.site(name).turn();
            case 2 -> tree.sleep(name);
            case 3 -> tree.wake(name);
            default -> tree.write(name, writes -> {
                for (int change = random.nextInt(3); change >= 0; change--) {
                    change(name, writes);
                }
            });
        }
    }

    private void change(String name, Tree.Writes w) throws SQLException, IOException {
        int id = random.nextInt(4);
        int x = random.nextInt(10);
        int other = random.nextInt(6);
        var savepoint = tree.site(name).application.setSavepoint();
        try {
            switch (random.nextInt(9)) {
                case 0 -> upsert(w, "t", id, "UPDATE t SET x = ?, n = NULL WHERE id = ?", "INSERT INTO t (x, id) VALUES (?, ?)", x, id);
                case 1, 2 -> w.run("t", id, "UPDATE t SET x = ? WHERE id = ?", x, id);
                case 3 -> w.run("t", id, "UPDATE t SET n = ? WHERE id = ?", x, id);
                case 4 -> w.run("t", id, "DELETE FROM t WHERE id = ?", id);
                case 5 -> upsert(w, "parent", id, "UPDATE parent SET x = ?, code = ? WHERE id = ?", "INSERT INTO parent (x, code, id) VALUES (?, ?, ?)", x, other, id);
                case 6 -> w.run("parent", id, "DELETE FROM parent WHERE id = ?", id);
                case 7 -> upsert(w, "child", id, "UPDATE child SET x = ?, parent = ? WHERE id = ?", "INSERT INTO child (x, parent, id) VALUES (?, ?, ?)", x, other % 4, id);
                default -> w.run("child", id, "DELETE FROM child WHERE id = ?", id);
            }
        } catch (SQLException refused) {
            ErrorClass kind = tree.site(name).dialect.classify(refused);
            if (kind != ErrorClass.DUPLICATE && kind != ErrorClass.REFERENCE) {
                throw refused;
            }
            tree.site(name).application.rollback(savepoint);
        }
    }

    private static void upsert(Tree.Writes w, String table, int id, String update, String insert, Object... values) throws SQLException, IOException {
        if (!w.run(table, id, update, values)) {
            w.run(table, id, insert, values);
        }
    }
}
