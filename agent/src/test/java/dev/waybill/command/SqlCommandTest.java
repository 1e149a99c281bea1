// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlCommandTest {

    @TempDir
    private Path directory;

    @Test
    void ownAndTheDatabasesStatementsAreExecutedAndCaptured() throws SQLException {
        Database hq = Database.at(directory, "hq");
        Outcome outcome = Outcome.done("sql", hq.url(), "CREATE TABLE artist (id INT PRIMARY KEY, name VARCHAR(50))", "GRANT PUBLISH TO hq", "CREATE PUBLICATION music (TABLE artist)",
                "INSERT INTO artist VALUES (1, 'Bach'), (2, 'Ravel')", "SELECT id, name FROM artist ORDER BY id");
        assertThat(outcome.out().lines()).containsExactly("done", "done", "done", "done, 2 rows", "ID  NAME", "──  ─────", " 1  Bach", " 2  Ravel", "2 rows");
        assertThat(hq.rows("SELECT COUNT(*) FROM waybill.outbox")).containsExactly("1");
    }

    @Test
    void nullsControlCharactersAndLongValuesAreShownSafely() {
        Outcome outcome = Outcome.done("sql", Database.at(directory, "hq").url(), "SELECT CAST(NULL AS INT) AS a, 'x' || CHAR(27) || '[31m' || CHAR(10) || 'y' AS b, U&'\\202E' AS c, REPEAT('z', 70) AS d");
        assertThat(outcome.out()).contains("NULL  x·[31m·y  ·").contains("z".repeat(59) + "…").doesNotContain("\u001b", "\u202e", "z".repeat(60));
        assertThat(Outcome.done("sql", "--full", Database.at(directory, "hq").url(), "SELECT REPEAT('z', 70)").out()).contains("z".repeat(70));
    }

    @Test
    void wideTableKeepsItsColumnsInLine() {
        String columns = IntStream.rangeClosed(1, 60).mapToObj(i -> i % 7 + " AS column_" + i).collect(Collectors.joining(", "));
        var lines = Outcome.done("sql", Database.at(directory, "hq").url(), "SELECT " + columns).out().lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).contains("COLUMN_1", "COLUMN_60").hasSameSizeAs(lines.get(1)).hasSameSizeAs(lines.get(2));
    }

    @Test
    void rowsBeyondTheBoundAreCountedNotShown() {
        Outcome outcome = Outcome.done("sql", "--max-rows", "3", Database.at(directory, "hq").url(), "SELECT x FROM SYSTEM_RANGE(1, 500)");
        assertThat(outcome.out().lines()).hasSize(6).last().isEqualTo("500 rows, the first 3 shown");
    }

    @Test
    void firstThatFailsStopsAndWhatWasBeforeStays() throws SQLException {
        Database hq = Database.at(directory, "hq");
        Outcome outcome = Outcome.of("sql", hq.url(), "CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)");
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("Statement 3 of 4 failed").contains("primary key").contains("[SQLState 23505]").doesNotContain("\tat ");
        assertThat(hq.rows("SELECT id FROM t")).containsExactly("1");
    }

    @Test
    void wrongStatementOfOursSaysWhereAndWhatIsExpected() {
        Outcome outcome = Outcome.of("sql", Database.at(directory, "hq").url(), "CREATE PUBLICATION music (artist)");
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("STATEMENT_SYNTAX").contains("position").contains("TABLE").contains("[SQLState 42601]");
    }
}
