// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shop's database and its replica at a branch, on PostgreSQL and H2 in every pairing, by nothing but URLs and SQL. */
class AcrossProductsStoryTest {

    @TempDir
    private Path directory;

    @Test
    void postgresIsKeptAtPostgres() throws Exception {
        keep(postgres(), postgres(), 60);
    }

    @Test
    void h2IsKeptAtPostgres() throws Exception {
        keep(h2("hq"), postgres(), 60);
    }

    @Test
    void postgresIsKeptAtH2() throws Exception {
        keep(postgres(), h2("branch"), 60);
    }

    @Test
    @Tag("extended")
    void postgresIsKeptAtPostgresThroughManyTransactions() throws Exception {
        keep(postgres(), postgres(), 2_000);
    }

    @Test
    @Tag("extended")
    void h2IsKeptAtPostgresThroughManyTransactions() throws Exception {
        keep(h2("hq"), postgres(), 2_000);
    }

    @Test
    void columnsThatCannotTravelStayAtHome() throws Exception {
        String hq = postgres();
        try (HeadOfficeAndBranch sites = new HeadOfficeAndBranch(directory, hq, postgres())) {
            try (Connection before = DriverManager.getConnection(hq)) {
                HeadOfficeAndBranch.execute(before, "CREATE TABLE paper (id INT PRIMARY KEY, name TEXT, file OID UNIQUE, price MONEY NOT NULL DEFAULT 1)", "INSERT INTO paper VALUES (1, 'first', 11), (2, 'second', 12)");
            }
            sites.setUp("CREATE PUBLICATION papers (TABLE paper (id, name))", "papers");
            HeadOfficeAndBranch.execute(sites.atHq(), "INSERT INTO paper (id, name, file) VALUES (3, 'third', 13)", "UPDATE paper SET file = 14 WHERE id = 3", "UPDATE paper SET name = 'renamed', price = 2 WHERE id = 1", "DELETE FROM paper WHERE id = 2");
            sites.awaitQuiet(Duration.ofSeconds(60));
            assertThat(HeadOfficeAndBranch.text(sites.atBranch(), "SELECT string_agg(CAST(row(p.*) AS text), ' ' ORDER BY id) FROM paper p")).isEqualTo("(1,renamed) (3,third)");
        }
    }

    /** Rows that were there come by a snapshot, everything after them as it is committed. */
    private void keep(String hq, String branch, int transactionsEach) throws Exception {
        try (HeadOfficeAndBranch sites = new HeadOfficeAndBranch(directory, hq, branch)) {
            try (Connection before = DriverManager.getConnection(hq)) {
                Shop.open(before);
            }
            Shop.workConcurrently(() -> DriverManager.getConnection(hq), 1, 2, 20);
            sites.setUp(Shop.publication(), "shop");
            Shop.workConcurrently(() -> DriverManager.getConnection(sites.hq()), 2, 4, transactionsEach);
            try {
                sites.awaitQuiet(Duration.ofSeconds(Math.max(60, transactionsEach / 10)));
            } catch (Throwable late) {
                throw new AssertionError(sites.state(), late);
            }
            sites.assertReplicaEquals(Shop.TABLES);
            assertThat(TableComparison.count(sites.atBranch(), Shop.TABLES)).isGreaterThan(100);
            assertThat(HeadOfficeAndBranch.number(sites.atHq(), "SELECT COUNT(*) FROM waybill.counter WHERE name = 'uncaptured'")).isZero();
        }
    }

    private static String postgres() throws SQLException {
        return PostgresServer.running().freshDatabase().url();
    }

    private String h2(String name) {
        return "jdbc:h2:file:" + directory.resolve(name) + ";LOCK_TIMEOUT=500";
    }
}
