// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM with the class path of the tests; what it says goes into a file. Ends with the test. */
record OtherProcess(Process process, Path output) implements AutoCloseable {

    static OtherProcess start(Path output, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new OtherProcess(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start(), output);
    }

    String said() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGTERM; returns whether it ended by itself within ten seconds. */
    boolean terminate() throws InterruptedException {
        process.destroy();
        return process.waitFor(120, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Holds a database open, says so, and waits to be killed. */
    static final class Holder {

        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            try (Connection held = DriverManager.getConnection(arguments[0])) {
                System.out.println("open");
                while (System.in.read() >= 0 && held.isValid(1)) {
                    continue;
                }
                Thread.currentThread().join();
            }
        }
    }
}
