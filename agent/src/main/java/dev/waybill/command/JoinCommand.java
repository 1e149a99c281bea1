// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.agent.AgentEvents;
import dev.waybill.agent.AgentSettings;
import dev.waybill.agent.AgentSurroundings;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.invitation.Guest;
import dev.waybill.invitation.Invitation;
import dev.waybill.publication.Administration;
import dev.waybill.publication.Boards;
import dev.waybill.seal.KeyRing;
import dev.waybill.seal.TrustedKey;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code waybill join}. */
@Command(
        name = "join",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Joins an empty database to the head office that invited it (./waybill invite, there): installs the catalogue, names the publisher, the way and the database above, trusts its keys, makes a key of its own, and sends that by the link, with the proof of the invitation.",
            "The tables come over the link as soon as the head office's agent has taken it in. The agent of this database asks again by itself until then:  ./waybill agent JDBC-URL --keys DIR.",
            "It may be said again, when it was interrupted. Afterwards the file is worth nothing: remove it."})
final class JoinCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseAddress database;

    @Option(names = "--invitation", required = true, paramLabel = "FILE", description = "The file that the head office gave; chmod 600.")
    private Path file;

    @Option(names = "--keys", paramLabel = "DIR", defaultValue = "${env:WAYBILL_KEYS}", description = "The directory of the key ring of this database's agent, made if it is not there (also WAYBILL_KEYS).")
    private Path keys;

    @Mixin
    private NamedValues options;

    @Override
    public Integer call() throws SQLException, IOException {
        if (keys == null || keys.toString().isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Which key ring? Nothing was done. Name its directory with --keys or in WAYBILL_KEYS.");
        }
        Invitation invitation = Invitation.read(file);
        try (Connection raw = database.connectOrMake()) {
            Dialect dialect = Dialects.of(raw);
            var administration = new Administration(raw, dialect, Boards.of(dialect.databaseKey(raw)), InstantSource.system(), false, Administration.DEFAULT_PATIENCE);
            TrustedKey own = new Guest(administration, new KeyRing(keys, InstantSource.system())).join(invitation, options.all());
            System.out.println("This database is " + invitation.guest() + " now, below " + invitation.host() + ". Its key " + own.id() + " is on the way there.");
            AgentCommand.batch(AgentCommand.home(database, raw, dialect, AgentSettings.DEFAULTS.withKeys(keys)), AgentSurroundings.system(AgentEvents.NONE));
            int outcome = AgentCommand.attention(raw, dialect);
            System.out.println(outcome == 0 ? "Next:  ./waybill agent " + database.shownUrl() + " --keys " + keys + "   (the tables come when the agent of " + invitation.host() + " has taken it in)"
                    : "It has not left yet, see:  ./waybill status " + database.shownUrl() + "   The agent sends it when it can:  ./waybill agent " + database.shownUrl() + " --keys " + keys);
            return outcome;
        }
    }
}
