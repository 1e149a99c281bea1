// SPDX-License-Identifier: Apache-2.0
package dev.waybill.complete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.change.Operation;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.databases.PostgresServer;
import dev.waybill.error.WaybillError;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** In a complete database every committed change of a published table is in the journal, whoever made it and however, in an order in which it can be repeated. */
class CompleteCaptureTest {

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void everyWayToWriteIsCapturedWhoeverWrites() throws Exception {
        try (CompleteDatabase site = new CompleteDatabase(
                "CREATE TABLE customer (id INT PRIMARY KEY, name TEXT, boss INT REFERENCES customer ON DELETE SET NULL)",
                "CREATE TABLE orders (id INT PRIMARY KEY, customer INT REFERENCES customer ON DELETE CASCADE ON UPDATE CASCADE, amount NUMERIC(10, 2) DEFAULT 1)",
                "CREATE TABLE line (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, orders INT REFERENCES orders ON DELETE CASCADE, doubled INT GENERATED ALWAYS AS (orders * 2) STORED)",
                "CREATE TABLE \"Odd \"\"name$w$\" (\"the $w$ 'key'\" TEXT PRIMARY KEY, plain TEXT)",
                "CREATE TABLE part (id INT, at INT, note TEXT, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)",
                "CREATE TABLE part_low (note TEXT, at INT NOT NULL, id INT NOT NULL)", "ALTER TABLE part ATTACH PARTITION part_low FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE part_high PARTITION OF part FOR VALUES FROM (100) TO (200)",
                "CREATE VIEW cheap AS SELECT * FROM orders WHERE amount < 5",
                "CREATE PROCEDURE buy(who INT) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO orders VALUES (who * 100, who, 3); COMMIT; INSERT INTO orders VALUES (who * 100 + 1, who, 4); END $$",
                "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO line (orders) VALUES (NEW.id); RETURN NULL; END $$",
                "CREATE TRIGGER fill AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION fill()").publishing("TABLE customer, TABLE orders, TABLE line, TABLE \"Odd \"\"name$w$\", TABLE part")) {
            site.execute("INSERT INTO customer VALUES (1, 'a', NULL), (2, 'b', 1), (3, 'c', 2)",
                    "CALL buy(1)", "CALL buy(2)",
                    "INSERT INTO cheap VALUES (7, 3, 2)", "UPDATE cheap SET amount = 3 WHERE id = 7",
                    "INSERT INTO orders VALUES (7, 3, 9) ON CONFLICT (id) DO UPDATE SET amount = orders.amount + excluded.amount", "INSERT INTO orders VALUES (7, 3, 9) ON CONFLICT DO NOTHING",
                    "MERGE INTO orders USING (VALUES (7), (8)) v (id) ON orders.id = v.id WHEN MATCHED THEN UPDATE SET amount = 0 WHEN NOT MATCHED THEN INSERT VALUES (v.id, 1, 1)",
                    "WITH gone AS (DELETE FROM line WHERE orders = 8 RETURNING orders) INSERT INTO line (orders) SELECT orders FROM gone",
                    "UPDATE customer SET id = 30 WHERE id = 3", "UPDATE customer SET name = name", "DELETE FROM customer WHERE id = 1",
                    "DO $$ BEGIN INSERT INTO customer VALUES (9, 'nine', NULL); BEGIN INSERT INTO customer VALUES (10, 'ten', NULL); RAISE EXCEPTION 'x'; EXCEPTION WHEN OTHERS THEN NULL; END; END $$",
                    "INSERT INTO \"Odd \"\"name$w$\" VALUES ('k', 'v')", "UPDATE \"Odd \"\"name$w$\" SET \"the $w$ 'key'\" = '$w$'",
                    "INSERT INTO part VALUES (1, 1, 'low'), (2, 150, 'high')", "INSERT INTO part_low (id, at, note) VALUES (3, 3, 'direct')", "UPDATE part SET at = at + 100 WHERE id = 3",
                    "CREATE TABLE part_more PARTITION OF part FOR VALUES FROM (200) TO (300)", "INSERT INTO part VALUES (4, 250, 'more')",
                    "SET session_replication_role = replica; INSERT INTO customer VALUES (11, 'eleven', NULL)");
            try (Connection bare = site.connect()) {
                bare.setAutoCommit(false);
                run(bare, "INSERT INTO customer VALUES (20, 'x', NULL)", "SAVEPOINT a", "UPDATE customer SET name = 'never' WHERE id = 20", "DELETE FROM customer WHERE id = 9", "ROLLBACK TO a", "UPDATE customer SET name = 'y' WHERE id = 20");
                bare.commit();
                run(bare, "DELETE FROM customer");
                bare.rollback();
            }
            site.assertCaptured();
            site.execute("TRUNCATE part_low", "TRUNCATE part", "TRUNCATE customer CASCADE", "INSERT INTO customer VALUES (1, 'again', NULL)");
            site.assertCaptured();
            assertThat(site.text("SELECT count(*) FROM customer")).isEqualTo("1");
        }
    }

