// SPDX-License-Identifier: Apache-2.0
package dev.waybill.listen;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What is done with a notice. Immutable; any thread. */
public sealed interface Action {

    /** What actions are done with. */
    interface Means {
        /** A refresh is begun soon. */
        void sync();

        /** The listener ends. */
        void shutdown();

        /** Whether so many more programs may be started. */
        boolean takeProgram(Process started);
    }

    /**
     * Does it.
     *
     * @throws IOException it failed; then the alternative is tried
     */
    void perform(Variables variables, Means means) throws IOException;

    /** Refreshes the database. */
    record Sync() implements Action {
        @Override
        public void perform(Variables variables, Means means) {
            means.sync();
        }
    }

    /** Ends the listener. */
    record Shutdown() implements Action {
        @Override
        public void perform(Variables variables, Means means) {
            means.shutdown();
        }
    }

    /**
     * Starts a program, never by a shell.
     *
     * @param waits whether its end is waited for, and has to be a good one
     */
    record Program(List<String> arguments, boolean waits) implements Action {

        private static final long LONGEST_MINUTES = 10;

        public Program {
            arguments = List.copyOf(arguments);
        }

        @Override
        public void perform(Variables variables, Means means) throws IOException {
            Process process = new ProcessBuilder(filled(variables)).redirectOutput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            process.getOutputStream().close(); // it has nothing to read
            if (waits) {
                awaitGoodEnd(process);
            } else if (!means.takeProgram(process)) {
                process.destroy();
                throw new IOException("too many programs that were started run still");
            }
        }

        private List<String> filled(Variables variables) throws IOException {
            List<String> words = new ArrayList<>();
            for (String argument : arguments) {
                String word = variables.fill(argument);
                if (word.startsWith("-") && !argument.startsWith("-") || word.indexOf(0) >= 0) {
                    throw new IOException("what the notice says would be an option of the program, or no argument");
                }
                words.add(word);
            }
            return words;
        }

        private void awaitGoodEnd(Process process) throws IOException {
            try {
                if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                    process.destroy();
                    throw new IOException(arguments.get(0) + " was ended, since it took more than " + LONGEST_MINUTES + " minutes");
                }
                if (process.exitValue() != 0) {
                    throw new IOException(arguments.get(0) + " ended with " + process.exitValue());
                }
            } catch (InterruptedException end) {
                process.destroy();
                Thread.currentThread().interrupt();
                throw new IOException("the listener ends", end);
            }
        }
    }

    /** Says a text to an HTTP address. */
    record Post(String text, URI url) implements Action {

        private static final Duration WITHIN = Duration.ofSeconds(30);

        @Override
        public void perform(Variables variables, Means means) throws IOException {
            HttpRequest request = HttpRequest.newBuilder(url).timeout(WITHIN).header("Content-Type", "text/plain; charset=utf-8").POST(HttpRequest.BodyPublishers.ofString(variables.fill(text))).build();
            try {
                int status = HttpClient.newBuilder().connectTimeout(WITHIN).build().send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
                if (status / 100 != 2) {
                    throw new IOException(url + " answers " + status);
                }
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
                throw new IOException("the listener ends", end);
            }
        }
    }

    /**
     * Says a text to a program that listens at a port.
     *
     * @param expected what it has to answer; null: nothing
     */
    record Socket(String host, int port, String text, String expected, Duration within) implements Action {
        @Override
        public void perform(Variables variables, Means means) throws IOException {
            try (java.net.Socket socket = new java.net.Socket()) {
                int millis = (int) within.toMillis();
                socket.connect(new InetSocketAddress(host, port), millis);
                socket.setSoTimeout(millis);
                socket.getOutputStream().write(variables.fill(text).getBytes(StandardCharsets.UTF_8));
                socket.getOutputStream().flush();
                byte[] wanted = expected == null ? new byte[0] : variables.fill(expected).getBytes(StandardCharsets.UTF_8);
                try (InputStream in = socket.getInputStream()) {
                    if (!new String(in.readNBytes(wanted.length), StandardCharsets.UTF_8).equals(new String(wanted, StandardCharsets.UTF_8))) {
                        throw new IOException(host + ":" + port + " answers something else");
                    }
                }
            }
        }
    }
}
