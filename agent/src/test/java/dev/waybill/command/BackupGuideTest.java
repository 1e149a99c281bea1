// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.waybill.statement.WaybillStatement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.h2.tools.Restore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/backup.md} says is true, with H2's own backups and the commands as it has them. */
class BackupGuideTest {

    private static final String ARTISTS = "SELECT id || '=' || name FROM artist ORDER BY id";

    @TempDir
    private Path directory;

    private Database hq;
    private Database branch;

    @BeforeEach
    void setUp() throws SQLException {
        hq = Database.at(directory, "hq").say("CREATE TABLE artist (id INT PRIMARY KEY, name VARCHAR(50))", "INSERT INTO artist VALUES (1, 'Bach')", "GRANT PUBLISH TO hq",
                "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + directory.resolve("messages") + "'",
                "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch'", "CREATE PUBLICATION music (TABLE artist)", "CREATE SUBSCRIPTION TO music FOR branch", "SYNCHRONIZE SUBSCRIPTION TO music FOR branch");
        branch = Database.at(directory, "branch").say("GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'",
                "SET REMOTE FILE OPTION directory = '" + directory.resolve("messages") + "'", "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq'");
        turns(3);
        assertThat(branch.rows(ARTISTS)).containsExactly("1=Bach");
    }

    private void turns(int count) {
        for (int turn = 0; turn < count; turn++) {
            Outcome.of("agent", hq.url(), "--once");
            Outcome.of("agent", branch.url(), "--once");
        }
    }

    private void assertEqual() throws SQLException {
        assertThat(branch.rows(ARTISTS)).isEqualTo(hq.rows(ARTISTS));
    }

    private String backUp(Database database, String name) throws SQLException {
        String file = directory.resolve(name + ".zip").toString();
        database.bare("BACKUP TO '" + file + "'");
        return file;
    }

    private void restore(String backup, String name) throws Exception {
        Files.delete(directory.resolve(name + ".mv.db"));
        Restore.execute(backup, directory.toString(), name);
    }

    @Test
    void aRestoredReplicaCatchesUpByItself() throws Exception {
        String backup = backUp(branch, "branch");
        hq.say("INSERT INTO artist VALUES (2, 'Ravel')", "UPDATE artist SET name = 'J. S. Bach' WHERE id = 1");
        turns(2);
        assertEqual();
        restore(backup, "branch");
        assertThat(branch.rows(ARTISTS)).containsExactly("1=Bach");
        hq.say("INSERT INTO artist VALUES (3, 'Satie')");
        turns(4);
        assertEqual();
    }

    @Test
    @Tag("extended")
    void aRestoredHeadOfficeOfWhichNobodyHasMoreGoesOn() throws Exception {
        hq.say("INSERT INTO artist VALUES (2, 'Ravel')");
        turns(2);
        String backup = backUp(hq, "hq");
        restore(backup, "hq");
        hq.say("INSERT INTO artist VALUES (3, 'Satie')");
        turns(3);
        assertEqual();
    }

    @Test
    @Tag("extended")
    void aRestoredHeadOfficeThatOthersAreAheadOfStopsUntilTheRightCopyIsThere() throws Exception {
        String old = backUp(hq, "old");
        hq.say("INSERT INTO artist VALUES (2, 'Ravel')", "INSERT INTO artist VALUES (3, 'Satie')");
        turns(2);
        String right = backUp(hq, "right");
        restore(old, "hq");
        hq.say("INSERT INTO artist VALUES (2, 'another')");
        turns(4);
        assertThat(branch.rows(ARTISTS)).as("nothing is applied").containsExactly("1=Bach", "2=Ravel", "3=Satie");
        assertThat(Outcome.of("status", hq.url()).out() + Outcome.of("status", branch.url()).out()).contains("SPLIT_HISTORY").contains("renew");
        restore(right, "hq");
        hq.say("INSERT INTO artist VALUES (4, 'Monk')");
        turns(4);
        assertEqual();
    }

