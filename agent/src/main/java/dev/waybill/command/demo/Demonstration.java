// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.demo;

import dev.waybill.change.MalformedException;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * The demonstration from beginning to end: sets both databases up with the SQL of the README, runs the program and the replica as processes, carries their messages badly, waits until the
 * replica has confirmed everything, closes both, compares. Runs in the caller's thread; two daemon threads read what the processes print.
 */
public final class Demonstration {

    private static final List<String> TABLES = List.of("customer", "product", "orders", "order_line");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final long seed;
    private final int seconds;
    private final DemoScreen screen;
    private final Queue<Runnable> shown = new ConcurrentLinkedQueue<>();
    private final Tally tally = new Tally("hq");
    private final MessageCodec codec = new MessageCodec(MessageBounds.of(10_000_000));
    private volatile boolean done;

    /** Works in this (empty) directory, with this seed for the courier and the orders, taking orders for so many seconds. */
    public Demonstration(Path directory, long seed, int seconds, boolean animated) {
        this.directory = directory;
        this.seed = seed;
        this.seconds = seconds;
        this.screen = animated ? new DemoScreen.Animated(System.out) : new DemoScreen.PlainLog(System.out);
    }

    /** @return whether both databases were equal at the end */
    public boolean run() throws IOException, SQLException, InterruptedException {
        screen.stage("setting up two databases with the SQL of the README");
        setUpBoth();
        Process replica = start("dev.waybill.command.Main", "agent", url("branch"), "--verbose");
        follow(replica, DemoScreen.Lane.BRANCH);
        Process program = start("dev.waybill.command.demo.OrdersApplication", waybillUrl("hq"), Long.toString(seed), Integer.toString(seconds), "40");
        follow(program, DemoScreen.Lane.HQ);
        try {
            return deliver(program, replica);
        } finally {
            program.destroy();
            replica.destroy();
        }
    }

