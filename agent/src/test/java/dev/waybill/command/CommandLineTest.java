// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    @TempDir
    private Path directory;

    @Test
    void helpNamesEveryCommandAndWhereToBegin() {
        Outcome help = Outcome.of("--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("demo", "install", "uninstall", "sql", "agent", "status", "show", "simulate").contains("Begin with:  ./waybill demo").contains("Exit codes:");
        assertThat(help.out().lines()).allMatch(line -> line.length() <= 110);
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "install", "uninstall", "sql", "agent", "status", "show", "simulate", "peer", "dead-letters", "passthrough"})
    void helpOfEveryCommandSaysWhatItDoesAndWhatItTakes(String command) {
        Outcome help = Outcome.of(command, "--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).startsWith("Usage: waybill " + command).contains("--help");
        assertThat(help.out().lines().filter(line -> !line.isBlank())).hasSizeGreaterThan(4).allMatch(line -> line.length() <= 110);
        assertThat(Outcome.of("help", command).out()).isEqualTo(help.out());
    }

    @Test
    void versionIsSaid() {
        assertThat(Outcome.of("--version").out()).startsWith("waybill ").contains("Java " + System.getProperty("java.version"));
    }

    @Test
    void wrongCommandLineEndsWithTwo() {
        assertThat(Outcome.of().exitCode()).isEqualTo(2);
        assertThat(Outcome.of("stattus").err()).contains("stattus").contains("waybill status");
        assertThat(Outcome.of("stattus").exitCode()).isEqualTo(2);
        assertThat(Outcome.of("sql", "jdbc:h2:./hq").err()).contains("STATEMENT");
        assertThat(Outcome.of("sql", "jdbc:h2:./hq").exitCode()).isEqualTo(2);
        assertThat(Outcome.of("demo", "--seconds", "many").exitCode()).isEqualTo(2);
        Outcome patience = Outcome.of("agent", "jdbc:h2:./hq", "--patience", "soon");
        assertThat(patience.exitCode()).isEqualTo(2);
        assertThat(patience.err()).contains("--patience").contains("soon").contains("500ms");
        assertThat(Outcome.of("agent", "jdbc:h2:./hq", "--patience", "1ms").err()).contains("at least 10ms");
        assertThat(Outcome.of("agent", "jdbc:h2:./hq", "--max-message-bytes", "9999").exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"install", "uninstall", "agent", "status", "sql"})
    void wrongUrlIsNotDoneAndTheTextSaysWhatToWrite(String command) {
        assertRefused(run(command, "hq"), "\"hq\" is not a JDBC URL", "Write it as jdbc:h2:");
        assertRefused(run(command, "jdbc:nothing:x"), "No JDBC driver accepts", "jdbc:nothing:x", "WAYBILL_CLASSPATH");
        assertRefused(run(command, "jdbc:waybill:nothing:x"), "No JDBC driver accepts", "jdbc:nothing:x", "WAYBILL_CLASSPATH");
    }

    @ParameterizedTest
    @ValueSource(strings = {"uninstall", "agent", "status"})
    void databaseThatIsNotThereIsNotMade(String command) throws Exception {
        assertRefused(run(command, Database.at(directory, "hq").url()), "There is no database", "none was made", "Correct the URL");
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"install", "uninstall", "agent", "status", "sql"})
    void passwordIsNeverPrinted(String command) throws Exception {
        Database locked = new Database(Database.at(directory, "hq").url() + ";USER=owner;PASSWORD=hunter2");
        locked.bare("CREATE TABLE item (id INT PRIMARY KEY)");
        for (String url : List.of(locked.url(), locked.url() + ";WHAT=1", locked.url() + ";;=", "jdbc:nothing://owner:hunter2@host/x?password=hunter2",
                locked.url().replace("jdbc:", "xdbc:"))) {
            assertThat(run(command, url).all()).doesNotContain("hunter2");
        }
    }

    @Test
    void wrongPasswordSaysHowToGiveIt() throws Exception {
        new Database(Database.at(directory, "hq").url() + ";USER=owner;PASSWORD=hunter2").bare("CREATE TABLE item (id INT PRIMARY KEY)");
        Outcome refused = Outcome.of("status", Database.at(directory, "hq").url() + ";USER=owner;PASSWORD=wrong-guess");
        assertRefused(refused, Database.at(directory, "hq").url() + " refuses the user or the password", "--user", "WAYBILL_PASSWORD");
        assertThat(refused.all()).doesNotContain("wrong-guess");
    }

    private static Outcome run(String command, String url) {
        return command.equals("sql") ? Outcome.of(command, url, "SELECT 1") : Outcome.of(command, url);
    }

    private static void assertRefused(Outcome outcome, String... texts) {
        assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(1);
        assertThat(outcome.err()).contains(texts).doesNotContain("\tat ");
    }
}
