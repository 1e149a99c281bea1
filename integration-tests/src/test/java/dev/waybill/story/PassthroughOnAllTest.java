// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One story of PASSTHROUGH, told with PostgreSQL above each product, and with each product above PostgreSQL. */
@Tag("extended")
class PassthroughOnAllTest {

    @TempDir
    private Path directory;

    @Test
    void fromPostgresToH2AndBack() throws Exception {
        bothWays("h2");
    }

    @Test
    void fromPostgresToSqliteAndBack() throws Exception {
        bothWays("sqlite");
    }

    @Test
    void fromPostgresToMariaDbAndBack() throws Exception {
        bothWays("mariadb");
    }

    @Test
    void fromPostgresToHsqldbAndBack() throws Exception {
        bothWays("hsqldb");
    }

    private void bothWays(String product) throws Exception {
        pass("postgresql", product);
        pass(product, "postgresql");
    }

    private void pass(String above, String below) throws Exception {
        Path folder = directory.resolve(above + "-" + below);
        Files.createDirectories(folder);
        String hq = url(above, folder.resolve("hq"));
        try (HeadOfficeAndBranch sites = new HeadOfficeAndBranch(folder, hq, url(below, folder.resolve("branch")))) {
            try (Connection before = DriverManager.getConnection(hq)) {
                HeadOfficeAndBranch.execute(before, "CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(100), amount INT)", "INSERT INTO item VALUES (1, 'one', 10)");
            }
            sites.setUp("CREATE PUBLICATION stock (TABLE item)", "stock");
            HeadOfficeAndBranch.execute(sites.atBranch(), "SET REMOTE FILE OPTION passthrough = 'unsigned'");
            sites.awaitQuiet(Duration.ofSeconds(120));
            // DDL in autocommit mode, a statement on rows, and rows around them
            HeadOfficeAndBranch.execute(sites.atHq(), "INSERT INTO item VALUES (2, 'two', 20)", "PASSTHROUGH FOR branch", "ALTER TABLE item ADD COLUMN colour VARCHAR(20)", "UPDATE item SET colour = 'grey', amount = amount + 1",
                    "CREATE INDEX item_colour ON item (colour)", "PASSTHROUGH STOP", "INSERT INTO item (id, name, amount) VALUES (3, 'three', 30)");
            // each product its own words for the same
            HeadOfficeAndBranch.execute(sites.atHq(), "PASSTHROUGH ONLY FOR branch ON " + below, "CREATE TABLE note (id INT PRIMARY KEY, text VARCHAR(40))", "INSERT INTO note VALUES (1, 'of " + below + "')",
                    "PASSTHROUGH ONLY FOR branch ON " + above, "THIS IS NO SQL", "PASSTHROUGH STOP");
            // within one transaction, and rolled back
            sites.atHq().setAutoCommit(false);
            HeadOfficeAndBranch.execute(sites.atHq(), "INSERT INTO item (id, name, amount) VALUES (4, 'four', 40)", "PASSTHROUGH FOR branch", "UPDATE item SET amount = amount + 100 WHERE id = 4", "PASSTHROUGH STOP");
            sites.atHq().commit();
            HeadOfficeAndBranch.execute(sites.atHq(), "PASSTHROUGH FOR branch", "DELETE FROM item");
            sites.atHq().rollback();
            HeadOfficeAndBranch.execute(sites.atHq(), "PASSTHROUGH STOP");
            sites.atHq().commit();
            sites.atHq().setAutoCommit(true);
            try {
                sites.awaitQuiet(Duration.ofSeconds(120));
            } catch (Throwable late) {
                throw new AssertionError(above + " above " + below + "\n" + sites.state(), late);
            }
            for (int id = 1; id <= 4; id++) {
                String row = "SELECT CONCAT(name, ' ', amount) FROM item WHERE id = " + id;
                assertThat(HeadOfficeAndBranch.text(sites.atBranch(), row)).as(above + " above " + below).isEqualTo(HeadOfficeAndBranch.text(sites.atHq(), row));
            }
            assertThat(HeadOfficeAndBranch.text(sites.atBranch(), "SELECT amount FROM item WHERE id = 1")).isEqualTo("11");
            assertThat(HeadOfficeAndBranch.text(sites.atBranch(), "SELECT amount FROM item WHERE id = 4")).isEqualTo("140");
            assertThat(HeadOfficeAndBranch.text(sites.atBranch(), "SELECT colour FROM item WHERE id = 2")).isEqualTo("grey");
            assertThat(HeadOfficeAndBranch.text(sites.atBranch(), "SELECT text FROM note")).isEqualTo("of " + below);
            for (Connection site : new Connection[] {sites.atHq(), sites.atBranch()}) {
                assertThat(HeadOfficeAndBranch.number(site, "SELECT COUNT(*) FROM waybill.passthrough_step")).isZero();
            }
        }
    }

    private static String url(String product, Path file) throws SQLException {
        return switch (product) {
            case "postgresql" -> PostgresServer.running().freshDatabase().url();
            case "mariadb" -> MariaDbServer.running().freshDatabase().url();
            case "sqlite" -> "jdbc:sqlite:" + file + ".db?busy_timeout=60000";
            case "hsqldb" -> "jdbc:hsqldb:file:" + file + "/db;hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true";
            default -> "jdbc:h2:file:" + file + ";LOCK_TIMEOUT=500";
        };
    }
}