    @Test
    void aRestoredHeadOfficeIsRenewedAndAdopted() throws Exception {
        String old = backUp(hq, "old");
        hq.say("INSERT INTO artist VALUES (2, 'Ravel')", "INSERT INTO artist VALUES (3, 'Satie')");
        turns(2);
        restore(old, "hq");
        hq.say("INSERT INTO artist VALUES (2, 'another')");
        turns(4);
        Outcome.done("peer", hq.url(), "renew", "--yes");
        turns(3);
        assertThat(branch.rows(ARTISTS)).as("not before somebody says so here").containsExactly("1=Bach", "2=Ravel", "3=Satie");
        String renewed = hq.rows("SELECT incarnation FROM waybill.catalogue").get(0);
        assertThat(Outcome.done("peer", branch.url(), "show", "hq").out()).contains("refused", renewed);
        Outcome.done("peer", branch.url(), "adopt", "hq", "--yes");
        turns(6);
        assertThat(branch.rows(ARTISTS)).containsExactly("1=Bach", "2=another");
        hq.say("INSERT INTO artist VALUES (4, 'Monk')");
        turns(3);
        assertEqual();
        assertThat(Outcome.done("status", branch.url()).out()).contains("hq");
        assertThat(branch.rows("SELECT what FROM waybill.audit")).containsExactly("ADOPT");
    }

    @Test
    @Tag("extended")
    void aBranchThatAlsoSendsUpwardIsRenewedAndSendsWhatComesAfter() throws Exception {
        hq.say("CREATE TABLE visit (id INT PRIMARY KEY)", "CREATE PUBLICATION visits (TABLE visit)", "CREATE SUBSCRIPTION TO visits FOR branch");
        branch.say("CREATE TABLE visit (id INT PRIMARY KEY)", "CREATE PUBLICATION visits (TABLE visit)", "CREATE SUBSCRIPTION TO visits FOR hq", "START SUBSCRIPTION TO visits FOR hq", "INSERT INTO visit VALUES (1)");
        turns(3);
        String old = backUp(branch, "branch");
        branch.say("INSERT INTO visit VALUES (2)", "INSERT INTO visit VALUES (3)");
        turns(3);
        assertThat(hq.rows("SELECT id FROM visit ORDER BY id")).containsExactly("1", "2", "3");
        restore(old, "branch");
        branch.say("INSERT INTO visit VALUES (4)");
        turns(4);
        assertThat(Outcome.of("status", hq.url()).out() + Outcome.of("status", branch.url()).out()).contains("SPLIT_HISTORY");
        branch.say("INSERT INTO visit VALUES (6)"); // before it is renewed, and still in the outbox
        Outcome.done("peer", branch.url(), "renew", "--yes");
        turns(2);
        Outcome.done("peer", hq.url(), "adopt", "branch", "--yes");
        branch.say("INSERT INTO visit VALUES (5)");
        hq.say("INSERT INTO artist VALUES (9, 'Monk')");
        turns(6);
        assertThat(hq.rows("SELECT id FROM visit ORDER BY id")).containsExactly("1", "2", "3", "5");
        assertEqual();
    }

    /** Every command of the page is one, and every statement is ours or H2's. */
    @Test
    void theCommandsOfTheGuideExist() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "backup.md"));
        Matcher commands = Pattern.compile("\\./waybill ([a-z][^`\\n]*)").matcher(page);
        int count = 0;
        while (commands.find()) {
            String[] words = commands.group(1).replaceAll("[.,;:)]+$", "").split("\\s+");
            List<String> arguments = words.length == 1 ? List.of(words[0], "--help") : List.of(words);
            assertThatCode(() -> Main.commandLine().parseArgs(arguments.toArray(String[]::new))).as(commands.group()).doesNotThrowAnyException();
            count++;
        }
        assertThat(count).isGreaterThan(8);
        for (String statement : List.of("REVOKE PUBLISH", "ALTER CONSOLIDATE name POISON PARK")) {
            assertThat(page).contains(statement);
            assertThat(WaybillStatement.parse(statement)).isNotNull();
        }
    }
}