    @Test
    void valuesAreExactWhateverTheWriterHasSet() throws Exception {
        try (CompleteDatabase site = new CompleteDatabase("CREATE TYPE mood AS ENUM ('so so', 'it''s \"fine\"')", "CREATE DOMAIN code AS VARCHAR(5)",
                "CREATE FUNCTION plainly(sql TEXT) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE sql; END $$",
                "CREATE FUNCTION spanish(sql TEXT) RETURNS void LANGUAGE plpgsql SET DateStyle = 'SQL, DMY' SET IntervalStyle = sql_standard SET extra_float_digits = -10 SET bytea_output = escape SET TimeZone = 'Asia/Kathmandu' AS $$ BEGIN EXECUTE sql; END $$",
                "CREATE FUNCTION german(sql TEXT) RETURNS void LANGUAGE plpgsql SET DateStyle = 'German' SET IntervalStyle = iso_8601 SET extra_float_digits = 0 SET TimeZone = 'America/New_York' SET array_nulls = off SET xmloption = document"
                        + " AS $$ BEGIN EXECUTE sql; END $$",
                "CREATE TABLE v (id INT PRIMARY KEY, n NUMERIC, n2 NUMERIC(20, 4), f4 REAL, f8 DOUBLE PRECISION, b BYTEA, c CHAR(5), vc VARCHAR(10), t TEXT, d DATE, tm TIME, tz TIMETZ, ts TIMESTAMP, tstz TIMESTAMPTZ, ts0 TIMESTAMP(0), u UUID,"
                        + " j JSON, jb JSONB, bo BOOLEAN, i2 SMALLINT, i8 BIGINT, m mood, co code, ta TEXT[], ia INT[][], ca CHAR(3)[], iv INTERVAL, ip INET, ci CIDR, r INT4RANGE, bi BIT(5), vb BIT VARYING(9), x XML, ba BYTEA[], tsa TIMESTAMPTZ[], na NUMERIC[])")
                .publishing("TABLE v")) {
            int base = 0;
            for (String manner : List.of("plainly", "spanish", "german")) {
                base += 10;
                try (Connection bare = site.connect(); PreparedStatement write = bare.prepareStatement("SELECT " + manner + "(?)")) {
                    for (String sql : List.of("INSERT INTO v VALUES (" + base + ")",
                            "INSERT INTO v VALUES (" + (base + 1) + ", 12345678901234567890.123456789012345678900, 1.5000, 0.1, 0.1, '\\x00ff5c27', 'ab', 'a  ', E'tab\\tnl\\nq\"''{}\\\\,NULL', '0044-03-15 BC', '23:59:59.999999', '00:00:00+05:30',"
                                    + " '1999-12-31 23:59:59.999999', '1850-01-01 00:00:00+00', '2020-02-29 12:00:00', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{\"a\" :  [1, null,2.50]}', '{\"a\": 1.50}', true, -32768, 9223372036854775807,"
                                    + " 'it''s \"fine\"', 'abc', ARRAY['a', NULL, 'NULL', '', 'b\"c,{}', E'\\\\'], ARRAY[[1, 2], [3, NULL]], ARRAY['a', 'bcd'], INTERVAL '-1 year -2 days +03:04:05.678', '10.0.0.1/8', '10.0.0.0/8', '[1,10)',"
                                    + " B'10101', B'1', '<a>x</a>', ARRAY['\\x00'::bytea, NULL], ARRAY['2020-01-01 00:00:00+00'::timestamptz], ARRAY['NaN'::numeric, 1.10])",
                            "INSERT INTO v (id, n, f4, f8, j, d, ts, tstz, t, c) VALUES (" + (base + 2) + ", 'NaN', 'NaN', '-Infinity', 'null', 'infinity', '-infinity', 'infinity', '', '')",
                            "INSERT INTO v (id, f4, f8, n, tm, i8, t) VALUES (" + (base + 3) + ", 1.17549435e-38, 5e-324, 'Infinity', '24:00', -9223372036854775808, repeat('é𝄞', 40000))",
                            "UPDATE v SET f8 = 1.0000000000000002, t = NULL, n = 1.0 WHERE id = " + (base + 1), "UPDATE v SET n = 1.00 WHERE id = " + (base + 1))) {
                        write.setString(1, sql);
                        write.execute();
                    }
                }
            }
            site.assertCaptured();
        }
    }

