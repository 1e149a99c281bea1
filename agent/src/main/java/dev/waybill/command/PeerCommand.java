// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.command.terminal.TextTable;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.publication.Peers;
import dev.waybill.publication.PoisonPolicy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill peer}. */
@Command(
        name = "peer",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "What people do with an exchange when it does not go on by itself. The agent takes it up at its next cycle, before any data; everything is written down in waybill.audit (who, when, what, before).",
            "%nACTION is one of, NAME the database above or below:",
            "  show NAME     where the exchange stands, and what people did with it",
            "  rewind NAME   send again what it has not confirmed, or from --to OFFSET; what it has it recognises: harmless",
            "  skip NAME     what comes from it is HALTED at a transaction: leave out this one (--yes), or park it (--park)",
            "  resync NAME   begin anew: everything that it is to get is sent as it is now, what was sent before is void (--yes)",
            "  reset NAME    begin anew without sending anything: you vouch that its tables are as here now (--yes; REMOTE RESET of SQL Remote)",
            "  adopt NAME    another incarnation was heard under this name (a restored copy that was renewed, or a new database): it is the right one now (--yes)",
            "  renew         give this database a new incarnation: it is a copy that went another way than the original (--yes). Everybody below gets everything anew, and has to adopt it",
            "%nSPLIT_HISTORY means: this database, or the other, was restored from a backup and written to since; the other has applied what the copy does not have. Restore the right copy and nothing else is needed;",
            "or decide for the copy:  ./waybill peer (copy) renew --yes, then at each neighbour  ./waybill peer (neighbour) adopt NAME --yes  (see docs/backup.md)."})
final class PeerCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseAddress database;

    @Parameters(index = "1", paramLabel = "ACTION", description = "show, rewind, skip, resync, reset, adopt, renew.")
    private String action;

    @Parameters(index = "2", arity = "0..1", paramLabel = "NAME", description = "The database above or below.")
    private String name;

    @Option(names = "--to", paramLabel = "OFFSET", description = "rewind: send again what comes after this log offset.")
    private Long offset;

    @Option(names = "--park", description = "skip: park the transaction as a dead letter, and behind it what touches the same rows.")
    private boolean park;

    @Option(names = "--incarnation", paramLabel = "UUID", description = "adopt: this one, instead of the one that was heard.")
    private UUID incarnation;

    @Option(names = "--yes", description = "Confirms what cannot be undone.")
    private boolean yes;

    @Override
    public Integer call() throws SQLException {
        if (name == null && !action.equals("renew")) {
            throw new ParameterException(spec.commandLine(), action + " needs the name of a database above or below.");
        }
        if (action.equals("reset")) {
            return reset();
        }
        try (Connection raw = database.connectRaw()) {
            Dialect dialect = Dialects.of(raw);
            Peers peers = new Peers(raw, dialect, InstantSource.system());
            switch (action) {
                case "show" -> show(raw, dialect);
                case "rewind" -> peers.rewind(name, offset);
                case "skip" -> skip(peers);
                case "resync" -> {
                    confirm("Everything that " + name + " gets is sent anew, and replaces what is there.");
                    peers.resync(name);
                }
                case "adopt" -> adopt(peers);
                case "renew" -> renew(peers);
                default -> throw new ParameterException(spec.commandLine(), "There is no action " + action + ": show, rewind, skip, resync, reset, adopt or renew.");
            }
        }
        if (!action.equals("show") && !action.equals("renew") && !action.equals("adopt")) {
            System.out.println(action + " of " + name + ": the agent takes it up at its next cycle");
        }
        return 0;
    }

    private int reset() throws SQLException {
        confirm("From now on " + name + " gets only what is committed after this moment.");
        try (Connection connection = database.connectThroughDriver(); Statement statement = connection.createStatement()) {
            statement.execute("REMOTE RESET \"" + name.replace("\"", "\"\"") + "\"");
        }
        System.out.println("reset of " + name + ": the agent takes it up at its next cycle");
        return 0;
    }

    private void skip(Peers peers) throws SQLException {
        if (!park) {
            confirm("The transaction at which " + name + " is halted is left out.");
        }
        peers.leaveOut(name, park ? PoisonPolicy.PARK : PoisonPolicy.SKIP);
    }

    private void adopt(Peers peers) throws SQLException {
        confirm("What was exchanged with the former database of the name " + name + " is void.");
        System.out.println(name + " is incarnation " + peers.adopt(name, incarnation) + " now");
    }

    private void renew(Peers peers) throws SQLException {
        if (name != null) {
            throw new ParameterException(spec.commandLine(), "renew is about this database and takes no name.");
        }
        confirm("This database becomes another one for all its neighbours: they hear nothing of it before they adopt it, and everybody below gets everything anew.");
        UUID renewed = peers.renew();
        System.out.println("This database is incarnation " + renewed + " now. At each neighbour say:  ./waybill peer JDBC-URL adopt NAME --yes");
    }

    private void confirm(String what) {
        if (!yes) {
            throw new ParameterException(spec.commandLine(), what + " Nothing was done. Say it again with --yes.");
        }
    }

    private void show(Connection raw, Dialect dialect) throws SQLException {
        try (PreparedStatement select = raw.prepareStatement("SELECT * FROM " + dialect.catalogueTable("remote_user") + " WHERE user_name = ?")) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("There is no database " + name + " above or below. Nothing was done. See: waybill status " + database.shownUrl());
                }
                var table = TextTable.of("column", "value");
                for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                    table.row(row.getMetaData().getColumnLabel(column).toLowerCase(Locale.ROOT), row.getString(column));
                }
                table.print(System.out);
            }
        }
        System.out.println();
        try (PreparedStatement select = raw.prepareStatement("SELECT " + dialect.quote(dialect.fold("at")) + ", who, what, " + dialect.quote(dialect.fold("before")) + ", after FROM " + dialect.catalogueTable("audit") + " WHERE subject = ? ORDER BY audit_id DESC" + dialect.first(20))) {
            select.setString(1, name);
            try (ResultSet row = select.executeQuery()) {
                var table = TextTable.of("at", "who", "what", "before", "after");
                while (row.next()) {
                    table.row(row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getString(5));
                }
                table.print(System.out);
            }
        }
    }
}
