// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.agent.AgentEvents;
import dev.waybill.agent.AgentHome;
import dev.waybill.agent.AgentSettings;
import dev.waybill.agent.AgentSurroundings;
import dev.waybill.agent.MessageAgent;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.error.WaybillError;
import dev.waybill.link.http.HttpLinks;
import dev.waybill.link.http.NoticeCaller;
import dev.waybill.listen.HandlerText;
import dev.waybill.listen.Listener;
import dev.waybill.listen.MessageHandler;
import dev.waybill.listen.PacedSync;
import dev.waybill.listen.PollEar;
import dev.waybill.listen.SyncEar;
import dev.waybill.listen.UdpEar;
import dev.waybill.notice.NoticeGate;
import dev.waybill.notice.SharedSecret;
import dev.waybill.publication.Catalogue;
import dev.waybill.publication.CatalogueStore;
import dev.waybill.publication.MessageType;
import dev.waybill.seal.KeyBook;
import dev.waybill.seal.Keys;
import dev.waybill.secret.SecretReference;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code waybill listen}. */
@Command(
        name = "listen",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Listens for notices of the head office and does what its handlers say: refreshes the database, runs a program, tells another one. Ends with Ctrl-C.",
            "It hears by the connection that it holds to the office (message type HTTP of the database), by UDP (--udp), or asks now and then (--poll-notifier). Before anything is heard, and whenever it could not hear for a while, the database is refreshed once.",
            "%nA handler:  [filter;…] action=command [;altaction=command] [;continue=yes] [;confirm_delivery=no]",
            "  filters    subject=, content=, message=, message_start=, sender=   all of them have to hold",
            "  commands   sync | run PROGRAM … | start PROGRAM … | post TEXT to URL | socket port=…;host=…;sendText=…;recvText=…;timeout=… | shutdown",
            "  variables  $subject $content $message $message_start $message_end $sender $request_id $remote_id $ml_user $type $priority $year … $second, $$ for a dollar",
            "The first handler that is for a notice is used, and those behind it as long as they say continue=yes. run waits for the end, start does not; no shell is between.",
            "%nExample:  ./waybill listen jdbc:h2:./branch --keys keys -l \"subject=price;action=sync\" -l \"action=run /usr/bin/logger $message\" --allow-programs"})
