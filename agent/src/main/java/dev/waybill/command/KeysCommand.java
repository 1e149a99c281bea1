// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.command.terminal.TextTable;
import dev.waybill.link.http.Access;
import dev.waybill.seal.KeyBook;
import dev.waybill.seal.KeyRing;
import dev.waybill.seal.TrustedKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill keys}. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "The key ring of an agent: who may say something to its database, and who may read what it says. A running agent sees changes within seconds.",
            "%nACTION is one of:",
            "  list           the keys, own and neighbours', and invitations (./waybill invite); compare ids with the neighbour by a way that you trust (telephone)",
            "  make NAME      an own key for the publisher NAME; the secret halves never leave the directory",
            "  export NAME    print what neighbours import: the public halves of the newest own key of NAME",
            "  import FILE    trust this key of a neighbour; those of it that were trusted before are for 30 days more (--old-for)",
            "  rotate NAME    another own key of NAME: neighbours that trust the one before come to trust it by themselves; remove the old one when all do. Nothing stops meanwhile",
            "  remove ID      take a key off the ring, at once, and what it announced (--yes); or an invitation that nobody has used yet",
            "  token NAME     make and print a token with which the remote user NAME calls the head office (agent --http); only a digest of it is kept. NAME metrics reads /metrics",
            "  untoken NAME   take all tokens of NAME back, at once",
            "%nThe agent is told of the ring by waybill.keys (beside an application) or agent --keys."})
final class KeysCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "ACTION", description = "list, make, export, import, rotate, remove, token, untoken.")
    private String action;

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "A publisher, a file, or the id of a key.")
    private String name;

    @Option(names = "--keys", paramLabel = "DIR", defaultValue = "${env:WAYBILL_KEYS}", description = "The directory of the key ring (also WAYBILL_KEYS).")
    private Path directory;

    @Option(names = "--old-for", paramLabel = "TIME", defaultValue = "720h", converter = TimeOption.class, description = "import: how long the neighbour's older keys are still trusted (default ${DEFAULT-VALUE}).")
    private Duration oldFor;

    @Option(names = "--yes", description = "Confirms what cannot be undone.")
    private boolean yes;

    @Override
    public Integer call() throws IOException {
        if (directory == null || directory.toString().isEmpty()) {
            throw new ParameterException(spec.commandLine(), "Which key ring? Nothing was done. Name its directory with --keys or in WAYBILL_KEYS.");
        }
        if (name == null && !action.equals("list")) {
            throw new ParameterException(spec.commandLine(), action + " needs a name, a file or an id. Nothing was done.");
        }
        KeyRing ring = new KeyRing(directory, InstantSource.system());
        switch (action) {
            case "list" -> list(ring.read());
            case "make" -> make(ring);
            case "rotate" -> rotate(ring);
            case "export" -> System.out.print(KeyRing.export(newest(ring.read())));
            case "import" -> importKey(ring);
            case "remove" -> remove(ring);
            case "token" -> System.out.println(access().grant(name, new SecureRandom()));
            case "untoken" -> System.out.println(access().revoke(name) ? "no token of " + name + " is good any more" : "there was no token of " + name);
            default -> throw new ParameterException(spec.commandLine(), "There is no action " + action + ": list, make, export, import, rotate, remove, token or untoken.");
        }
        return 0;
    }

    private Access access() {
        return new Access(directory, InstantSource.system());
    }

    private void list(KeyBook book) {
        Instant now = Instant.now();
        var table = TextTable.of("whose", "publisher", "id", "made", "state");
        book.own().forEach(key -> table.row("own", key.publisher(), key.id(), key.made().toString(), "signs, decrypts"));
        book.trusted().forEach(key -> table.row("neighbour's", key.publisher(), key.id(), key.made().toString(), state(key, now)));
        book.invited().forEach(one -> table.row("invited", one.guest(), one.id(), "", one.state(now)));
        book.joining().forEach(one -> table.row("joins", one.host(), one.id(), "", "waits for an answer, good until " + one.until()));
        table.print(System.out);
    }

    private static String state(TrustedKey key, Instant now) {
        String state = !key.isValid(now) ? "ended " + key.until() : key.until() == null ? "trusted" : "trusted until " + key.until();
        return key.by() == null ? state : state + ", announced by " + key.by();
    }

    private void make(KeyRing ring) throws IOException {
        if (Files.isDirectory(directory) && !ring.read().ownOf(name).isEmpty()) {
            throw new ParameterException(spec.commandLine(), "There is a key of " + name + " already. Nothing was done. For another one beside it say rotate.");
        }
        System.out.println("made key " + ring.make(name).id() + " of " + name + "; for neighbours:  ./waybill keys export " + name);
    }

    private void rotate(KeyRing ring) throws IOException {
        List<TrustedKey> before = ring.read().ownOf(name);
        if (before.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "There is no key of " + name + " to be replaced. Nothing was done. Say make.");
        }
        System.out.println("made key " + ring.make(name).id() + " of " + name + "; it is announced to all neighbours that trust the one before, and signs for each from when he trusts it. Others import it:  ./waybill keys export " + name
                + "\nWhen all have it, and nothing is under way any more that was encrypted for the old one:  ./waybill keys remove " + before.get(before.size() - 1).id() + " --yes");
    }

    private TrustedKey newest(KeyBook book) {
        List<TrustedKey> own = book.ownOf(name);
        if (own.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "There is no own key of " + name + ". Nothing was done. Say make.");
        }
        return own.get(own.size() - 1);
    }

    private void importKey(KeyRing ring) throws IOException {
        String text = name.equals("-") ? new String(System.in.readNBytes(20_000), StandardCharsets.UTF_8) : Files.readString(Path.of(name));
        TrustedKey key = ring.trust(text, oldFor);
        System.out.println("key " + key.id() + " of " + key.publisher() + " is trusted now. Make sure by a way that you trust that this is the id that " + key.publisher() + " sees in  ./waybill keys list");
    }

    private void remove(KeyRing ring) throws IOException {
        if (!yes) {
            throw new ParameterException(spec.commandLine(), "What is signed by this key is not believed any more, what is encrypted for it cannot be read. Nothing was done. Say it again with --yes.");
        }
        List<String> removed = ring.remove(name);
        if (removed.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "There is no key " + name + " on this ring. Nothing was done. See:  ./waybill keys list");
        }
        System.out.println("removed key " + name + (removed.size() == 1 ? "" : ", and what it announced: " + String.join(", ", removed.subList(1, removed.size()))));
    }
}
