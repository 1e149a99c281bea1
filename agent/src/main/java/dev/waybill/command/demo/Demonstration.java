// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.demo;

import dev.waybill.change.MalformedException;
import dev.waybill.command.demo.DemoScreen.Lane;
import dev.waybill.command.demo.DemoScreen.Tone;
import dev.waybill.command.terminal.Terminal;
import dev.waybill.message.Envelope;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The demonstration from beginning to end: sets both databases up with the SQL of the README, runs the program and the replica as processes, carries their messages badly, waits until the
 * replica has confirmed everything, closes both, compares. {@link #run} belongs to one thread; {@link #close} may be called by another and ends everything at once.
 */
public final class Demonstration implements AutoCloseable {

    private static final List<String> TABLES = List.of("customer", "product", "orders", "order_line");
    /** Bounds for slow machines: what takes longer does not come. */
    private static final Duration EVERYTHING_SEEN_WITHIN = Duration.ofSeconds(120);
    private static final Duration CATCH_UP_WITHIN = Duration.ofSeconds(120);
    private static final String ORDERS_A_SECOND = "40";
    /** The link is a folder next door: what has not come after this will not come. */
    private static final String PATIENCE = "150ms";
    private static final Pattern APPLIED = Pattern.compile("applied (\\d+) transactions?, (\\d+) rows?, up to (\\d+)");

    private final Path directory;
    private final long seed;
    private final int seconds;
    private final DemoScreen screen;
    private final Tally tally = new Tally("hq");
    private final MessageCodec codec = new MessageCodec(MessageBounds.of(10_000_000));
    private final long startNanos = System.nanoTime();
    private volatile DemoProcess program;
    private volatile DemoProcess replica;
    private volatile boolean done;
    private volatile long firstOrderNanos;
    private String lastOfBranch = "";

    /** Works in this (empty) directory, with this seed for the courier and the orders, taking orders for so many seconds, and until everything that can befall a message has; animated where the terminal has room for it. */
    public Demonstration(Path directory, long seed, int seconds, Terminal terminal) {
        this.directory = directory;
        this.seed = seed;
        this.seconds = seconds;
        this.screen = terminal.has(AnimatedScreen.LEAST_COLUMNS, AnimatedScreen.LEAST_LINES) ? new AnimatedScreen(System.out, terminal) : new PlainLog(System.out);
    }

    /** @return whether both databases were equal at the end */
    public boolean run() throws IOException, SQLException, InterruptedException {
        screen.stage("setting up two databases with the SQL of the README");
        setUpBoth();
        screen.stage("starting both processes");
        replica = DemoProcess.start("The branch's agent", directory, List.of(), this::branchSaid, "dev.waybill.command.Main", "agent", url("branch"), "--verbose", "--patience", PATIENCE);
        program = DemoProcess.start("The program at HQ", directory, List.of("-Dwaybill.patience=" + PATIENCE), this::programSaid, "dev.waybill.command.demo.OrdersApplication",
                waybillUrl("hq"), Long.toString(seed), ORDERS_A_SECOND);
        deliver();
        screen.stage("closing both, then comparing them through the bare driver");
        program.endInput();
        replica.terminate();
        screen.picture(tally.picture());
        screen.end();
        return compare();
    }

    private void deliver() throws IOException, InterruptedException {
        var courier = new Courier(List.of(route("hq", "branch", "branch"), route("branch", "hq", "hq")), new SplittableRandom(seed), watcher());
        takeOrders(courier);
        screen.stage("no more orders; waiting until the branch has confirmed everything");
        courier.becomeHonest();
        long deadline = System.nanoTime() + CATCH_UP_WITHIN.toNanos();
        long quietSince = System.nanoTime();
        while (!tally.isCaughtUp() || System.nanoTime() - quietSince < TimeUnit.SECONDS.toNanos(1)) {
            quietSince = tally.isCaughtUp() ? quietSince : System.nanoTime();
            round(courier, deadline);
        }
    }

    private void takeOrders(Courier courier) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds) + EVERYTHING_SEEN_WITHIN.toNanos();
        while (firstOrderNanos == 0 || System.nanoTime() - firstOrderNanos < TimeUnit.SECONDS.toNanos(seconds) || !tally.hasSeenEverything()) {
            round(courier, deadline);
        }
        program.type("enough\n");
        while (!done) {
            round(courier, deadline);
        }
    }

    private void round(Courier courier, long deadline) throws IOException, InterruptedException {
        courier.carry(Instant.now());
        screen.picture(tally.picture());
        if (!done && !program.isAlive() || !replica.isAlive()) {
            throw new IOException("A process of the demonstration ended early. See its lines above.");
        }
        if (System.nanoTime() > deadline) {
            throw new IOException((done ? "The branch did not catch up within " + CATCH_UP_WITHIN.toSeconds() + " seconds after the last order" : "Not everything was seen in time") + "; the databases are kept in " + directory + ".");
        }
        Thread.sleep(5);
    }

    private Courier.Route route(String from, String to, String mailbox) {
        return new Courier.Route(messages(from).resolve(mailbox), messages(to).resolve(mailbox));
    }

    // ---- what is seen ----

    private Courier.Watcher watcher() {
        return new Courier.Watcher() {
            @Override
            public boolean hasRows(byte[] content) {
                try {
                    return codec.peek(content).envelope().kind().isInChain();
                } catch (MalformedException e) {
                    return false;
                }
            }

            @Override
            public void carried(byte[] content, Courier.Fate fate) {
                Demonstration.this.carried(content, fate);
            }
        };
    }

    private void carried(byte[] content, Courier.Fate fate) {
        try {
            Envelope envelope = codec.peek(content).envelope();
            if (tally.carried(envelope, fate, Instant.now())) {
                screen.event(Lane.HQ, Tone.AGAIN, "sends again, epoch " + envelope.header().resendCount());
            }
            String what = envelope.kind().isInChain() ? envelope.header().toString() : envelope.kind().toString().toLowerCase(Locale.ROOT).replace('_', ' ');
            screen.event(Lane.WAY, tone(fate), (envelope.sender().equals("hq") ? "──► " : "◄── ") + what + word(fate));
        } catch (MalformedException e) {
            screen.event(Lane.WAY, Tone.BAD, "not a message: " + e.getMessage());
        }
    }

    private static Tone tone(Courier.Fate fate) {
        return switch (fate) {
            case DELIVERED -> Tone.USUAL;
            case REPEATED, LATE -> Tone.ODD;
            case LOST, DAMAGED -> Tone.BAD;
        };
    }

    private static String word(Courier.Fate fate) {
        return switch (fate) {
            case DELIVERED -> "";
            case REPEATED -> " twice";
            case LATE -> " late";
            case LOST -> " lost";
            case DAMAGED -> " spoilt";
        };
    }

    private void programSaid(String line) {
        String[] words = line.split(" ", 3);
        if (words[0].equals("committed") || words[0].equals("done")) {
            tally.committed(Long.parseLong(words[1]));
        }
        screen.event(Lane.HQ, Tone.USUAL, words[0].equals("committed") ? words[2] : line);
        if (words[0].equals("done")) {
            done = true;
        } else if (words[0].equals("committed") && words[1].equals("1")) {
            firstOrderNanos = System.nanoTime();
            screen.stage("orders come in; messages get lost, come twice, late, spoilt");
        }
    }

    /** The agent's own words, shorter; what is said of the messages themselves is seen on the way. */
    private void branchSaid(String line) {
        Matcher applied = APPLIED.matcher(line);
        if (applied.matches()) {
            tally.applied(Long.parseLong(applied.group(3)), Instant.now());
            branch(Tone.USUAL, applied.group(1) + " tx, " + applied.group(2) + " rows");
        } else if (line.startsWith("ASKED")) {
            branch(Tone.AGAIN, "asks again: " + line.substring(line.indexOf("from ") + 5).replace(", epoch", " epoch"));
        } else if (line.startsWith("QUARANTINED")) {
            branch(Tone.BAD, "put aside: spoilt");
        } else if (line.contains("older epoch")) {
            branch(Tone.ODD, "ignores old epoch");
        } else if (!line.startsWith("got ") && !line.startsWith("sent ") && !line.startsWith("deleted ") && !line.startsWith("sequenced ")) {
            branch(Tone.BAD, line);
        }
    }

    private void branch(Tone tone, String text) {
        if (!text.equals(lastOfBranch) || tone == Tone.USUAL) {
            screen.event(Lane.BRANCH, tone, text);
        }
        lastOfBranch = text;
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
        var settings = new Properties();
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
        System.out.printf("%n  %-12s %10s %10s%n", "table", "rows at hq", "at branch");
        for (Comparison table : tables) {
            System.out.printf(Locale.ROOT, "  %-12s %,10d %,10d   %s%n", table.table(), table.rowsHere(), table.rowsThere(),
                    table.isEqual() ? "equal" : table.onlyHere() + " rows only at hq, " + table.onlyThere() + " only at branch");
        }
        boolean equal = tables.stream().allMatch(Comparison::isEqual);
        Tally.Picture picture = tally.picture();
        System.out.printf(Locale.ROOT, "%n%s, row by row: %,d transactions in %d seconds.%n%s.%n", equal ? "Both databases are equal" : "THE DATABASES DIFFER", picture.committed(),
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos), DemoScreen.faults(picture));
        return equal;
    }

    /** Ends both processes and gives the terminal back. */
    @Override
    public void close() {
        screen.end();
        for (DemoProcess process : new DemoProcess[] {program, replica}) {
            if (process != null) {
                process.close();
            }
        }
    }
}