final class ListenCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseAddress database;

    @Option(names = "-l", paramLabel = "HANDLER", description = "A message handler; asked in this order (default: action=sync).")
    private List<String> handlers = new ArrayList<>();

    @Option(names = "-t", paramLabel = "NAME", description = "A name for which it listens besides that of its database; the office is told.")
    private List<String> names = new ArrayList<>();

    @Option(names = "-x", paramLabel = "URL", description = "An office to hold the connection to, instead of the url of message type HTTP; of several the one that sends notices.")
    private List<String> offices = new ArrayList<>();

    @Option(names = "--udp", paramLabel = "PORT", description = "Hear datagrams on this port, too (0: any); the office is told where.")
    private Integer udp;

    @Option(names = "--udp-host", paramLabel = "HOST", description = "Hear them on this address alone (default: all).")
    private String udpHost;

    @Option(names = "--no-sync-connection", description = "Hold no connection to the office.")
    private boolean alone;

    @Option(names = "--poll-notifier", paramLabel = "NAME", description = "Ask what this notifier offers under --poll-key, every --poll-every.")
    private String pollNotifier;

    @Option(names = "--poll-key", paramLabel = "KEY", description = "Under which key.")
    private String pollKey;

    @Option(names = "--poll-every", paramLabel = "TIME", defaultValue = "30s", converter = TimeOption.class, description = "How often (default ${DEFAULT-VALUE}).")
    private Duration pollEvery;

    @Option(names = "-i", paramLabel = "TIME", defaultValue = "1s", converter = TimeOption.class, description = "At most one refresh in this time (default ${DEFAULT-VALUE}).")
    private Duration interval;

    @Option(names = "--secret", paramLabel = "REF", description = "Where the secret is by which notices are signed: file:/path, env:NAME or provider:NAME.")
    private String secret;

    @Option(names = "--keys", paramLabel = "DIR", defaultValue = "${env:WAYBILL_KEYS}", description = "The directory of the key ring, whose keys are believed (also WAYBILL_KEYS).")
    private Path keys;

    @Option(names = "--allow-programs", description = "Let handlers start programs.")
    private boolean programs;

    private Keys ring;
    private String said;
    private final CountDownLatch end = new CountDownLatch(1);
    private final InstantSource clock = InstantSource.system();
    private final ThreadFactory threads = work -> {
        Thread thread = new Thread(work, "waybill-listen");
        thread.setDaemon(true);
        return thread;
    };

    @Override
    public Integer call() throws SQLException, IOException, InterruptedException {
        List<MessageHandler> read = readHandlers();
        ring = new Keys(ringDirectory(), clock);
        Catalogue catalogue = catalogue();
        if (catalogue.publisher() == null) {
            throw WaybillError.PUBLISHER_MISSING.with();
        }
        Set<String> listensFor = new TreeSet<>(names);
        listensFor.add(catalogue.publisher());
        try (PacedSync sync = new PacedSync(interval, this::refresh, threads)) {
            NoticeGate gate = new NoticeGate(listensFor, this::trusted, secret(), clock);
            hear(catalogue, new Listener(catalogue.publisher(), gate, read, sync, end::countDown, ListenCommand::say));
            end.await();
        }
        return 0;
    }

    private Path ringDirectory() {
        return keys == null || keys.toString().isEmpty() ? null : keys;
    }

    private List<MessageHandler> readHandlers() {
        List<MessageHandler> read = new ArrayList<>();
        for (String text : handlers.isEmpty() ? List.of("action=sync") : handlers) {
            try {
                MessageHandler handler = HandlerText.read(text);
                if (handler.startsPrograms() && !programs) {
                    throw new IllegalArgumentException("it starts a program, and --allow-programs is not said");
                }
                read.add(handler);
            } catch (IllegalArgumentException unfit) {
                throw wrong("the handler \"" + text + "\" cannot be used: " + unfit.getMessage());
            }
        }
        return read;
    }

    private ParameterException wrong(String what) {
        return new ParameterException(spec.commandLine(), what + ". Nothing was done. See:  ./waybill listen --help");
    }

    private Catalogue catalogue() throws SQLException {
        try (Connection raw = database.connectRaw()) {
            Dialect dialect = Dialects.of(raw);
            if (!dialect.hasCatalogue(raw)) {
                throw WaybillError.PUBLISHER_MISSING.with();
            }
            return CatalogueStore.load(raw, dialect);
        }
    }

    private SharedSecret secret() throws IOException {
        try {
            return secret == null ? null : new SharedSecret(SecretReference.of(secret).read());
        } catch (IllegalArgumentException unfit) {
            throw wrong("--secret: " + unfit.getMessage());
        }
    }

    /** The ring as it is now; looked at once a second at most. By one thread at a time, as notices are. */
    private KeyBook trusted() {
        String unreadable = ring.refresh();
        if (unreadable != null && !unreadable.equals(said)) {
            say("the key ring cannot be read: " + unreadable);
        }
        said = unreadable;
        return ring.book();
    }

    private void hear(Catalogue catalogue, Listener listener) throws IOException {
        MessageType http = catalogue.messageType("HTTP").filter(type -> !type.options().containsKey(HttpLinks.DIRECTORY)).orElse(null);
        boolean polls = pollNotifier != null && pollKey != null;
        if (udp == null && (http == null || alone && !polls)) {
            throw wrong("there is nothing to hear by: the database has no message type HTTP with a url, and --udp is not said");
        }
        UdpEar datagrams = udp == null ? null : UdpEar.open(udpHost == null ? new InetSocketAddress(udp) : new InetSocketAddress(udpHost, udp), listener, threads);
        if (datagrams != null) {
            say("hears datagrams on port " + datagrams.port());
        }
        listener.mayHaveMissedSome();
        if (http == null) {
            return;
        }
        List<NoticeCaller> callers = callers(http, catalogue.publisher());
        if (!alone) {
            SyncEar.open(callers, listener, datagrams == null ? 0 : datagrams.port(), names, ListenCommand::say, threads);
        }
        if (polls) {
            PollEar.open(callers.get(0), listener, pollNotifier, pollKey, pollEvery, clock, ListenCommand::say, threads);
        }
    }

    private List<NoticeCaller> callers(MessageType http, String name) throws IOException {
        HttpLinks links = new HttpLinks(clock, new SecureRandom(), threads);
        List<NoticeCaller> callers = new ArrayList<>();
        for (String url : offices) {
            Map<String, String> options = new HashMap<>(http.options());
            options.put("url", url);
            callers.add(links.notices(new MessageType(http.name(), http.address(), options), name));
        }
        return callers.isEmpty() ? List.of(links.notices(http, name)) : callers;
    }

    /** One batch, unless another agent works for the database: that one looks by itself. */
    private void refresh() {
        AgentSurroundings around = AgentSurroundings.system(AgentEvents.NONE);
        try (Connection raw = database.connectForAgent()) {
            Dialect dialect = Dialects.of(raw);
            AgentHome home = AgentCommand.home(database, raw, dialect, AgentSettings.DEFAULTS.withKeys(ringDirectory()));
            try (MessageAgent agent = MessageAgent.open(home, "listen", around, true, () -> { })) {
                say(agent.runBatch() ? "refreshed" : "another agent works for the database: it looks by itself");
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed.getMessage(), failed);
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
    }
}
