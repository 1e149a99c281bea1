// SPDX-License-Identifier: Apache-2.0
package dev.waybill.databases;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A Kafka cluster of one broker in a process of its own, that may be killed and started again where it was; others may join it ({@link #another}). Its program is {@code org.apache.kafka:kafka_2.13}, which whoever uses this has on the class path. Three ways in: one for everybody, one by TLS for
 * the user {@link #USER} (SCRAM, PLAIN, and OAUTHBEARER with a token that nobody signed), one by TLS for who has a certificate that a setting of {@link #start(Map)} makes it believe. Removed with its data when it is closed, and with the JVM. One thread.
 */
public final class KafkaBroker implements AutoCloseable {

    /** Who may come in by TLS. */
    public static final String USER = "branch";
    /** His password. */
    public static final String PASSWORD = "only for tests";

    private static final int START_SECONDS = 120;
    private static final int TRIES = 3;
    private static final String HOST = "127.0.0.1";
    private static final String STORE_PASSWORD = "changeit";

    private final Path directory;
    private final Map<String, String> more;
    private final int number;
    private final KafkaBroker first;
    private final Thread atTheEnd = new Thread(this::remove, "kafka stops");
    private Process process;
    private int port;
    private int securePort;
    private int mutualPort;
    private int controllerPort;

    /** @param first the one that directs the cluster; null for that itself */
    private KafkaBroker(Path directory, Map<String, String> more, int number, KafkaBroker first) {
        this.directory = directory;
        this.more = more;
        this.number = number;
        this.first = first == null ? this : first;
    }

    /** A fresh one; waits until it listens. */
    public static KafkaBroker start() {
        return start(Map.of());
    }

    /** @param more settings of the broker besides ours */
    public static KafkaBroker start(Map<String, String> more) {
        return started(more, 1, null);
    }

    /**
     * Another broker of the cluster that this one directs, with its settings; waits until it listens.
     *
     * @param number from 2 on, that none of the others has
     */
    public KafkaBroker another(int number) {
        return started(more, number, this);
    }

    private static KafkaBroker started(Map<String, String> more, int number, KafkaBroker first) {
        try {
            KafkaBroker broker = new KafkaBroker(Files.createTempDirectory("waybill-kafka"), more, number, first);
            Runtime.getRuntime().addShutdownHook(broker.atTheEnd);
            broker.certify();
            for (int i = 0; i < TRIES; i++) {
                if (broker.begin()) {
                    return broker;
                }
            }
            String log = Files.readString(broker.directory.resolve("log"));
            broker.close();
            throw new IOException("Kafka did not start: " + log);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Ports that are free now may be somebody else's a moment later: then others. */
    private boolean begin() throws IOException {
        try (ServerSocket one = free(); ServerSocket other = free(); ServerSocket third = free(); ServerSocket fourth = free()) {
            port = one.getLocalPort();
            securePort = other.getLocalPort();
            mutualPort = third.getLocalPort();
            controllerPort = fourth.getLocalPort();
        }
        remove(directory.resolve("data"));
        write();
        List<String> formatting = new ArrayList<>(List.of("kafka.tools.StorageTool", "format", "--cluster-id", "MkU3OEVBNTcwNTJENDM2Qg", "--config", directory.resolve("broker.properties").toString()));
        if (first == this) {
            formatting.addAll(List.of("--add-scram", "SCRAM-SHA-512=[name=" + USER + ",password=" + PASSWORD + "]", "--add-scram", "SCRAM-SHA-256=[name=" + USER + ",password=" + PASSWORD + "]"));
        }
        Process format = java(formatting.toArray(String[]::new));
        try {
            return format.waitFor(START_SECONDS, TimeUnit.SECONDS) && format.exitValue() == 0 && run();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static ServerSocket free() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private void write() throws IOException {
        Map<String, String> settings = new LinkedHashMap<>(Map.of("process.roles", first == this ? "broker,controller" : "broker", "node.id", Integer.toString(number), "controller.quorum.voters", "1@" + HOST + ":" + first.controllerPort, "controller.listener.names", "CONTROLLER",
                "inter.broker.listener.name", "PLAINTEXT", "log.dirs", directory.resolve("data").toString(), "offsets.topic.replication.factor", "1", "transaction.state.log.replication.factor", "1", "transaction.state.log.min.isr", "1",
                "num.partitions", "3"));
        String ways = "PLAINTEXT://" + servers() + ",SECURE://" + secureServers() + ",MUTUAL://" + mutualServers();
        settings.put("listeners", first == this ? ways + ",CONTROLLER://" + HOST + ":" + controllerPort : ways);
        settings.put("advertised.listeners", ways);
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL,MUTUAL:SSL,CONTROLLER:PLAINTEXT");
        settings.put("auto.create.topics.enable", "false");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("sasl.enabled.mechanisms", "SCRAM-SHA-512,SCRAM-SHA-256,PLAIN,OAUTHBEARER");
        settings.put("listener.name.secure.oauthbearer.sasl.jaas.config", "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub=\"broker\";");
        settings.put("listener.name.secure.oauthbearer.sasl.server.callback.handler.class", "org.apache.kafka.common.security.oauthbearer.internals.unsecured.OAuthBearerUnsecuredValidatorCallbackHandler");
        settings.put("listener.name.secure.scram-sha-512.sasl.jaas.config", "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        settings.put("listener.name.secure.scram-sha-256.sasl.jaas.config", "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        settings.put("listener.name.secure.plain.sasl.jaas.config", "org.apache.kafka.common.security.plain.PlainLoginModule required user_" + USER + "=\"" + PASSWORD + "\";");
        settings.put("listener.name.mutual.ssl.client.auth", "required");
        settings.put("ssl.keystore.type", "PKCS12");
        settings.put("ssl.keystore.location", directory.resolve("broker.p12").toString());
        settings.put("ssl.keystore.password", STORE_PASSWORD);
        settings.putAll(more);
        Files.write(directory.resolve("broker.properties"), settings.entrySet().stream().map(each -> each.getKey() + "=" + each.getValue()).collect(Collectors.toList()));
    }

    private void certify() throws IOException {
        String store = directory.resolve("broker.p12").toString();
        keytool("-genkeypair", "-alias", "broker", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost,ip:" + HOST, "-storetype", "PKCS12", "-keystore", store, "-storepass", STORE_PASSWORD);
        keytool("-exportcert", "-rfc", "-alias", "broker", "-keystore", store, "-storepass", STORE_PASSWORD, "-file", certificate().toString());
    }

    private void keytool(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        try {
            if (!log(command).start().waitFor(START_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("keytool does not end");
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private ProcessBuilder log(List<String> command) {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()));
    }

    private Process java(String... arguments) throws IOException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).map(entry -> Path.of(entry).toAbsolutePath().toString()).collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath));
        command.addAll(List.of(arguments));
        return log(command).start();
    }

    private boolean run() throws IOException, InterruptedException {
        process = java("kafka.Kafka", directory.resolve("broker.properties").toString());
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (process.isAlive() && System.nanoTime() < until) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(HOST, port));
                return true;
            } catch (IOException notYet) {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            }
        }
        process.destroyForcibly();
        return false;
    }

    /** Where everybody comes in. */
    public String servers() {
        return HOST + ":" + port;
    }

    /** Where {@link #USER} comes in, by TLS. */
    public String secureServers() {
        return HOST + ":" + securePort;
    }

    /** Where one comes in who shows a certificate. */
    public String mutualServers() {
        return HOST + ":" + mutualPort;
    }

    /** By which it is known over TLS. */
    public Path certificate() {
        return directory.resolve("broker.pem");
    }

    /** Ends it as the power does, its data apart. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor(START_SECONDS, TimeUnit.SECONDS);
    }

    /** Where it was, with what it had. */
    public void startAgain() throws IOException, InterruptedException {
        if (!run()) {
            throw new IOException("Kafka did not start again: " + Files.readString(directory.resolve("log")));
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atTheEnd);
        remove();
    }

    private void remove() {
        try {
            if (process != null) {
                kill();
            }
            remove(directory);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static void remove(Path folder) throws IOException {
        if (Files.exists(folder)) {
            MariaDbFiles.remove(folder);
        }
    }
}
