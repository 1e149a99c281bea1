// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import dev.waybill.link.mail.MailLinks;
import dev.waybill.publication.MessageType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/**
 * Postfix and Dovecot as they come with Debian, on loopback, with STARTTLS, and with mailboxes of {@code hq}, {@code branch} and {@code full} (30 KB) at example.org. What starts and ends them, and why nobody else on the machine notices, stands in
 * {@code src/test/mail-servers}. A test that cannot have them is skipped, and says why.
 */
public final class PostfixAndDovecot implements AutoCloseable {

    private static final Path SCRIPTS = Path.of("src/test/mail-servers");
    private static final Path UNPACKED = Path.of("target/mail-servers").toAbsolutePath();
    private static final Duration LONG = Duration.ofSeconds(180);
    private static final List<String> QUEUES = List.of("maildrop", "incoming", "active", "deferred");

    private final Path run;
    private final int[] ports;
    private final TestCertificates certificates;
    private final Process process;

    private PostfixAndDovecot(Path run, int[] ports, TestCertificates certificates, Process process) {
        this.run = run;
        this.ports = ports;
        this.certificates = certificates;
        this.process = process;
    }

    /**
     * Starts them.
     *
     * @param temp         others may look into it, since servers leave their rights
     * @param largestBytes that Postfix takes
     */
    public static PostfixAndDovecot start(Path temp, int largestBytes) throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "Postfix begins as root, which this is not");
        unpack();
        Path run = Files.createDirectories(temp.resolve("mail-servers"));
        for (Path open = run; open.startsWith(temp); open = open.getParent()) {
            Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        TestCertificates certificates = new TestCertificates(run).self(TestCertificates.Kind.ORDINARY, "cert", "localhost");
        certificates.key("cert", run.resolve("key.pem"));
        int[] ports = freePorts(5);
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", SCRIPTS.resolve("run.sh").toAbsolutePath().toString(), UNPACKED.toString(), run.toString()));
        IntStream.of(ports).forEach(port -> command.add(Integer.toString(port)));
        command.add(Integer.toString(largestBytes));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(run.resolve("run.out").toFile()).start();
        PostfixAndDovecot servers = new PostfixAndDovecot(run, ports, certificates, process);
        try {
            servers.awaitAnswers();
            return servers;
        } catch (RuntimeException | Error failed) {
            servers.close();
            throw failed;
        }
    }

    private static void unpack() throws IOException, InterruptedException {
        if (!Files.isDirectory(UNPACKED.resolve("root"))) {
            Path said = Files.createTempFile("mail-servers", ".out");
            try {
                Process install = new ProcessBuilder("sh", SCRIPTS.resolve("install.sh").toAbsolutePath().toString(), UNPACKED.toString()).redirectErrorStream(true).redirectOutput(said.toFile()).start();
                boolean ended = install.waitFor(600, TimeUnit.SECONDS);
                Assumptions.assumeTrue(ended && install.exitValue() == 0, () -> "Postfix and Dovecot cannot be fetched here: " + text(said));
            } finally {
                Files.deleteIfExists(said);
            }
        }
    }

    /** Name spaces that cannot be made here are no defect of ours; servers that do not answer in them are. */
    private void awaitAnswers() {
        Awaitility.await().atMost(LONG).until(() -> !process.isAlive() || IntStream.of(ports).limit(3).allMatch(PostfixAndDovecot::answers));
        Assumptions.assumeTrue(process.isAlive() || !text(run.resolve("run.out")).matches("(?s).*(Operation not permitted|unshare|mount:).*"), () -> "name spaces cannot be made here: " + text(run.resolve("run.out")));
        if (!process.isAlive()) {
            throw new AssertionError(everythingSaid());
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            return socket.getInputStream().read() >= 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static int[] freePorts(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().mapToInt(ServerSocket::getLocalPort).toArray();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    static String address(String name) {
        return name + "@example.org";
    }

    /** As the catalogue says it: STARTTLS at both servers, whose certificate alone is believed; mail is fetched by IMAP. */
    public Map<String, String> options(String user) throws IOException {
        Map<String, String> options = new HashMap<>(Map.of("security", "starttls", "certificate", certificates.certificate("cert").toString(), "smtp_host", "localhost", "smtp_port", Integer.toString(ports[0])));
        options.putAll(Map.of("imap_host", "localhost", "imap_port", Integer.toString(ports[1]), "imap_userid", user, "imap_password", "file:" + password()));
        return options;
    }

    /** The same, fetched by POP3. */
    Map<String, String> popOptions(String user) throws IOException {
        Map<String, String> options = options(user);
        options.keySet().removeIf(name -> name.startsWith("imap_"));
        options.putAll(Map.of("pop3_host", "localhost", "pop3_port", Integer.toString(ports[2]), "pop3_userid", user, "pop3_password", "file:" + password()));
        return options;
    }

    private Path password() throws IOException {
        Path file = run.resolve("password");
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, "only-for-tests\n");
        }
        return file;
    }

    /** A link of this name whose mails are where they belong when {@link Link#send} returns: nothing is in Postfix's queues any more. */
    Link link(Map<String, String> options, String name, int maxMessageBytes) throws IOException {
        Link inside = new MailLinks(FileLinkTest::daemon).open(new MessageType("SMTP", address(name), options), maxMessageBytes);
        return new ForwardingLink(inside) {
            @Override
            public void send(String to, byte[] message) throws LinkException {
                inside.send(address(to), message);
                awaitDelivered();
            }
        };
    }

    /** Nothing is in Postfix's queues: delivered, or returned. */
    void awaitDelivered() {
        Awaitility.await().atMost(LONG).until(() -> QUEUES.stream().mapToInt(queue -> files(run.resolve("spool").resolve(queue)).size()).sum() == 0);
    }

    /** What lies in a mailbox of this name, its folders and what was never looked at included. */
    List<String> mails(String name, String folder) {
        Path maildir = run.resolve("mail").resolve(name).resolve(folder);
        return Stream.of("new", "cur").flatMap(each -> files(maildir.resolve(each)).stream()).map(PostfixAndDovecot::text).toList();
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (UncheckedIOException moved) {
            return List.of(directory); // something moves: look again
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException unreadable) {
            return String.valueOf(unreadable);
        }
    }

    /** For whoever has to find out why something does not work. */
    String everythingSaid() {
        return Stream.of("run.out", "postfix.out", "postfix.log", "dovecot.out", "dovecot.log").map(run::resolve).filter(Files::exists).map(file -> file.getFileName() + ":\n" + text(file)).reduce("", String::concat);
    }

    /** The script ends with its standard input, and everything else with the script. */
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