    private boolean deliver(Process program, Process replica) throws IOException, SQLException, InterruptedException {
        var courier = new Courier(List.of(route("hq → branch", "hq", "branch", "branch"), route("branch → hq", "branch", "hq", "hq")), new SplittableRandom(seed), this::watch);
        screen.stage("taking orders; the courier loses, repeats, delays and damages messages");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds) + PATIENCE.toNanos();
        while (!done) {
            round(courier, deadline, program, replica);
        }
        screen.stage("no more orders; waiting until the branch has confirmed everything");
        courier.becomeHonest();
        long quietSince = System.nanoTime();
        while (!tally.isCaughtUp() || System.nanoTime() - quietSince < 1_000_000_000L) {
            if (!tally.isCaughtUp()) {
                quietSince = System.nanoTime();
            }
            round(courier, deadline, program, replica);
        }
        screen.stage("closing both, then comparing them through the bare driver");
        round(courier, deadline, program, replica);
        stop(program, replica);
        screen.end();
        return compare();
    }

    private void round(Courier courier, long deadline, Process program, Process replica) throws IOException, InterruptedException {
        courier.carry(Instant.now());
        for (Runnable show = shown.poll(); show != null; show = shown.poll()) {
            show.run();
        }
        screen.picture(tally.picture());
        if (!done && !program.isAlive() || !replica.isAlive()) {
            throw new IOException("A process of the demonstration ended early. See its lines above.");
        }
        if (System.nanoTime() > deadline) {
            throw new IOException("The branch did not catch up within " + PATIENCE.toSeconds() + " seconds after the last order; the databases are kept in " + directory + ".");
        }
        Thread.sleep(10);
    }

    private Courier.Route route(String label, String from, String to, String mailbox) {
        return new Courier.Route(label, messages(from).resolve(mailbox), messages(to).resolve(mailbox));
    }

    private void watch(Courier.Route route, byte[] content, Courier.Fate fate) {
        try {
            Envelope envelope = codec.peek(content).envelope();
            tally.carried(envelope, fate, Instant.now());
            String what = envelope.kind().isInChain() ? envelope.header().toString() : envelope.kind().toString().toLowerCase(java.util.Locale.ROOT);
            String arrow = envelope.sender().equals("hq") ? "──► " : "◄── ";
            screen.event(DemoScreen.Lane.WAY, arrow + what + (fate == Courier.Fate.DELIVERED ? "" : "  " + fate.toString().toLowerCase(java.util.Locale.ROOT) + "!"));
        } catch (MalformedException e) {
            screen.event(DemoScreen.Lane.WAY, "not a message: " + e.getMessage());
        }
    }

    // ---- the two databases ----

    private void setUpBoth() throws SQLException, IOException, InterruptedException {
        Files.createDirectories(messages("hq"));
        Files.createDirectories(messages("branch"));
        OrdersApplication.main(new String[] {url("hq")});
        execute("hq", "GRANT PUBLISH TO hq",
                "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'",
                "SET REMOTE FILE OPTION directory = '" + messages("hq") + "'",
                "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'",
                "CREATE PUBLICATION sales (TABLE customer, TABLE product, TABLE orders, TABLE order_line)",
                "CREATE SUBSCRIPTION TO sales FOR branch",
                "SYNCHRONIZE SUBSCRIPTION TO sales FOR branch");
        execute("branch", "GRANT PUBLISH TO branch",
                "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'",
                "SET REMOTE FILE OPTION directory = '" + messages("branch") + "'",
                "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
    }

    private void execute(String database, String... statements) throws SQLException {
        var settings = new java.util.Properties();
        settings.setProperty("waybill.agent", "off");
        try (Connection connection = DriverManager.getConnection(waybillUrl(database), settings); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private String url(String database) {
        return "jdbc:h2:file:" + directory.resolve(database);
    }

    /** What an application changes. */
    private String waybillUrl(String database) {
        return "jdbc:waybill:" + url(database).substring("jdbc:".length());
    }

    private Path messages(String side) {
        return directory.resolve("messages-of-" + side);
    }

    private boolean compare() throws SQLException {
        List<Comparison> tables = Comparison.of(url("hq"), url("branch"), TABLES);
        System.out.printf("%n  %-12s %10s %10s   %s%n", "table", "rows at hq", "at branch", "");
        for (Comparison table : tables) {
            System.out.printf("  %-12s %,10d %,10d   %s%n", table.table(), table.rowsHere(), table.rowsThere(),
                    table.isEqual() ? "equal" : table.onlyHere() + " rows only at hq, " + table.onlyThere() + " only at branch");
        }
        boolean equal = tables.stream().allMatch(Comparison::isEqual);
        Tally.Picture picture = tally.picture();
        System.out.printf("%n%s: %,d transactions, %,d messages, of which %d lost, %d repeated, %d overtaken, %d damaged; %d resends asked for.%n",
                equal ? "Both databases are equal" : "THE DATABASES DIFFER", picture.committed(), picture.carried(), picture.lost(), picture.repeated(), picture.late(), picture.damaged(), picture.resends());
        return equal;
    }

    // ---- the two processes ----

    private Process start(String mainClass, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-Djava.util.logging.config.file=" + quietLogging(), "-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    }

    /** Both programs log warnings only, one line each: what is shown is said by the agent's events. */
    private Path quietLogging() throws IOException {
        return Files.writeString(directory.resolve("logging.properties"), """
                handlers = java.util.logging.ConsoleHandler
                .level = WARNING
                java.util.logging.SimpleFormatter.format = %4$s %5$s%n
                """);
    }

    private void follow(Process process, DemoScreen.Lane lane) {
        var thread = new Thread(() -> read(process, lane), "demo-" + lane);
        thread.setDaemon(true);
        thread.start();
    }

    private void read(Process process, DemoScreen.Lane lane) {
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                note(lane, line);
            }
        } catch (IOException e) {
            note(lane, "output ended: " + e.getMessage());
        }
    }

    private void note(DemoScreen.Lane lane, String line) {
        if (lane == DemoScreen.Lane.HQ && (line.startsWith("committed ") || line.startsWith("done "))) {
            tally.committed(Long.parseLong(line.substring(line.indexOf(' ') + 1)));
            done = done || line.startsWith("done ");
        }
        shown.add(() -> screen.event(lane, line));
    }

    private static void stop(Process program, Process replica) throws IOException, InterruptedException {
        program.getOutputStream().close();
        program.waitFor(20, TimeUnit.SECONDS);
        replica.destroy();
        if (!replica.waitFor(20, TimeUnit.SECONDS)) {
            throw new IOException("The branch's agent did not stop within 20 seconds.");
        }
    }
}
