// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever statements a source executes, in whatever groups their transactions arrive: the replica equals the source. */
class AppliedHistoriesTest {

    static final String[] TABLES = {
        "CREATE TABLE parent (id INT PRIMARY KEY, code INT UNIQUE, v INT)",
        "CREATE TABLE child (id INT PRIMARY KEY, parent INT REFERENCES parent, code VARCHAR(10), v INT, UNIQUE (parent, code))",
        "CREATE TABLE grandchild (child INT NOT NULL REFERENCES child, n INT NOT NULL, v INT, PRIMARY KEY (child, n))",
        "CREATE TABLE employee (id INT PRIMARY KEY, boss INT REFERENCES employee, v INT)"};

    @Property(tries = 60)
    void theReplicaEqualsTheSource(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        try (TestDatabase source = new TestDatabase(); TestDatabase replica = new TestDatabase()) {
            source.execute(TABLES);
            replica.execute(TABLES);
            replica.execute("INSERT INTO waybill.remote_user (user_name, consolidate, type_name, address, frequency) VALUES ('hq', 'Y', 'FILE', 'hq', 'B')");
            replica.connection().setAutoCommit(false);
            List<ReceivedTransaction> history = history(source, random);
            Applier applier = new Applier(replica.dialect(), new ApplyLimits(1 + random.nextInt(200), 1 + random.nextInt(50), 10_000, 1 + random.nextInt(20), 1_000));
            for (int done = 0; done < history.size();) {
                ApplyResult result = applier.apply(replica.connection(), "hq", history.subList(done, Math.min(history.size(), done + 1 + random.nextInt(30))));
                replica.connection().commit();
                assertThat((Throwable) result.halt()).isNull();
                done += result.transactions();
            }
            for (String table : List.of("parent", "child", "grandchild", "employee")) {
                assertThat(Contents.of(replica.connection(), "SELECT * FROM " + table)).as(table).isEqualTo(Contents.of(source.connection(), "SELECT * FROM " + table));
            }
        }
    }

    static List<ReceivedTransaction> history(TestDatabase source, Random random) throws Exception {
        Source statements = new Source(source);
        List<ReceivedTransaction> history = new ArrayList<>();
        for (int transaction = 0; transaction < 60; transaction++) {
            for (int statement = 1 + random.nextInt(6); statement > 0; statement--) {
                try {
                    execute(statements, random);
                } catch (SQLException refused) {
                    assertThat(refused.getSQLState()).as(refused.getMessage()).startsWith("23"); // a constraint of the source: such a statement changes nothing
                }
            }
            if (!statements.isEmpty()) {
                history.add(statements.commit());
            }
        }
        return history;
    }

    private static void execute(Source statements, Random random) throws Exception {
        int a = random.nextInt(8);
        int b = random.nextInt(8);
        switch (random.nextInt(18)) {
            case 0, 1 -> statements.insert("PARENT", "INSERT INTO parent VALUES (" + a + ", " + b + ", 0)");
            case 2 -> statements.insert("PARENT", "INSERT INTO parent SELECT x + " + a + ", NULL, x FROM SYSTEM_RANGE(8, 10)");
            case 3 -> statements.update("PARENT", "UPDATE parent SET code = " + b + " - code WHERE code <= " + b);
            case 4 -> statements.update("PARENT", "UPDATE parent SET code = code + 1");
            case 5 -> statements.update("PARENT", "UPDATE parent SET v = v + 1 WHERE id < " + a);
            case 6 -> statements.delete("PARENT", "DELETE FROM parent WHERE id = " + a + " OR id > 9");
            case 7, 8 -> statements.insert("CHILD", "INSERT INTO child VALUES (" + a + ", " + b + ", 'c" + random.nextInt(3) + "', 0)");
            case 9 -> statements.update("CHILD", "UPDATE child SET parent = " + a + " WHERE id <= " + b);
            case 10 -> statements.update("CHILD", "UPDATE child SET parent = NULL, v = v + 1 WHERE parent = " + a);
            case 11 -> statements.delete("CHILD", "DELETE FROM child WHERE id IN (" + a + ", " + b + ")");
            case 12 -> statements.insert("GRANDCHILD", "INSERT INTO grandchild VALUES (" + a + ", " + b + ", 0)");
            case 13 -> statements.delete("GRANDCHILD", "DELETE FROM grandchild WHERE child = " + a);
            case 14 -> statements.update("GRANDCHILD", "UPDATE grandchild SET v = v + 1 WHERE n > " + b);
            case 15 -> statements.insert("EMPLOYEE", "INSERT INTO employee SELECT " + a + ", (SELECT MAX(id) FROM employee), 0");
            case 16 -> statements.update("EMPLOYEE", "UPDATE employee SET boss = " + a + " WHERE id = " + b);
            default -> statements.delete("EMPLOYEE", random.nextInt(3) == 0 ? "DELETE FROM employee" : "DELETE FROM employee WHERE id = " + a);
        }
    }
}
