// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.invitation.Host;
import dev.waybill.invitation.Invitation;
import dev.waybill.link.http.Access;
import dev.waybill.seal.KeyRing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code waybill invite}. */
@Command(
        name = "invite",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Writes an invitation for a remote user: a file that a person carries to a new, empty database, which joins with it. It names the two, the way between them and this database's keys, and has a secret that is good once, in time, for that name.",
            "The agent here takes in the first that comes with it: trusts its key, synchronizes its subscriptions, and writes it down in waybill.audit. Take an invitation back with  ./waybill keys remove ID --yes.",
            "%nBefore:   ./waybill sql HQ-URL \"GRANT REMOTE TO shop1 TYPE FILE ADDRESS 'shop1' SEND EVERY '00:00:05'\" \"CREATE SUBSCRIPTION TO stock FOR shop1\"",
            "Here:     ./waybill invite HQ-URL --keys /etc/waybill/keys --for shop1 --to shop1.invitation",
            "There:    ./waybill join REMOTE-URL --keys /etc/waybill/keys --invitation shop1.invitation",
            "%nBy HTTP it needs --option url=https://…, at which the remote reaches this office, and brings a token along."})
final class InviteCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseAddress database;

    @Option(names = "--for", required = true, paramLabel = "NAME", description = "The remote user, granted before.")
    private String guest;

    @Option(names = "--to", required = true, paramLabel = "FILE", description = "The file, which must not be there. Its owner alone can read it; whoever has it can become that remote.")
    private Path file;

    @Option(names = "--valid", paramLabel = "TIME", defaultValue = "168h", converter = TimeOption.class, description = "How long (default ${DEFAULT-VALUE}, a week).")
    private Duration valid;

    @Option(names = "--keys", paramLabel = "DIR", defaultValue = "${env:WAYBILL_KEYS}", description = "The directory of the key ring of this database's agent (also WAYBILL_KEYS).")
    private Path keys;

    @Mixin
    private NamedValues options;

    @Override
    public Integer call() throws SQLException, IOException {
        if (keys == null || keys.toString().isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Which key ring? Nothing was done. Name its directory with --keys or in WAYBILL_KEYS.");
        }
        if (Files.exists(file)) {
            throw new ParameterException(spec.commandLine(), "There is a file " + file + " already. Nothing was done. Name another one, or remove it.");
        }
        KeyRing ring = new KeyRing(keys, InstantSource.system());
        try (Connection raw = database.connectRaw()) {
            Dialect dialect = Dialects.of(raw);
            Host host = new Host(raw, dialect, ring, InstantSource.system(), new SecureRandom());
            Host.Place place = host.place(guest);
            Invitation invitation = host.invite(place, valid, options.all(), token(place));
            handOver(ring, invitation);
            System.out.println("invitation " + invitation.id() + " for " + guest + ", good until " + invitation.until() + ", is in " + file + ". Whoever has that file can become " + guest + ": carry it by a way that you trust.\nThere:  ./waybill join JDBC-URL --keys DIR --invitation "
                    + file.getFileName());
        }
        return 0;
    }

    private String token(Host.Place place) throws IOException {
        if (!place.isCalled() || options.all().containsKey("token") || options.all().containsKey("keystore")) {
            return null;
        }
        if (!options.all().containsKey("url")) {
            throw new ParameterException(spec.commandLine(), guest + " has to know where it can call. Nothing was done. Say --option url=https://…:8443.");
        }
        return new Access(keys, InstantSource.system()).grant(guest, new SecureRandom());
    }

    /** An invitation that nobody can carry is none. */
    private void handOver(KeyRing ring, Invitation invitation) throws IOException {
        boolean written = false;
        try {
            invitation.write(file);
            written = true;
        } finally {
            if (!written) {
                ring.remove(invitation.id());
            }
        }
    }
}