    @Test
    void aRowWhoseUpdateIsToldBeforeItsInsertIsPutInOrder() throws Exception {
        try (CompleteDatabase site = new CompleteDatabase("CREATE TABLE t (id INT PRIMARY KEY, parent INT, n INT DEFAULT 0)",
                "CREATE FUNCTION ranked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE t SET n = n + 1 WHERE parent IS NOT NULL AND id <> NEW.id; RETURN NULL; END $$",
                "CREATE TRIGGER rank AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION ranked()",
                "CREATE FUNCTION count_children() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE t SET n = n + 100 WHERE id = NEW.parent; RETURN NEW; END $$",
                "CREATE TRIGGER count_children BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION count_children()",
                "CREATE FUNCTION last() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t WHERE id = 5; RETURN NULL; END $$",
                "CREATE TRIGGER last AFTER INSERT ON t FOR EACH ROW WHEN (NEW.id = 4) EXECUTE FUNCTION last()").publishing("TABLE t")) {
            site.execute("INSERT INTO t SELECT i, nullif(i - 1, 0) FROM generate_series(1, 6) i", "INSERT INTO t VALUES (10, NULL), (11, 10)");
            site.execute("BEGIN; INSERT INTO t VALUES (20, 1), (21, 20); TRUNCATE t; INSERT INTO t VALUES (20, NULL), (21, 20), (22, 21); COMMIT");
            site.assertCaptured();
            assertThat(site.text("SELECT count(*) FROM t")).isEqualTo("3");
        }
    }

    @Test
    void aTransactionStandsBehindThoseForWhichItsDeferredConstraintsWaited() throws Exception {
        try (CompleteDatabase site = new CompleteDatabase("CREATE TABLE parent (id INT PRIMARY KEY)", "CREATE TABLE child (id INT PRIMARY KEY, parent INT REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
                "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO child VALUES (NEW.id + 1000, NEW.parent); RETURN NULL; END $$",
                "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON child DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.id < 1000) EXECUTE FUNCTION late()").publishing("TABLE parent, TABLE child");
                Connection child = site.connect(); Connection parent = site.connect()) {
            for (String constraints : List.of("SELECT 1", "SET CONSTRAINTS ALL DEFERRED")) {
                int id = constraints.length();
                child.setAutoCommit(false);
                run(child, constraints, "INSERT INTO child VALUES (" + id + ", " + id + ")");
                run(parent, "INSERT INTO parent VALUES (" + id + ")");
                child.commit();
            }
            List<String> order = site.assertCaptured().stream().map(transaction -> transaction.get(0).table().name() + transaction.size()).toList();
            assertThat(order).containsExactly("parent1", "child2", "parent1", "child2");
        }
    }

    @Test
    void aTransactionIsOneHoweverOftenItsConstraintsAreLookedAt() throws Exception {
        try (CompleteDatabase site = new CompleteDatabase("CREATE TABLE t (id INT PRIMARY KEY)").publishing("TABLE t")) {
            site.execute("BEGIN; SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO t VALUES (1); SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO t VALUES (2); SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO t VALUES (3); COMMIT",
                    "BEGIN; INSERT INTO t VALUES (4); SAVEPOINT a; INSERT INTO t VALUES (5); SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK TO a; INSERT INTO t VALUES (6); COMMIT",
                    "BEGIN; INSERT INTO t VALUES (7); RESET ALL; INSERT INTO t VALUES (8); PREPARE TRANSACTION 'two'", "INSERT INTO t VALUES (9)", "COMMIT PREPARED 'two'",
                    "BEGIN; SAVEPOINT a; INSERT INTO t VALUES (10); ROLLBACK TO a; COMMIT");
            assertThat(site.assertCaptured().stream().map(List::size)).containsExactly(3, 2, 2, 1);
        }
    }

