// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.apply.DeadLetter;
import dev.waybill.apply.DeadLetterOffice;
import dev.waybill.apply.DeadLetters;
import dev.waybill.apply.EditedValue;
import dev.waybill.command.terminal.TextTable;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.message.MessagePrinter;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill dead-letters}. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Transactions of a neighbour that could not be applied here and were put aside, because the neighbour's policy is PARK or SKIP",
            "(ALTER CONSOLIDATE name POISON PARK; the default HALT stops the stream instead). What touches the same rows waits behind a parked one, in order.",
            "%nACTION is one of:",
            "  list          all of them (also: SELECT * FROM waybill.dead_letter)",
            "  show N        what letter N says, change by change",
            "  retry N       apply it now; what only waited behind it follows by itself",
            "  edit N        change what it says: --drop, --set, --set-null; then retry it",
            "  discard N     never apply it (--yes)",
            "  verified NAME forget the records of what was skipped, discarded or edited of this neighbour: you vouch that the tables are in order (--yes)",
            "%nEverything but list and show is written down in waybill.audit. A neighbour shows DIVERGED in status while a letter of his is here; SYNCHRONIZE settles all letters of the tables that it brings anew.",
            "%nExample:  ./waybill dead-letters jdbc:h2:./branch edit 7 --drop 2 --set 1:NAME=Bach"})
