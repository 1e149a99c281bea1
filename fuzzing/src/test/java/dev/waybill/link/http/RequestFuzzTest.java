// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.http;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.api.SilentCloseable;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.fuzzing.Bounds;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/**
 * Requests from anybody, through a real socket, to a real server with real mailboxes; {@code TOKEN} in an input becomes one that opens branch's. Whatever is asked, the server answers the next one, nothing is written outside of the mailboxes, and nothing of
 * shop's is shown, taken away or put aside.
 */
class RequestFuzzTest {

    private static final String SECRET = "only shop may read this";

    private static Path outside;
    private static Path root;
    private static MailboxServer server;
    private static String token;

    @BeforeAll
    static void open() throws IOException {
        outside = Files.createTempDirectory("office");
        root = Files.createDirectory(outside.resolve("mail"));
        Files.createDirectory(root.resolve("hq"));
        Path shop = Files.createDirectory(root.resolve("shop"));
        Files.writeString(shop.resolve("1.hq.1.waybill"), SECRET);
        Path keys = Files.createDirectory(outside.resolve("keys"));
        Access access = new Access(keys, InstantSource.system());
        token = access.grant("branch", new SecureRandom());
        server = MailboxServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null,
                new MailboxServer.Offer(root, "hq", 10_000, 100, Doorkeeper.ofTokens(access), (name, message) -> message.length > 0 && message[0] == '!', () -> "metrics of the office"), InstantSource.system(), new Random(1), Thread::new);
    }

    @AfterAll
    static void close() throws IOException {
        server.close();
        try (Stream<Path> all = Files.walk(outside)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @FuzzTest(maxDuration = "60s")
    @Timeout(200)
    void anyRequestIsAnsweredOrRefusedAndNobodyElseIsConcerned(byte[] bytes) throws Exception {
        SilentCloseable allowed = BugDetectors.allowNetworkConnections(); // the fuzzer takes every one for an attack
        try {
            anyRequest(new String(bytes, StandardCharsets.ISO_8859_1));
        } finally {
            allowed.close();
        }
    }

    private static void anyRequest(String text) throws IOException {
        if (!text.contains("wait=")) { // would wait
            String answer = ask(text.replace("TOKEN", token));
            Bounds.demand(!answer.contains(SECRET), "shop's mail was shown");
            Bounds.demand(text.contains(token) || text.contains("TOKEN") || !answer.contains("metrics of the office"), "metrics were shown to a stranger");
        }
        Bounds.demand(ask("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").startsWith("HTTP/1.1 200"), "the next one was not answered");
        Bounds.demand(Files.readString(root.resolve("shop").resolve("1.hq.1.waybill")).equals(SECRET), "shop's mail is gone");
        try (Stream<Path> beside = Files.list(outside)) {
            Bounds.demand(beside.count() == 2, "something was written outside");
        }
    }

    private static String ask(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(120_000);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                socket.shutdownOutput();
                InputStream in = socket.getInputStream();
                return new String(in.readNBytes(100_000), StandardCharsets.ISO_8859_1);
            } catch (SocketException cut) {
                return ""; // it may hang up on what is no request
            }
        }
    }
}
