// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.command.terminal.TextTable;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.error.WaybillError;
import dev.waybill.notify.NotifierDesk;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code waybill notifier}. */
@Command(
        name = "notifier",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Notifiers wake replicas: they find push requests by SQL and send notices, until the replica has what it was woken for. The agent of the database runs them (docs/notifier.md).",
            "%nACTION is one of:",
            "  list                          notifiers, what they do, what is wrong; open requests; where listeners are",
            "  create NAME                   one with the table waybill.push_request, which also wakes by itself every replica that has not confirmed what it was sent",
            "  set NAME PROPERTY VALUE       of a notifier: poll_every, request_cursor, begin_poll, request_delete, … (MobiLink's names); unset NAME PROPERTY",
            "  gateway NAME PROPERTY VALUE   of a gateway: Default-SYNC, Default-UDP, Default-SMTP, Default-DeviceTracker, or one with a class of its own",
            "  listener PROPERTY VALUE       of the listener beside the agent of THIS database: enable, udp_port, secret, interval",
            "  load FILE                     settings as MobiLink's server reads them:  Notifier(wake).poll_every = 30s,  UDP(Default-UDP).secret = file:…,  Listener.enable = yes",
            "  drop NAME                     ends it, and forgets it",
            "%nThe same by SQL: rows of waybill.notify_setting (component, name, property, setting). A running agent sees changes within seconds.",
            "%nExample:  ./waybill notifier jdbc:h2:./hq create wake  &&  ./waybill notifier jdbc:h2:./hq set wake poll_every 10s"})
final class NotifierCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseAddress database;

    @Parameters(index = "1", paramLabel = "ACTION", description = "list, create, set, unset, gateway, listener, load, drop.")
    private String action;

    @Parameters(index = "2..*", paramLabel = "WORD", description = "What the action needs.")
    private List<String> words = List.of();

    @Option(names = "--full", description = "list: show long values whole.")
    private boolean full;

    @Override
    public Integer call() throws SQLException {
        try (Connection raw = database.connectRaw()) {
            Dialect dialect = Dialects.of(raw);
            if (!dialect.hasCatalogue(raw)) {
                throw WaybillError.PUBLISHER_MISSING.with();
            }
            raw.setAutoCommit(false);
            return perform(new NotifierDesk(raw, dialect));
        }
    }

    private int perform(NotifierDesk desk) throws SQLException {
        try {
            switch (action) {
                case "list" -> {
                    expect(0);
                    return list(desk);
                }
                case "create" -> {
                    expect(1);
                    desk.set("Notifier", words.get(0), "enable", "yes");
                }
                case "set" -> {
                    expect(3);
                    desk.set("Notifier", words.get(0), words.get(1), words.get(2));
                }
                case "unset" -> {
                    expect(2);
                    desk.set("Notifier", words.get(0), words.get(1), null);
                }
                case "gateway" -> {
                    expect(3);
                    desk.set("Gateway", words.get(0), words.get(1), words.get(2));
                }
                case "listener" -> {
                    expect(2);
                    desk.set("Listener", "", words.get(0), words.get(1));
                }
                case "load" -> {
                    expect(1);
                    desk.load(file(words.get(0)));
                }
                case "drop" -> {
                    expect(1);
                    desk.drop(words.get(0));
                }
                default -> throw wrong("there is no action " + action + ": list, create, set, unset, gateway, listener, load, drop");
            }
        } catch (IllegalArgumentException unfit) {
            throw wrong(unfit.getMessage());
        }
        System.out.println("done; the agent goes by it within seconds");
        return 0;
    }

    private Properties file(String name) {
        Properties file = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(name))) {
            file.load(reader);
            return file;
        } catch (IOException | InvalidPathException unreadable) {
            throw wrong("the file " + name + " cannot be read: " + unreadable.getMessage());
        }
    }

    private void expect(int count) {
        if (words.size() != count) {
            throw wrong(action + " needs " + count + (count == 1 ? " word" : " words") + " behind it");
        }
    }

    private ParameterException wrong(String what) {
        return new ParameterException(spec.commandLine(), what + ". Nothing was done. See:  ./waybill notifier --help");
    }

    private int list(NotifierDesk desk) throws SQLException {
        boolean well = true;
        for (NotifierDesk.Listing listing : desk.list()) {
            if (!listing.rows().isEmpty()) {
                System.out.println(listing.title());
                var table = new TextTable(full ? Integer.MAX_VALUE - 1 : TextTable.USUAL_WIDTH, "", listing.columns().toArray(String[]::new));
                listing.rows().forEach(row -> table.row(row.toArray(String[]::new)));
                table.print(System.out);
            }
            well &= !listing.isTrouble();
        }
        return well ? 0 : 3;
    }
}
