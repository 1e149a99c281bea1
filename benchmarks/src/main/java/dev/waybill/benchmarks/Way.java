// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.waybill.databases.KafkaBroker;
import dev.waybill.journal.Digest;
import dev.waybill.journal.LogOffset;
import dev.waybill.journal.Position;
import dev.waybill.link.http.Access;
import dev.waybill.link.http.Doorkeeper;
import dev.waybill.link.http.MailboxServer;
import dev.waybill.message.Envelope;
import dev.waybill.message.Message;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import dev.waybill.message.MessageHeader;
import dev.waybill.message.MessageKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * A way between HQ and its branch on this machine, with the server that it needs. Signatures are off on all of them: how bytes travel is measured. Immutable.
 *
 * @param type    the message type
 * @param domain  what follows a name in an address
 * @param hq      options at HQ
 * @param branch  options at the branch
 * @param server  what is closed with it
 */
record Way(String type, String domain, Map<String, String> hq, Map<String, String> branch, AutoCloseable server) implements AutoCloseable {

    private static final int MESSAGE_BYTES = 20_000;
    private static final String OFF = "off";

    static Way folder(Path messages) throws IOException {
        Map<String, String> options = Map.of("directory", Files.createDirectories(messages).toString());
        return new Way("FILE", "", options, options, () -> { });
    }

    /** @param delayMillis that every byte is on its way, in each direction */
    static Way http(Path directory, int delayMillis) throws IOException {
        MailboxServer.configureProcess();
        InstantSource clock = InstantSource.system();
        Access access = new Access(directory.resolve("keys"), clock);
        Path token = secret(directory.resolve("token"), access.grant("branch", new SecureRandom()));
        Path mail = directory.resolve("mail");
        var offer = new MailboxServer.Offer(mail, "hq", 50_000, 10_000, Doorkeeper.ofTokens(access), MailboxServer.IN_HIS_NAME, () -> "");
        MailboxServer office = MailboxServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, offer, clock, new SecureRandom(), Way::daemon);
        DelayingProxy proxy = delayMillis == 0 ? null : new DelayingProxy(office.port(), delayMillis);
        Map<String, String> there = Map.of("url", "http://127.0.0.1:" + (proxy == null ? office.port() : proxy.port()), "token", "file:" + token, "signature", OFF);
        return new Way("HTTP", "", Map.of("directory", mail.toString(), "signature", OFF), there, () -> {
            if (proxy != null) {
                proxy.close();
            }
            office.close();
        });
    }

    static Way mail(Path directory) throws IOException {
        GreenMail servers = new GreenMail(new ServerSetup[] {setup(ServerSetup.PROTOCOL_SMTP), setup(ServerSetup.PROTOCOL_IMAP)});
        servers.start();
        Path password = secret(Files.createDirectories(directory).resolve("password"), "only here");
        for (String name : new String[] {"hq", "branch"}) {
            servers.setUser(name + "@example.org", name, "only here");
        }
        return new Way("SMTP", "@example.org", mailOptions(servers, "hq", password), mailOptions(servers, "branch", password), servers::stop);
    }

    private static Map<String, String> mailOptions(GreenMail servers, String name, Path password) {
        return Map.of("security", "none", "smtp_host", "127.0.0.1", "smtp_port", Integer.toString(servers.getSmtp().getPort()), "imap_host", "127.0.0.1", "imap_port", Integer.toString(servers.getImap().getPort()),
                "imap_userid", name, "imap_password", "file:" + password, "signature", OFF);
    }

    private static ServerSetup setup(String protocol) {
        ServerSetup setup = new ServerSetup(0, "127.0.0.1", protocol);
        setup.setServerStartupTimeout(120_000);
        return setup;
    }

    static Way kafka() {
        KafkaBroker broker = KafkaBroker.start();
        Map<String, String> options = Map.of("servers", broker.servers(), "security", "none", "signature", OFF);
        return new Way("KAFKA", "", options, options, broker);
    }

    static Path secret(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, text);
    }

    static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "office");
        thread.setDaemon(true);
        return thread;
    }

    String address(String name) {
        return name + domain;
    }

    Map<String, String> options(String name) {
        return name.equals("hq") ? hq : branch;
    }

    /** A message that says that it is from this one, and means nothing. */
    byte[] message(String sender) {
        return message(sender, sender.equals("hq") ? "branch" : "hq", MESSAGE_BYTES);
    }

    static byte[] message(String sender, String recipient, int bytes) {
        Position head = new Position(new UUID(1, 2), new LogOffset(0), new Digest(3, 4));
        Envelope envelope = new Envelope(MessageKind.CONFIRMATION, sender, recipient, UUID.nameUUIDFromBytes(sender.getBytes(StandardCharsets.UTF_8)), null, UUID.randomUUID(), new MessageHeader(0, new LogOffset(0), new LogOffset(0), 0), new Digest(1, 1), null,
                null, head, Instant.now(), null, new Envelope.Limits(50_000, MessageCodec.CODECS, List.of()), List.of());
        byte[] body = new byte[bytes];
        new Random(1).nextBytes(body);
        return new MessageCodec(MessageBounds.of(50_000)).encode(new Message(envelope, body), List.of(MessageCodec.PLAIN));
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (Exception failed) {
            throw new IllegalStateException("a server of this benchmark does not end", failed);
        }
    }
}
