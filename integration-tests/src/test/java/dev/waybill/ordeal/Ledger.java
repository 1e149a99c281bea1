// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** A ledger at head office and its replica at a branch, each with its agent in a process of its own, an application that works, and the judge of both ends. */
final class Ledger implements AutoCloseable {

    private static final long BATCHES_EACH = 1_000_000;
    private static final String LEASE_MILLIS = "2000";

    private final Path directory;
    private final String rawHq;
    private final String rawBranch;
    private final Random seeds;
    private final Map<Long, Integer> committed = new ConcurrentHashMap<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
    private String hqAgentUrl;
    private Child application;
    private Child hqAgent;
    private Child branchAgent;
    private int applications;
    private boolean complete;

    Ledger(Path directory, String rawHq, String rawBranch, long seed) {
        this.directory = directory;
        this.rawHq = rawHq;
        this.rawBranch = rawBranch;
        this.hqAgentUrl = rawHq;
        this.seeds = new Random(seed);
    }

    /** Triggers capture at head office, and every other application has the bare driver. */
    Ledger completely() {
        complete = true;
        return this;
    }

    /** Head office's agent reaches its database this way from its next start on. */
    void letHqAgentConnectBy(String url) {
        hqAgentUrl = url;
    }

    /** Whether one process has the whole database: then head office's agent is in that of the application, and nobody else can look. */
    private boolean isOneProcess() {
        return rawHq.startsWith("jdbc:hsqldb:");
    }

