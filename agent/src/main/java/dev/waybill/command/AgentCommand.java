// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.agent.AgentEvents;
import dev.waybill.agent.AgentHome;
import dev.waybill.agent.AgentRegistry;
import dev.waybill.agent.AgentSettings;
import dev.waybill.agent.AgentSurroundings;
import dev.waybill.agent.MessageAgent;
import dev.waybill.agent.StatusReport;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import dev.waybill.notify.NoticeBoard;
import dev.waybill.publication.Boards;
import dev.waybill.publication.CatalogueStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code waybill agent}. */
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        description = {"Runs the message agent of a database: receives, applies, confirms, sequences, sends, and works for its notifiers (waybill notifier).",
            "Continuous when every remote user has a SEND clause; otherwise, and with --once, one batch: receive, apply, confirm, send, stop.",
            "An embedded H2 file belongs to one process: where an application has it open, the agent works beside the application (waybill.agent=auto) and this command is not needed.",
            "End it with Ctrl-C or SIGTERM: it finishes its step first. Killing it loses nothing."})
final class AgentCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private DatabaseAddress database;

    @Option(names = "--once", description = "One batch, then stop.")
    private boolean once;

    @Option(names = {"-v", "--verbose"}, description = "Say what happens as it happens.")
    private boolean verbose;

    @Option(names = "--max-message-bytes", paramLabel = "N", defaultValue = "50000", description = "The longest message that is sent and taken (default ${DEFAULT-VALUE}, at least 10000).")
    private int maxMessageBytes;

    @Option(names = "--patience", paramLabel = "TIME", defaultValue = "5s", converter = TimeOption.class,
            description = "How long nothing new may have come before what is missing is asked for again (default ${DEFAULT-VALUE}; as 800ms, 5s, 2m).")
    private Duration patience;

    @Option(names = "--keys", paramLabel = "DIR", defaultValue = "${env:WAYBILL_KEYS}", description = "The directory of the key ring, with which messages are signed and encrypted (also WAYBILL_KEYS); see waybill keys.")
    private Path keys;

    @Mixin
    private JournalBounds journal;

    @Mixin
    private HttpOffer http;

    @Override
    public Integer call() throws SQLException, InterruptedException, IOException {
        if (maxMessageBytes < AgentSettings.LEAST_MESSAGE_BYTES || patience.compareTo(AgentSettings.LEAST_PATIENCE) < 0) {
            throw new ParameterException(spec.commandLine(), "--max-message-bytes is at least " + AgentSettings.LEAST_MESSAGE_BYTES + " and --patience at least " + AgentSettings.LEAST_PATIENCE.toMillis() + "ms. Nothing was done.");
        }
        var around = AgentSurroundings.system(verbose ? new PrintedEvents(System.out) : AgentEvents.NONE);
        AgentSettings settings = AgentSettings.DEFAULTS.withMaxMessageBytes(maxMessageBytes).withPatience(patience).withRetention(journal.retention()).withKeys(ring());
        AgentHome home;
        try (Connection raw = database.connectForAgent()) {
            Dialect dialect = Dialects.of(raw);
            StatusReport status = status(raw, dialect);
            dialect.demandAgentRights(raw);
            home = home(database, raw, dialect, settings);
            boolean batch = once || hasBatchUser(status);
            if (http.isWanted() && batch) {
                throw new ParameterException(spec.commandLine(), "--http is for an agent that stays: not with --once, and every remote user needs a SEND clause. Nothing was done.");
            }
            if (http.isWanted()) {
                home = home.withNotices(new NoticeBoard(InstantSource.system()));
                http.start(CatalogueStore.load(raw, dialect), ring(), maxMessageBytes, home.notices(), around.threads());
            }
            if (batch) {
                batch(home, around);
                return attention(raw, dialect);
            }
        }
        return continuous(home, around);
    }

    private Path ring() {
        return keys == null || keys.toString().isEmpty() ? null : keys;
    }

    private StatusReport status(Connection raw, Dialect dialect) throws SQLException {
        StatusReport status = dialect.hasCatalogue(raw) ? StatusReport.read(raw, dialect, Instant.now()) : null;
        if (status == null || status.publisher() == null) {
            throw new IllegalStateException("This database has no publisher yet. Nothing was done. Say:  ./waybill sql " + database.shownUrl() + " \"GRANT PUBLISH TO name\"");
        }
        return status;
    }

    static AgentHome home(DatabaseAddress database, Connection raw, Dialect dialect, AgentSettings settings) throws SQLException {
        String key = dialect.databaseKey(raw);
        return new AgentHome(key, dialect, database::connectForAgent, Boards.of(key), settings, database.jobs());
    }

    /** As in SQL Remote: one remote user without a SEND clause makes the whole agent run one batch. */
    private static boolean hasBatchUser(StatusReport status) {
        return status.neighbours().stream().anyMatch(one -> one.sending().equals("BATCH"));
    }

    static void batch(AgentHome home, AgentSurroundings around) throws SQLException {
        try (MessageAgent agent = MessageAgent.open(home, "batch", around, true, () -> { })) {
            if (!agent.runBatch()) {
                throw new IllegalStateException("Another message agent works for this database. Nothing was done by this one. End the other, or leave the work to it.");
            }
        }
    }

    static int attention(Connection raw, Dialect dialect) throws SQLException {
        return StatusReport.read(raw, dialect, Instant.now()).neighbours().stream().allMatch(one -> one.stateReason() == null) ? 0 : 3;
    }

    private static int continuous(AgentHome home, AgentSurroundings around) throws InterruptedException {
        var registry = new AgentRegistry(around);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> registry.connectionClosed(home.databaseKey()), "waybill-agent-end"));
        registry.connectionOpened(home, true);
        new CountDownLatch(1).await();
        return 0;
    }
}
