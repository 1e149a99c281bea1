// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import dev.waybill.link.http.Access;
import dev.waybill.link.http.Doorkeeper;
import dev.waybill.link.http.HttpLinks;
import dev.waybill.link.http.MailboxServer;
import dev.waybill.publication.MessageType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiPredicate;

/** A head office on a port of this machine, and the links to it. */
final class HttpOffice implements AutoCloseable {

    static final Duration WITHIN = Duration.ofSeconds(60);

    final Path root;
    final Path access;
    final MailboxServer server;
    private final String office;

    HttpOffice(Path temp, String office, int maxMessageBytes, int messagesAtMost, BiPredicate<String, byte[]> mayPost) throws IOException {
        MailboxServer.configureProcess();
        this.root = temp.resolve("mail");
        this.access = temp.resolve("access");
        this.office = office;
        MailboxServer.Offer offer = new MailboxServer.Offer(root, office, maxMessageBytes, messagesAtMost, Doorkeeper.ofTokens(new Access(access, InstantSource.system())), mayPost, () -> "waybill_lag_bytes 0\n");
        this.server = MailboxServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, offer, InstantSource.system(), new Random(1), FileLinkTest::daemon);
    }

    /** Makes a token for this name. */
    String grant(String name) throws IOException {
        return new Access(access, InstantSource.system()).grant(name, new SecureRandom());
    }

    /** The link of the head office itself, or of this remote. */
    Link link(String name, int maxMessageBytes) throws IOException {
        return link(name, maxMessageBytes, server.port(), WITHIN);
    }

    Link link(String name, int maxMessageBytes, int port, Duration within) throws IOException {
        Map<String, String> options = name.equals(office) ? Map.of("directory", root.toString()) : Map.of("url", "http://127.0.0.1:" + port, "token", "file:" + token(name));
        return new HttpLinks(InstantSource.system(), new Random(name.hashCode()), FileLinkTest::daemon, within).open(new MessageType("HTTP", name, options), maxMessageBytes);
    }

    private Path token(String name) throws IOException {
        Path file = access.resolveSibling(name + ".token");
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, grant(name) + "\n");
        }
        return file;
    }

    List<String> quarantineReasons(String name) throws IOException {
        List<String> reasons = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(name).resolve("quarantine"), "*.reason")) {
            for (Path file : files) {
                reasons.add(Files.readString(file));
            }
        }
        return reasons;
    }

    @Override
    public void close() {
        server.close();
    }
}
