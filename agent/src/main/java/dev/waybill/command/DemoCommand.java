// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import dev.waybill.command.demo.Demonstration;
import dev.waybill.command.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code waybill demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Shows the main job on two embedded databases in two processes: an ordinary JDBC program takes orders at HQ, a courier carries the messages badly, a branch keeps its replica.",
            "Ends by comparing both databases through the bare driver."
        })
final class DemoCommand implements Callable<Integer> {

    @Option(names = "--no-animation", description = "A plain log instead of a moving picture.")
    private boolean plain;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "15", description = "How long orders are taken at least (default ${DEFAULT-VALUE}): until everything was seen that can befall a message.")
    private int seconds;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "2611", description = "Seed of the orders and of the courier's faults (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--keep", description = "Keep the databases and messages, and say where they are.")
    private boolean keep;

    /** Somebody sees to the end: the run, or the one who was told of Ctrl-C. */
    private final AtomicBoolean over = new AtomicBoolean();

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("waybill-demo");
        Terminal terminal = plain ? Terminal.NONE : Terminal.ofThisProcess();
        var demonstration = new Demonstration(directory, seed, seconds, terminal);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupted(demonstration, directory), "demo-interrupted"));
        boolean equal = false;
        try (demonstration) {
            equal = demonstration.run();
        } finally {
            if (over.compareAndSet(false, true)) {
                finish(directory, keep || !equal);
            } else {
                new CountDownLatch(1).await();
            }
        }
        return equal ? 0 : 3;
    }

    /** Ctrl-C: what the run itself has to say of it, with its processes gone, is not waited for. */
    private void interrupted(Demonstration demonstration, Path directory) {
        if (over.compareAndSet(false, true)) {
            demonstration.close();
            try {
                finish(directory, keep);
            } catch (IOException inUse) {
                System.out.println("Left behind: " + directory);
            }
        }
    }

    private static void finish(Path directory, boolean kept) throws IOException {
        if (kept) {
            System.out.println("Kept: " + directory + "  (look with ./waybill status jdbc:h2:" + directory.resolve("hq") + ")");
        } else {
            delete(directory);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