final class DeadLettersCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseAddress database;

    @Parameters(index = "1", arity = "0..1", paramLabel = "ACTION", defaultValue = "list", description = "list (default), show, retry, edit, discard, verified.")
    private String action;

    @Parameters(index = "2", arity = "0..1", paramLabel = "N|NAME", description = "Number of a letter, or name of a neighbour.")
    private String subject;

    @Option(names = "--drop", paramLabel = "CHANGE", split = ",", description = "edit: leave these changes out, numbered from 1 as show does.")
    private List<Long> dropped = new ArrayList<>();

    @Option(names = "--set", paramLabel = "CHANGE:COLUMN=VALUE", description = "edit: another value (dates as 2026-01-31, bytes in hex).")
    private List<String> set = new ArrayList<>();

    @Option(names = "--set-null", paramLabel = "CHANGE:COLUMN", description = "edit: NULL.")
    private List<String> setNull = new ArrayList<>();

    @Option(names = "--yes", description = "Confirms what cannot be undone.")
    private boolean yes;

    @Override
    public Integer call() throws SQLException, IOException {
        try (Connection raw = database.connectRaw()) {
            Dialect dialect = Dialects.of(raw);
            DeadLetters letters = new DeadLetters(dialect);
            DeadLetterOffice office = new DeadLetterOffice(raw, dialect, InstantSource.system());
            return switch (action) {
                case "list" -> list(letters.list(raw));
                case "show" -> show(raw, letters);
                case "retry" -> retry(office);
                case "edit" -> edit(office);
                case "discard" -> discard(office);
                case "verified" -> verified(office);
                default -> throw new ParameterException(spec.commandLine(), "There is no action " + action + ": list, show, retry, edit, discard or verified.");
            };
        }
    }

    private static int list(List<DeadLetter> letters) {
        if (letters.isEmpty()) {
            System.out.println("No dead letters: all that was sent to this database is in it.");
            return 0;
        }
        var table = TextTable.of("letter", "of", "offset", "state", "behind", "since", "tries", "changes", "tables", "reason");
        letters.forEach(letter -> table.row(Long.toString(letter.id()), letter.sender(), letter.offset().toString(), letter.state().name(), letter.behind() == null ? null : letter.behind().toString(),
                letter.since().truncatedTo(ChronoUnit.SECONDS).toString(), Integer.toString(letter.tries()), letter.changes() + (letter.edited() ? " edited" : ""), letter.tables(), letter.reason()));
        table.print(System.out);
        return 3;
    }

    private int show(Connection raw, DeadLetters letters) throws SQLException, IOException {
        DeadLetter letter = letters.find(raw, number());
        if (letter == null) {
            throw new SQLException("There is no dead letter " + number() + ". Nothing was done. See the list: waybill dead-letters " + database.shownUrl());
        }
        System.out.println("letter   " + letter.id() + " of " + letter.sender() + " at its offset " + letter.offset() + ", " + letter.state() + (letter.behind() == null ? "" : " behind " + letter.behind()));
        System.out.println("reason   " + letter.reason());
        System.out.println("content  " + letter.changes() + " changes of " + letter.tables() + ", " + letter.sizeBytes() + " bytes" + (letter.edited() ? ", edited" : "") + (letter.hasContent() ? "" : ", not kept"));
        if (letter.hasContent()) {
            try (InputStream content = letters.transaction(letter).content().open(raw)) {
                MessagePrinter.printChanges(System.out, content);
            }
        }
        return 0;
    }

    private int retry(DeadLetterOffice office) throws SQLException {
        DeadLetterOffice.Outcome outcome = office.retry(number());
        say(outcome);
        int followers = release(office, outcome.letter().sender());
        return outcome.failure() == null ? followers : 3;
    }

    /** What only waited follows. */
    private static int release(DeadLetterOffice office, String sender) throws SQLException {
        int result = 0;
        for (DeadLetterOffice.Outcome next = office.release(sender); next != null; next = office.release(sender)) {
            say(next);
            result = next.failure() == null ? result : 3;
        }
        return result;
    }

    private static void say(DeadLetterOffice.Outcome outcome) {
        System.out.println("letter " + outcome.letter().id() + (outcome.failure() == null ? " applied" : " is still parked: " + outcome.failure()));
    }

    private int edit(DeadLetterOffice office) throws SQLException {
        List<EditedValue> values = new ArrayList<>();
        for (String each : set) {
            int equals = each.indexOf('=');
            if (equals < 0) {
                throw new ParameterException(spec.commandLine(), "--set " + each + " is not CHANGE:COLUMN=VALUE.");
            }
            values.add(value(each.substring(0, equals), each.substring(equals + 1)));
        }
        setNull.forEach(each -> values.add(value(each, null)));
        Set<Long> without = new HashSet<>(dropped);
        DeadLetter letter = office.edit(number(), without, values);
        System.out.println("letter " + letter.id() + " has " + letter.changes() + " changes now; apply it with:  ./waybill dead-letters " + database.shownUrl() + " retry " + letter.id());
        return 0;
    }

    private EditedValue value(String place, String text) {
        int colon = place.indexOf(':');
        if (colon < 1 || !place.substring(0, colon).matches("\\d{1,9}")) {
            throw new ParameterException(spec.commandLine(), place + " is not CHANGE:COLUMN, as 2:NAME.");
        }
        return new EditedValue(Long.parseLong(place.substring(0, colon)), place.substring(colon + 1), text);
    }

    private int discard(DeadLetterOffice office) throws SQLException {
        confirm("A discarded transaction is never applied.");
        DeadLetter letter = office.discard(number());
        System.out.println("letter " + letter.id() + " discarded; " + letter.sender() + " shows DIVERGED until you say verified");
        return release(office, letter.sender());
    }

    private int verified(DeadLetterOffice office) throws SQLException {
        if (subject == null) {
            throw new ParameterException(spec.commandLine(), "verified needs the name of a neighbour.");
        }
        confirm("The records of what was left out or edited are forgotten.");
        System.out.println(office.verified(subject) + " records of " + subject + " forgotten");
        return 0;
    }

    private void confirm(String what) {
        if (!yes) {
            throw new ParameterException(spec.commandLine(), what + " Nothing was done. Say it again with --yes.");
        }
    }

    private long number() {
        if (subject == null || !subject.matches("\\d{1,18}")) {
            throw new ParameterException(spec.commandLine(), action + " needs the number of a letter.");
        }
        return Long.parseLong(subject);
    }
}