    @Test
    void aUserWhoMayOnlyInsertIsCapturedAndRowLevelSecurityHidesNothing() throws Exception {
        try (CompleteDatabase site = new CompleteDatabase("CREATE TABLE t (id INT PRIMARY KEY, owner TEXT)", "ALTER TABLE t ENABLE ROW LEVEL SECURITY", "CREATE POLICY own ON t USING (owner = 'nobody') WITH CHECK (true)").publishing("TABLE t")) {
            String user = PostgresServer.running().freshName("insert_only");
            site.execute("CREATE ROLE " + user, "GRANT INSERT, TRUNCATE ON t TO " + user);
            site.execute("SET ROLE " + user + "; INSERT INTO t VALUES (1, 'x'), (2, 'y')");
            assertThatThrownBy(() -> site.execute("SET ROLE " + user + "; SELECT * FROM waybill.trigger_row")).hasMessageContaining("permission denied");
            assertThatThrownBy(() -> site.execute("SET ROLE " + user + "; CREATE TEMPORARY TABLE mine (id INT PRIMARY KEY, owner TEXT); CREATE TRIGGER forged AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION waybill.trigger_1()"))
                    .hasMessageContaining("permission denied");
            site.assertCaptured();
            site.execute("SET ROLE " + user + "; TRUNCATE t");
            site.assertCaptured();
        }
    }

    @Test
    void whatAnAgentAppliesIsNotCaptured() throws Exception {
        try (CompleteDatabase site = new CompleteDatabase("CREATE TABLE t (id INT PRIMARY KEY)").publishing("TABLE t")) {
            run(site.agent(), "INSERT INTO t VALUES (1)", "DELETE FROM t", "TRUNCATE t");
            site.agent().commit();
            assertThat(site.assertCaptured()).isEmpty();
        }
    }

    @Test
    void aPublicationComesIntoForceBetweenTransactionsOfBareWriters() throws Exception {
        try (CompleteDatabase site = new CompleteDatabase("CREATE TABLE t (id INT PRIMARY KEY)"); Connection before = site.connect()) {
            before.setAutoCommit(false);
            run(before, "INSERT INTO t VALUES (1)");
            assertThatThrownBy(() -> site.say(true, Duration.ofMillis(100), "CREATE PUBLICATION everything (TABLE t)")).satisfies(error -> assertThat(WaybillError.CAPTURE_BUSY.is((SQLException) error)).isTrue());
            assertThat(site.catalogue().publications()).isEmpty();
            CompletableFuture<Void> published = CompletableFuture.runAsync(() -> {
                try {
                    site.publishing("TABLE t");
                } catch (SQLException failed) {
                    throw new IllegalStateException(failed);
                }
            });
            while (site.text("SELECT count(*) FROM pg_locks WHERE NOT granted").equals("0")) {
                Thread.onSpinWait();
            }
            CompletableFuture<Void> after = CompletableFuture.runAsync(() -> {
                try {
                    site.execute("INSERT INTO t VALUES (3)");
                } catch (SQLException failed) {
                    throw new IllegalStateException(failed);
                }
            });
            run(before, "INSERT INTO t VALUES (2)");
            before.commit();
            published.get(60, TimeUnit.SECONDS);
            after.get(60, TimeUnit.SECONDS);
            assertThat(site.journal()).hasSize(1).allSatisfy(transaction -> assertThat(transaction).extracting(change -> change.after().value(0)).containsExactly(3L));
        }
    }

    @Test
    void triggersFollowTheCatalogueAndGoWithIt() throws Exception {
        try (CompleteDatabase site = new CompleteDatabase("CREATE TABLE t (id INT PRIMARY KEY, a TEXT, b TEXT)", "CREATE TABLE u (id INT PRIMARY KEY)", "CREATE TABLE w (id INT PRIMARY KEY)")) {
            String ours = "SELECT count(*) FROM pg_trigger WHERE tgname LIKE '!waybill%'";
            site.publishing("TABLE t (a)");
            site.execute("INSERT INTO t VALUES (1, 'a', 'b')");
            site.say(false, "CREATE PUBLICATION more (TABLE t (b), TABLE u)");
            site.execute("INSERT INTO t VALUES (2, 'a', 'b')", "INSERT INTO u VALUES (1)", "INSERT INTO w VALUES (1)");
            assertThat(site.text(ours)).isEqualTo("4");
            List<List<Change>> journal = site.journal();
            assertThat(journal).extracting(transaction -> transaction.get(0).table().columns().size()).containsExactly(2, 3, 1);
            assertThat(journal).extracting(transaction -> transaction.get(0).table().publications()).containsExactly(List.of("everything"), List.of("everything", "more"), List.of("more"));
            site.say(false, "ALTER PUBLICATION more ADD TABLE w", "ALTER PUBLICATION more DROP TABLE u");
            assertThat(site.text(ours)).isEqualTo("4");
            site.execute("INSERT INTO u VALUES (2)", "INSERT INTO w VALUES (2)");
            assertThat(site.journal()).hasSize(4);
            site.execute("INSERT INTO w VALUES (3)");
            site.say(false, "DROP PUBLICATION more");
            assertThat(site.text(ours)).isEqualTo("2");
            site.execute("INSERT INTO t VALUES (4, 'a', 'b')");
            site.say(false, "DROP PUBLICATION everything");
            assertThat(site.text(ours)).isEqualTo("0");
            assertThat(site.catalogue().complete()).isFalse();
            site.execute("INSERT INTO t VALUES (5, 'a', 'b')");
            assertThat(site.journal()).hasSize(6);
            site.say(true, "CREATE PUBLICATION everything (TABLE t)");
            assertThat(site.text(ours)).isEqualTo("2");
            site.execute("INSERT INTO t VALUES (6, 'a', 'b')");
            site.uninstall();
            assertThat(site.text(ours)).isEqualTo("0");
            site.execute("INSERT INTO t VALUES (7, 'a', 'b')");
        }
    }

