// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import dev.waybill.error.WaybillError;
import dev.waybill.link.Link.LinkException;
import dev.waybill.publication.MessageType;
import dev.waybill.secret.SecretReference;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How the cluster is reached, from the options of the type: {@code servers}, {@code topic_prefix}, {@code security} (tls, none), {@code certificate} (of the authorities that are trusted, PEM), {@code keystore} (own key and certificate,
 * PKCS 12) with {@code keystore_password}, {@code userid}, {@code password}, {@code login} (scram-sha-512, scram-sha-256, plain, oauthbearer: the password is the token). Immutable; any thread.
 *
 * @param address own address: the name of the own topic, and the key of what is for this database
 * @param within  longest time of a request
 */
record KafkaOptions(String address, Map<String, String> options, Duration within) {

    /** What is given to {@link KafkaLogin} by Kafka's client. */
    static final String USER = "waybill.user";
    static final String PASSWORD = "waybill.password";

    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,127}");
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern SERVER = Pattern.compile("(\\[[0-9a-fA-F:]+]|[A-Za-z0-9.-]+):(\\d{1,5})");
    private static final List<String> THIS_MACHINE = List.of("localhost", "127.0.0.1", "[::1]");
    private static final String QUARANTINE = ".quarantine";
    /** A cluster that was away is found again within so long. */
    private static final int RECONNECT_MILLIS = 1_000;
    /** What others changed about topics is known within so long. */
    private static final int METADATA_MILLIS = 30_000;

    static KafkaOptions of(MessageType type, Duration within) throws LinkException {
        if (type.address() == null) {
            throw wrong("address", "Kafka needs an own address: CREATE REMOTE MESSAGE TYPE KAFKA ADDRESS '…'");
        }
        KafkaOptions options = new KafkaOptions(checked(type.address()), type.options(), within);
        List<String> servers = options.servers();
        if (servers.isEmpty() || !servers.stream().allMatch(server -> SERVER.matcher(server).matches())) {
            throw wrong("servers", "it is a list as 'kafka1.example:9092,kafka2.example:9092'");
        }
        if (!PREFIX.matcher(options.prefix()).matches()) {
            throw wrong("topic_prefix", "it has letters that no topic has, or too many");
        }
        boolean here = servers.stream().allMatch(server -> THIS_MACHINE.contains(server.substring(0, server.lastIndexOf(':'))));
        if (!options.isSecure() && options.user() != null && !here) {
            throw wrong("security", "a password would travel readably to " + String.join(",", servers) + "; it must be tls");
        }
        if ((options.user() == null) == type.options().containsKey("password")) {
            throw wrong(options.user() == null ? "userid" : "password", "a user and a password belong together");
        }
        return options;
    }

    /**
     * Addresses come from a catalogue that others may have filled: letters that no name of a topic has are in none of them, nor what would be another's quarantine.
     *
     * @throws LinkException LINK_OPTION
     */
    static String checked(String address) throws LinkException {
        if (!ADDRESS.matcher(address).matches()) {
            throw wrong("address", "\"" + address.replaceAll("\\p{Cntrl}", "?") + "\" is no name as 'branch': letters, digits, _ and -, up to 128");
        }
        return address;
    }

    private static LinkException wrong(String option, String why) {
        return new LinkException(WaybillError.LINK_OPTION.with("KAFKA", option, why).getMessage(), null);
    }

    private String text(String name, String otherwise) {
        return options.getOrDefault(name, otherwise).strip();
    }

    List<String> servers() {
        return Stream.of(text("servers", "").split(",")).map(String::strip).filter(server -> !server.isEmpty()).toList();
    }

    private String prefix() {
        return text("topic_prefix", "waybill-");
    }

    private boolean isSecure() {
        return !text("security", "tls").equalsIgnoreCase("none");
    }

    /** Null: nobody logs in. */
    private String user() {
        return options.get("userid");
    }

    /** The topic of the database with this address. */
    String topic(String of) {
        return prefix() + of;
    }

    /** Where this database puts aside what it cannot use. */
    String quarantineTopic() {
        return prefix() + address + QUARANTINE;
    }

    /** What producer, consumer and administration have in common, in Kafka's words. */
    Map<String, Object> common() throws LinkException {
        Map<String, Object> all = new HashMap<>();
        all.put("bootstrap.servers", servers());
        all.put("client.id", "waybill-" + address);
        all.put("security.protocol", (user() == null ? "" : "SASL_") + (isSecure() ? "SSL" : "PLAINTEXT"));
        all.put("request.timeout.ms", (int) within.toMillis());
        all.put("reconnect.backoff.max.ms", RECONNECT_MILLIS);
        all.put("metadata.max.age.ms", METADATA_MILLIS);
        all.put("enable.metrics.push", false);
        all.put("metric.reporters", List.of());
        if (isSecure()) {
            tls(all);
        }
        if (user() != null) {
            login(all);
        }
        return all;
    }

    private void tls(Map<String, Object> all) throws LinkException {
        if (options.containsKey("certificate")) {
            all.put("ssl.truststore.type", "PEM");
            all.put("ssl.truststore.location", text("certificate", ""));
        }
        if (options.containsKey("keystore")) {
            String password = keystorePassword();
            all.put("ssl.keystore.type", "PKCS12");
            all.put("ssl.keystore.location", text("keystore", ""));
            all.put("ssl.keystore.password", password);
            all.put("ssl.key.password", password);
        }
    }

    private String keystorePassword() throws LinkException {
        try {
            return SecretReference.of(text("keystore_password", "")).read();
        } catch (IOException | IllegalArgumentException missing) {
            throw wrong("keystore_password", missing.getMessage());
        }
    }

    /** Neither name nor password stands in what Kafka's client reads as a configuration: they are asked for at every connection. */
    private void login(Map<String, Object> all) {
        String mechanism = text("login", "scram-sha-512").toUpperCase(Locale.ROOT);
        boolean token = mechanism.equals("OAUTHBEARER");
        String module = token ? "oauthbearer.OAuthBearerLoginModule" : mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
        all.put("sasl.mechanism", mechanism);
        all.put("sasl.jaas.config", "org.apache.kafka.common.security." + module + " required;");
        if (token) {
            all.put("sasl.login.callback.handler.class", KafkaToken.class);
            all.put("sasl.login.refresh.min.period.seconds", (short) 1);
            all.put("sasl.login.refresh.buffer.seconds", (short) 0);
        } else {
            all.put("sasl.client.callback.handler.class", KafkaLogin.class);
        }
        all.put(USER, user());
        all.put(PASSWORD, options.get("password"));
    }
}
