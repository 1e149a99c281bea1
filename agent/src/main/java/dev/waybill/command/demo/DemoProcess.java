// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.ConsoleHandler;
import java.util.logging.SimpleFormatter;

/** One of the two programs, in a JVM of its own; a daemon thread passes on every line that it prints. Any thread. */
final class DemoProcess implements AutoCloseable {

    private static final int ENDS_WITHIN_SECONDS = 120;

    private final String name;
    private final Process process;

    private DemoProcess(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /** Starts it in this directory with our class path and these system properties. */
    static DemoProcess start(String name, Path directory, List<String> properties, Consumer<String> lines, String mainClass, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
                "-Djava.util.logging.config.file=" + quietLogging(directory)));
        command.addAll(properties);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
        var reader = new Thread(() -> read(process, lines), "demo-" + name);
        reader.setDaemon(true);
        reader.start();
        return new DemoProcess(name, process);
    }

    /** Both programs log warnings only, one line each: what is shown is said by the agent's events. */
    private static Path quietLogging(Path directory) throws IOException {
        return Files.writeString(directory.resolve("logging.properties"), """
                handlers = ConsoleHandler
                .level = WARNING
                SimpleFormatter.format = %4$s %5$s%n
                """);
    }

    private static void read(Process process, Consumer<String> lines) {
        try (var reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            reader.lines().forEach(lines);
        } catch (IOException | UncheckedIOException ended) {
            lines.accept("output ended: " + ended.getMessage());
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Types something into it. */
    void type(String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Ends its input, which an application takes for the end of the day, and waits until it has gone. */
    void endInput() throws IOException, InterruptedException {
        process.getOutputStream().close();
        await();
    }

    /** SIGTERM, and waits until it has gone. */
    void terminate() throws IOException, InterruptedException {
        process.destroy();
        await();
    }

    private void await() throws IOException, InterruptedException {
        if (!process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException(name + " did not end within " + ENDS_WITHIN_SECONDS + " seconds.");
        }
    }

    /** Ends it by force if it has not ended; its files are free afterwards. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().completeOnTimeout(process, ENDS_WITHIN_SECONDS, TimeUnit.SECONDS).join();
    }
}
