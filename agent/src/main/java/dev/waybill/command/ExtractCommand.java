// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.command.terminal.TextTable;
import dev.waybill.extraction.Extraction;
import dev.waybill.extraction.Extraction.Outcome;
import dev.waybill.extraction.Place;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.seal.KeyRing;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code waybill extract}. */
@Command(
        name = "extract",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Fills an empty database with what a remote user of this one is to get, and makes it take part: tables, rows, publisher, message type, the head office above it, and the way back. Nobody who writes here has to wait, and from",
            "the moment of the snapshot on changes come by messages: start the agents, and nothing is missed or doubled.",
            "%nFirst, here:  GRANT REMOTE TO shop1 TYPE FILE ADDRESS 'shop1' SEND EVERY '00:00:00';  CREATE SUBSCRIPTION TO p FOR shop1",
            "Then:          ./waybill extract jdbc:postgresql://hq/shop --for shop1 --into jdbc:h2:./shop1",
            "Several:       … --for shop1,shop2 --into jdbc:h2:./shop1 --into jdbc:h2:./shop2      one snapshot; what they get alike is read once",
            "%nEnded half-way (killed, disk full), say the same again: with a complete spool it goes on behind the last table that was brought over, otherwise it begins anew. What does not travel is said in the end.",
            "An H2 file that an application has open cannot be read by another process: use SYNCHRONIZE SUBSCRIPTION there, or AUTO_SERVER (docs/extraction.md, which also has the way by hand: REMOTE RESET)."})
final class ExtractCommand implements Callable<Integer> {

    private static final Duration OLD_KEYS = Duration.ofDays(30);

    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseAddress database;

    @Option(names = "--for", paramLabel = "NAME", split = ",", required = true, description = "The remote users, one or several.")
    private List<String> names;

    @Option(names = "--into", paramLabel = "JDBC-URL", required = true, description = "The database of each, in the same order. An embedded one that is not there is made.")
    private List<String> urls;

    @Option(names = "--into-user", paramLabel = "NAME", description = "Database user there; the password is in WAYBILL_INTO_PASSWORD, or in the URL.")
    private String intoUser;

    @Option(names = "--spool", paramLabel = "DIR", description = "Where rows lie meanwhile, as they are (default: extraction-NAMES in the present directory). Removed in the end.")
    private Path directory;

    @Option(names = "--keep-spool", description = "Do not remove it.")
    private boolean keep;

    @Option(names = "--set", paramLabel = "OPTION=VALUE", description = "An option of the message type there instead of the one here (directory=/mnt/mail, url=https://hq.example:8443); with nothing behind =, none.")
    private List<String> options = List.of();

    @Option(names = "--one-way", description = "What is written there stays there: no publications and subscriptions upward.")
    private boolean oneWay;

    @Option(names = "--again", description = "Another database under this name was heard here already; this one takes its place.")
    private boolean again;

    @Option(names = "--parallel", paramLabel = "N", defaultValue = "4", description = "Connections to each database, where the product can share a snapshot (default ${DEFAULT-VALUE}).")
    private int parallel;

    @Option(names = "--keys", paramLabel = "DIR", description = "The key ring of this database's agent; with --into-keys the two come to know one another.")
    private Path keys;

    @Option(names = "--into-keys", paramLabel = "DIR", description = "The key ring of the agents there.")
    private Path intoKeys;

    @Override
    public Integer call() throws SQLException, IOException {
        Map<String, DatabaseAddress> remotes = remotes();
        var choices = new Extraction.Choices(options(), !oneWay, again, parallel, keep);
        Path spool = directory == null ? Path.of("extraction-" + String.join("-", remotes.keySet())) : directory;
        List<Connection> held = new ArrayList<>(); // an embedded database closes with its last connection, and opening one costs
        ExecutorService beside = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "waybill-extract");
            thread.setDaemon(true);
            return thread;
        });
        var progress = new ExtractionProgress(System.out);
        try {
            held.add(database.connectRaw());
            Map<String, Place> places = new LinkedHashMap<>();
            for (Map.Entry<String, DatabaseAddress> remote : remotes.entrySet()) {
                held.add(remote.getValue().connectOrMake());
                places.put(remote.getKey(), Place.of(remote.getValue()::connectOrMake));
            }
            Place hq = Place.of(database::connectRaw);
            Outcome outcome = new Extraction(hq, spool, choices, beside, InstantSource.system(), progress).run(places);
            introduce(hq, remotes.keySet());
            report(outcome, remotes);
            return 0;
        } finally {
            progress.end();
            beside.shutdown();
            for (Connection connection : held) {
                connection.close();
            }
        }
    }

    private Map<String, DatabaseAddress> remotes() {
        if (names.size() != urls.size()) {
            throw new ParameterException(spec.commandLine(), names.size() + " remote users (--for) and " + urls.size() + " databases (--into): each needs one. Nothing was done.");
        }
        if (parallel < 1) {
            throw new ParameterException(spec.commandLine(), "--parallel is 1 or more. Nothing was done.");
        }
        if ((keys == null) != (intoKeys == null)) {
            throw new ParameterException(spec.commandLine(), "--keys and --into-keys belong together. Nothing was done.");
        }
        Map<String, DatabaseAddress> remotes = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            if (remotes.put(names.get(i), DatabaseAddress.other(urls.get(i), intoUser, "WAYBILL_INTO_PASSWORD")) != null) {
                throw new ParameterException(spec.commandLine(), names.get(i) + " is named twice. Nothing was done.");
            }
        }
        return remotes;
    }

    private Map<String, String> options() {
        Map<String, String> instead = new HashMap<>();
        for (String option : options) {
            int equal = option.indexOf('=');
            if (equal < 1) {
                throw new ParameterException(spec.commandLine(), "\"" + option + "\" is no OPTION=VALUE. Nothing was done.");
            }
            instead.put(option.substring(0, equal), option.substring(equal + 1));
        }
        return instead;
    }

    private void introduce(Place hq, Iterable<String> remotes) throws SQLException, IOException {
        if (keys == null) {
            return;
        }
        String publisher;
        try (Connection raw = hq.connections().open()) {
            publisher = CatalogueStore.load(raw, hq.dialect()).publisher();
        }
        for (String remote : remotes) {
            new KeyRing(keys, InstantSource.system()).introduce(publisher, new KeyRing(intoKeys, InstantSource.system()), remote, OLD_KEYS);
            System.out.println("The key rings of " + publisher + " and " + remote + " know one another.");
        }
    }

    private static void report(Outcome outcome, Map<String, DatabaseAddress> remotes) {
        var brought = TextTable.of("remote", "rows", "begins after offset");
        outcome.rows().forEach((remote, rows) -> brought.row(remote, String.format(Locale.ROOT, "%,d", rows), Long.toString(outcome.offset())));
        brought.print(System.out);
        System.out.println();
        if (outcome.left().isEmpty()) {
            System.out.println("Nothing was left out.");
        } else {
            System.out.println("Left out:");
            var left = new TextTable(200, "-", "kind", "where", "what");
            outcome.left().forEach(each -> left.row(each.toArray(String[]::new)));
            left.print(System.out);
        }
        System.out.println();
        remotes.forEach((name, remote) -> System.out.println("Next, for " + name + ":  ./waybill agent " + remote.shownUrl() + "   (or its application, through jdbc:waybill:…)"));
    }
}