    void setUp(Path messages) throws SQLException, IOException {
        Files.createDirectories(messages);
        execute(rawHq, LedgerProcess.schema(rawHq));
        for (int i = 0; i < LedgerProcess.ACCOUNTS; i++) {
            execute(rawHq, "INSERT INTO account VALUES (" + i + ", 0, 0)");
        }
        execute(ours(rawHq), "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + messages + "'",
                "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'", "CREATE PUBLICATION ledger (TABLE account, TABLE entry)", "CREATE SUBSCRIPTION TO ledger FOR branch", "SYNCHRONIZE SUBSCRIPTION TO ledger FOR branch");
        if (complete) {
            Properties properties = new Properties();
            properties.setProperty("waybill.agent", "off");
            properties.setProperty("waybill.capture", "complete");
            DriverManager.getConnection(ours(rawHq), properties).close();
        }
        execute(ours(rawBranch), "GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'", "SET REMOTE FILE OPTION directory = '" + messages + "'",
                "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
    }

    /** Without an agent beside: they are processes of their own. */
    private static String ours(String raw) {
        return "jdbc:waybill:" + raw.substring("jdbc:".length());
    }

    /** Whoever is not alive is started. */
    void keepRunning() throws IOException {
        hqAgent = alive(hqAgent) || isOneProcess() ? hqAgent : startAgent(hqAgentUrl, "hq");
        branchAgent = alive(branchAgent) ? branchAgent : startAgent(rawBranch, "branch");
        if (!alive(application)) {
            application = Child.start(LedgerProcess.class, directory.resolve("application.log"), this::hear, complete && applications % 2 == 0 ? rawHq : ours(rawHq), Long.toString(applications++ * BATCHES_EACH), Long.toString(seeds.nextLong()),
                    isOneProcess() ? "auto" : "off");
        }
    }

    Child startAgent(String url, String name) throws IOException {
        return Child.start(AgentProcess.class, directory.resolve(name + ".log"), line -> heard.add(name + ": " + line), url, LEASE_MILLIS);
    }

    private static boolean alive(Child child) {
        return child != null && child.isAlive();
    }

    private void hear(String line) {
        String[] words = line.split(" ");
        if (words[0].equals("committed")) {
            committed.put(Long.parseLong(words[1]), Integer.parseInt(words[2]));
        } else if (words[0].equals("lost")) {
            refused.incrementAndGet();
        }
    }

    Child application() {
        return application;
    }

    /** Null where it has no process of its own. */
    Child hqAgent() {
        return hqAgent;
    }

    void hqAgentIs(Child other) {
        hqAgent = other;
    }

    Child branchAgent() {
        return branchAgent;
    }

    String hqUrl() {
        return rawHq;
    }

    /** So often the application was told that something failed. */
    int refused() {
        return refused.get();
    }

    int committed() {
        return committed.size();
    }

    /** More transactions have been committed, and more of them are at the branch. */
    void awaitProgress(Duration atMost) {
        int before = committed.size();
        Awaitility.await().atMost(atMost).pollInterval(Duration.ofMillis(50)).until(() -> committed.size() > before + 3);
        if (isOneProcess()) {
            return;
        }
        long newest = committed.keySet().stream().mapToLong(batch -> batch).max().orElseThrow();
        Awaitility.await().atMost(atMost).pollInterval(Duration.ofMillis(50)).ignoreExceptions().until(() -> text(rawBranch, "SELECT COUNT(*) FROM entry WHERE batch = " + newest).compareTo("0") > 0);
    }

    /** The application ends; everything becomes confirmed; then nothing is missing, nothing twice, nothing half. */
    void settle(Duration atMost) throws Exception {
        keepRunning();
        application.end();
        application = null;
        if (!isOneProcess()) {
            awaitSettled(atMost);
            return;
        }
        branchAgent.end();
        branchAgent = null;
        try (Connection hq = DriverManager.getConnection(ours(rawHq)); Connection branch = DriverManager.getConnection(ours(rawBranch))) {
            assertThat(hq.isValid(10) && branch.isValid(10)).as("both are open here, with their agents").isTrue();
            awaitSettled(atMost);
        }
    }

    private void awaitSettled(Duration atMost) throws Exception {
        try {
            Awaitility.await().atMost(atMost).pollInterval(Duration.ofMillis(100)).ignoreExceptions().untilAsserted(() -> {
                assertThat(text(rawHq, "SELECT COUNT(*) FROM waybill.outbox")).as("waiting in the outbox").isEqualTo("0");
                assertThat(text(rawHq, "SELECT state FROM waybill.remote_user")).isEqualTo("ACTIVE");
                assertThat(text(rawBranch, "SELECT receive_state FROM waybill.remote_user")).isEqualTo("ACTIVE");
                assertThat(text(rawHq, "SELECT COUNT(*) FROM waybill.subscription WHERE state <> 'STARTED'")).isEqualTo("0");
                assertThat(text(rawHq, "SELECT (SELECT log_offset FROM waybill.journal_head) - log_scanned + log_sent - confirm_sent FROM waybill.remote_user")).as("bytes on their way").isEqualTo("0");
            });
        } catch (AssertionError | RuntimeException stuck) {
            throw new AssertionError("not settled; the last that was heard: " + lastHeard(), stuck);
        }
        judge();
    }

    private void judge() throws SQLException {
        String entries = "SELECT batch, part, parts, amount, " + (rawHq.startsWith("jdbc:sqlite:") || isOneProcess() ? "remark" : "MD5(remark)") + " FROM entry ORDER BY batch, part";
        assertThat(rows(rawBranch, entries).equals(rows(rawHq, entries))).as("the branch has the entries of head office").isTrue();
        assertThat(rows(rawBranch, "SELECT * FROM account ORDER BY id")).as("accounts at the branch").isEqualTo(rows(rawHq, "SELECT * FROM account ORDER BY id"));
        assertThat(rows(rawHq, "SELECT batch FROM entry GROUP BY batch HAVING COUNT(*) <> MIN(parts)")).as("batches that are not whole").isEmpty();
        assertThat(rows(rawHq, "SELECT a.id FROM account a WHERE balance <> (SELECT COALESCE(SUM(amount), 0) FROM entry e WHERE e.part = a.id)")).as("accounts that were moved twice or not at all").isEmpty();
        List<Long> there = rows(rawHq, "SELECT DISTINCT batch FROM entry").stream().map(Long::valueOf).toList();
        assertThat(there).as("batches whose COMMIT had returned").containsAll(committed.keySet());
    }

    /** For whoever looks at a failure. */
    String lastHeard() throws IOException {
        List<String> lines = new ArrayList<>(heard);
        StringBuilder text = new StringBuilder();
        lines.subList(Math.max(0, lines.size() - 30), lines.size()).forEach(line -> text.append("\n  ").append(line));
        for (String log : List.of("hq.log", "branch.log", "application.log")) {
            if (Files.exists(directory.resolve(log))) {
                List<String> all = Files.readAllLines(directory.resolve(log));
                all.subList(Math.max(0, all.size() - 15), all.size()).forEach(line -> text.append("\n  ").append(log).append(": ").append(line));
            }
        }
        return text.toString();
    }

    static void execute(String url, String... statements) throws SQLException {
        Properties properties = new Properties();
        if (url.startsWith("jdbc:waybill:")) {
            properties.setProperty("waybill.agent", "off");
        }
        try (Connection connection = DriverManager.getConnection(url, properties); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static String text(String url, String sql) throws SQLException {
        return rows(url, sql).stream().findFirst().orElse("no row");
    }

    private static List<String> rows(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(url.startsWith("jdbc:mariadb:") || url.startsWith("jdbc:sqlite:") ? sql.replace("waybill.", "waybill_") : sql)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                StringBuilder text = new StringBuilder();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    text.append(i == 1 ? "" : "|").append(rows.getString(i));
                }
                texts.add(text.toString());
            }
            return texts;
        }
    }

    @Override
    public void close() {
        for (Child child : new Child[] {application, hqAgent, branchAgent}) {
            if (child != null) {
                child.destroy();
            }
        }
    }
}