    @Test
    void definitionsThatThePublicationDoesNotNameMayChangeAndOthersFailLoudly() throws Exception {
        try (CompleteDatabase site = new CompleteDatabase("CREATE TABLE t (id INT PRIMARY KEY, a TEXT, other INT, late INT)").publishing("TABLE t (a)"); Connection bare = site.connect()) {
            run(bare, "INSERT INTO t VALUES (1, 'a', 1, 1)", "ALTER TABLE t DROP COLUMN other", "INSERT INTO t VALUES (2, 'b', 1)", "ALTER TABLE t ADD COLUMN other TEXT DEFAULT 'x'", "UPDATE t SET a = 'c' WHERE id = 1",
                    "ALTER TABLE t ALTER COLUMN late TYPE BIGINT", "INSERT INTO t (id, a) VALUES (3, 'c')", "ALTER TABLE t RENAME TO renamed", "INSERT INTO renamed (id, a) VALUES (4, 'd')", "ALTER TABLE renamed RENAME TO t");
            site.assertCaptured();
            run(bare, "ALTER TABLE t RENAME COLUMN a TO z");
            assertThatThrownBy(() -> run(bare, "INSERT INTO t (id, z) VALUES (9, 'lost')")).hasMessageContaining("no field \"a\"").hasMessageContaining("waybill.trigger_");
            run(bare, "ALTER TABLE t RENAME COLUMN z TO a");
            site.assertCaptured();
        }
    }

    @Test
    void whatTriggersCannotTellIsRefused() throws Exception {
        try (CompleteDatabase site = new CompleteDatabase("CREATE TABLE t (id INT PRIMARY KEY)", "CREATE TABLE base (id INT PRIMARY KEY)", "CREATE TABLE heir () INHERITS (base)").publishing("TABLE t")) {
            assertThatThrownBy(() -> site.say(true, "CREATE PUBLICATION more (TABLE base)")).satisfies(error -> assertThat(WaybillError.CAPTURE_IMPOSSIBLE.is((SQLException) error)).isTrue());
            site.execute("INSERT INTO t VALUES (1)");
            assertThatThrownBy(() -> site.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; TRUNCATE t; COMMIT")).hasMessageContaining("TRUNCATE of the published table public.t at isolation level repeatable read cannot be captured");
            site.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; DELETE FROM t; INSERT INTO t VALUES (2); COMMIT", "BEGIN ISOLATION LEVEL SERIALIZABLE; UPDATE t SET id = id + 1; COMMIT");
            site.assertCaptured();
        }
    }

    @Test
    void longTransactionsAndMassesOfShortOnesComeInParts() throws Exception {
        try (CompleteDatabase site = new CompleteDatabase("CREATE TABLE t (id INT PRIMARY KEY, a TEXT)", "CREATE TABLE u (id INT PRIMARY KEY)").publishing("TABLE t, TABLE u")) {
            site.execute("BEGIN; INSERT INTO t SELECT i, repeat('x', 20) FROM generate_series(1, 3000) i; INSERT INTO u SELECT i FROM generate_series(1, 50) i; UPDATE t SET a = a || id WHERE id % 2 = 0; INSERT INTO t VALUES (0, repeat('y', 200000)); COMMIT");
            try (Connection bare = site.connect(); PreparedStatement insert = bare.prepareStatement("INSERT INTO u VALUES (?)")) {
                for (int i = 0; i < 300; i++) {
                    insert.setInt(1, 1000 + i);
                    insert.executeUpdate();
                }
            }
            List<List<Change>> journal = site.assertCaptured();
            assertThat(journal).hasSize(301);
            assertThat(journal.get(0)).hasSize(4551).filteredOn(change -> change.operation() == Operation.UPDATE).hasSize(1500);
            assertThat(site.text("SELECT count(*) > 5 FROM waybill.journal WHERE part > 0")).isEqualTo("t");
        }
    }
}
