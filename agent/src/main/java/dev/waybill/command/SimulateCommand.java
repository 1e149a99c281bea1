// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.command.terminal.TextTable;
import dev.waybill.durable.DurableStep;
import dev.waybill.simulation.Level;
import dev.waybill.simulation.ProtocolLevel;
import dev.waybill.simulation.Runs;
import dev.waybill.simulation.Side;
import dev.waybill.simulation.nodes.NodeLevel;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code waybill simulate}. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Tries the promises: runs the code of production on a virtual clock under bad links, crashes at every durable step, failing statements and restored backups, one seed for each run, and judges what the replicas show.",
            "Touches nothing outside its own memory. A run that fails is shrunk and drawn; the same seed and level repeat it.",
            "Exit codes: 0 everything held, 2 wrong command line, 3 something was violated."
        })
final class SimulateCommand implements Callable<Integer> {

    private static final Duration BETWEEN_WORDS = Duration.ofSeconds(5);
    /** Held, because loggers are not. */
    private static final Logger OURS = Logger.getLogger("dev.waybill");

    /** How much of production code runs. */
    enum Depth {
        /** The machines of guaranteed delivery alone. */
        protocol,
        /** From the driver's capture to the applier, on databases in memory. */
        nodes;

        Level level() {
            return this == protocol ? new ProtocolLevel() : new NodeLevel();
        }
    }

    @Spec
    private CommandSpec spec;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "The first seed (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--runs", paramLabel = "N", description = "How many seeds from there (default 1000 of the protocol, 30 of nodes).")
    private Long runs;

    @Option(names = "--level", paramLabel = "LEVEL", defaultValue = "protocol",
            description = "protocol: the machines of guaranteed delivery alone, exact to the bit (every hundredth seed is run twice to show it); nodes: whole nodes on databases in memory (default ${DEFAULT-VALUE}).")
    private Depth depth;

    @Override
    public Integer call() {
        long count = runs != null ? runs : depth == Depth.protocol ? 1_000 : 30;
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--runs " + count + " is not a number of runs. Nothing was run. Give 1 or more.");
        }
        OURS.setLevel(java.util.logging.Level.OFF); // what agents warn of is part of the story of a run that fails
        Level level = depth.level();
        PrintWriter out = spec.commandLine().getOut();
        Runs all = new Runs(level);
        Progress progress = new Progress(all, count);
        boolean held = all.run(seed, count, progress);
        out.printf(Locale.ROOT, "%s: seeds %d to %d, %,d runs in %s%n", level.title(), seed, seed + all.runs() - 1, all.runs(), progress.sinceBegin());
        if (!held) {
            out.printf("%nVIOLATED  %s%n%nAgain: ./waybill simulate --level %s --seed %d --runs 1%n", all.failure(), depth, seed + all.runs() - 1);
            return 3;
        }
        out.println(all.summary());
        if (all.twice() > 0) {
            out.printf("Run twice and the same to the last bit: %d of these seeds.%n", all.twice());
        }
        out.println();
        hits(level, all).print(System.out);
        out.println();
        out.println(all.missed().isEmpty() ? "Processes ended on both sides of every durable step. Nothing was violated." : "Nothing was violated. Nothing ended yet at: " + String.join(", ", all.missed()) + " (more runs come there).");
        return 0;
    }

    private static TextTable hits(Level level, Runs runs) {
        TextTable table = TextTable.of("durable step", "ended before it", "ended after it");
        for (DurableStep step : level.steps()) {
            table.row(step.name(), Long.toString(runs.hits().of(step, Side.BEFORE)), Long.toString(runs.hits().of(step, Side.AFTER)));
        }
        return table;
    }

    /** A word now and then, past the result. */
    private final class Progress implements Runnable {

        private final Runs runs;
        private final long count;
        private final long began = System.nanoTime();
        private long saidAt = began;

        private Progress(Runs runs, long count) {
            this.runs = runs;
            this.count = count;
        }

        @Override
        public void run() {
            long now = System.nanoTime();
            if (now - saidAt > BETWEEN_WORDS.toNanos()) {
                saidAt = now;
                spec.commandLine().getErr().printf(Locale.ROOT, "%,d of %,d runs, %.0f a minute, nothing violated%n", runs.runs(), count, runs.runs() * 60e9 / (now - began));
            }
        }

        private String sinceBegin() {
            return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - began) / 1e9);
        }
    }
}
