// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.command.terminal.TextTable;
import dev.waybill.dialect.Dialects;
import dev.waybill.passthrough.Step;
import dev.waybill.passthrough.StepOffice;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill passthrough}. */
@Command(
        name = "passthrough",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Statements of PASSTHROUGH that commit by themselves in this database (DDL on H2, MariaDB and HSQLDB) and were interrupted, so that nobody knows whether they were executed.",
            "Mostly the tables tell, and the agent goes on by itself; where they do not, its stream halts until you say what you found.",
            "%nACTION is one of:",
            "  list         all of them, and what the tables tell (exit code 3 when there are any)",
            "  done NAME    the statement that came from NAME was executed: go on behind it",
            "  again NAME   it was not: execute it now",
            "%nNAME is the database from which it came, or \"here\" for one that was said in this database: after \"done here\" pass it on with PASSTHROUGH ONLY, after \"again here\" say it again. Both are written down in waybill.audit.",
            "%nExample:  ./waybill passthrough jdbc:h2:./branch done hq"})
final class PassthroughCommand implements Callable<Integer> {

    private static final String HERE = "here";

    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseAddress database;

    @Parameters(index = "1", arity = "0..1", paramLabel = "ACTION", defaultValue = "list", description = "list (default), done, again.")
    private String action;

    @Parameters(index = "2", arity = "0..1", paramLabel = "NAME", description = "From whom the statement came, or here.")
    private String name;

    @Override
    public Integer call() throws SQLException {
        try (Connection raw = database.connectRaw()) {
            StepOffice office = new StepOffice(raw, Dialects.of(raw), InstantSource.system());
            return switch (action) {
                case "list" -> list(office.open());
                case "done" -> settle(office, true);
                case "again" -> settle(office, false);
                default -> throw new ParameterException(spec.commandLine(), "There is no action " + action + ": list, done or again.");
            };
        }
    }

    private static int list(List<StepOffice.Open> all) {
        if (all.isEmpty()) {
            System.out.println("No statement of PASSTHROUGH was interrupted in this database.");
            return 0;
        }
        var table = TextTable.of("from", "offset", "since", "by its tables", "statement");
        all.forEach(open -> table.row(open.step().place().sender().isEmpty() ? HERE : open.step().place().sender(), Long.toString(open.step().place().logOffset()), open.step().begunAt().truncatedTo(ChronoUnit.SECONDS).toString(),
                open.finding().name().toLowerCase(Locale.ROOT).replace('_', ' '), Step.shortened(open.step().statement())));
        table.print(System.out);
        return 3;
    }

    private int settle(StepOffice office, boolean executed) throws SQLException {
        if (name == null) {
            throw new ParameterException(spec.commandLine(), action + " needs the name of the database from which the statement came, or here.");
        }
        Step step = office.settle(name.equals(HERE) ? "" : name, executed);
        String rest = !name.equals(HERE) ? executed ? "was executed; the stream of " + name + " goes on behind it" : "is executed when the agent comes to it next"
                : executed ? "was executed here and is not passed on by itself: say it once more with PASSTHROUGH ONLY" : "was not executed: say it once more";
        System.out.println(Step.shortened(step.statement()) + System.lineSeparator() + rest);
        return 0;
    }
}
