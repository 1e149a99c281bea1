// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.command.terminal.Terminal;
import dev.waybill.error.Secrets;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code waybill}: the program that the script starts. */
@Command(
        name = "waybill",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        header = "Replication by messages for any JDBC database: exactly once, in order, whole transactions.%n",
        description = {
            "An application writes through jdbc:waybill:…; a message agent sends what it committed to the subscribers and applies what comes from them.",
            "A database that lives inside a process (H2 file or memory) has its agent beside the application; for all others run the agent command."
        },
        footer = {"%nBegin with:  ./waybill demo", "Exit codes:  0 done, 1 not done (the text says why), 2 wrong command line, 3 done but something needs attention"},
        subcommands = {
            DemoCommand.class, InstallCommand.class, UninstallCommand.class, SqlCommand.class, AgentCommand.class, StatusCommand.class, NotifierCommand.class, ListenCommand.class, PeerCommand.class, ExtractCommand.class, DeadLettersCommand.class, PassthroughCommand.class, KeysCommand.class, InviteCommand.class, JoinCommand.class, ShowCommand.class, SimulateCommand.class, CommandLine.HelpCommand.class
        })
public final class Main {

    private static final int CAUSES_AT_MOST = 3;
    /** Held, because loggers are not. */
    private static final Logger ROOT_LOGGER = Logger.getLogger("");

    private Main() {}

    public static void main(String[] arguments) {
        Terminal.makeStreamsReadable();
        quietLogging();
        System.exit(commandLine().execute(arguments));
    }

    /** Warnings only, one line each, unless whoever starts us has configured logging. */
    private static void quietLogging() {
        if (System.getProperty("java.util.logging.config.file") == null) {
            System.setProperty("java.util.logging.SimpleFormatter.format", "%4$s: %5$s%n");
            ROOT_LOGGER.setLevel(Level.WARNING);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((error, commandLine, parsed) -> {
            commandLine.getErr().println(commandLine.getColorScheme().errorText(sentence(error)));
            return CommandLine.ExitCode.SOFTWARE;
        }).setCaseInsensitiveEnumValuesAllowed(true).setOut(writer(System.out)).setErr(writer(System.err)).setUsageHelpWidth(110);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    /** What happened, for a person: the text of the error and of its causes, its SQLState where there is one; never a stack of frames, never a password. */
    private static String sentence(Exception error) {
        var text = new StringBuilder(message(error));
        Throwable cause = error.getCause();
        for (int depth = 0; cause != null && depth < CAUSES_AT_MOST; depth++, cause = cause.getCause()) {
            if (text.indexOf(message(cause)) < 0) {
                text.append(System.lineSeparator()).append("  because: ").append(message(cause));
            }
        }
        return Secrets.hidden(text.toString());
    }

    private static String message(Throwable error) {
        String text = error.getMessage() == null ? error.toString() : error.getMessage();
        return error instanceof SQLException sql && sql.getSQLState() != null ? text + " [SQLState " + sql.getSQLState() + "]" : text;
    }
}
