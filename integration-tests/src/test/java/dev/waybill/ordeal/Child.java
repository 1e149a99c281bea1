// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A Java process that this test has started, with lines to and from it. Its lines go to whoever wants all of them, and those that begin with "at " can be waited for. */
final class Child {

    private final Process process;
    private final BlockingQueue<String> stops = new LinkedBlockingQueue<>();
    private final Thread reader;

    private Child(Process process, Consumer<String> lines) {
        this.process = process;
        reader = new Thread(() -> read(lines), "lines of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    static Child start(Class<?> program, Path log, Consumer<String> lines, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), program.getName()));
        command.addAll(List.of(arguments));
        return new Child(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())).start(), lines);
    }

    private void read(Consumer<String> lines) {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.accept(line);
                if (line.startsWith("at ")) {
                    stops.add(line);
                }
            }
        } catch (IOException ended) {
            lines.accept("its lines end: " + ended.getMessage());
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void say(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException gone) {
            throw new UncheckedIOException("process " + process.pid() + " does not listen", gone);
        }
    }

    /** Waits until it stops at a step; returns whether it did. */
    boolean awaitStop(long seconds) throws InterruptedException {
        return stops.poll(seconds, TimeUnit.SECONDS) != null;
    }

    /** It shall stop the so-and-so-many-th time that it comes to this side of this step. */
    void aim(String side, String step, int times) {
        stops.clear();
        say("aim " + side + " " + step + " " + times);
    }

    void goOn() {
        say("go");
    }

    /** SIGSTOP or SIGCONT. */
    void signal(String name) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
        if (exit != 0) {
            throw new IOException("kill -" + name + " " + process.pid() + " ended with " + exit);
        }
    }

    /** SIGKILL; returns when it is gone and its last lines are read. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            throw new IllegalStateException("process " + process.pid() + " does not end");
        }
        reader.join(5_000);
    }

    /** SIGKILL, without waiting. */
    void destroy() {
        process.destroyForcibly();
    }

    /** Ends by itself, as its standard input ends. */
    void end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            kill();
        }
        reader.join(5_000);
    }
}
