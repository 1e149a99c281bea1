// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.waybill.databases.KafkaBroker;
import dev.waybill.link.FaultyLink;
import dev.waybill.link.ForwardingLink;
import dev.waybill.link.Link;
import dev.waybill.link.LinkFactory;
import dev.waybill.link.http.Access;
import dev.waybill.link.http.Doorkeeper;
import dev.waybill.link.http.HttpLinks;
import dev.waybill.link.http.MailboxServer;
import dev.waybill.link.kafka.KafkaLinks;
import dev.waybill.link.mail.MailLinks;
import dev.waybill.message.MessageBounds;
import dev.waybill.message.MessageCodec;
import dev.waybill.seal.KeyRing;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head office that reaches five branches by all links at once, each of which loses, repeats, reorders, delays and damages. */
@Tag("extended")
class AllLinksTest {

    private static final List<String> BRANCHES = List.of("byfile", "byhttp", "alsohttp", "bymail", "bykafka");

    private static final List<String> TYPES = List.of("FILE", "HTTP", "HTTP", "SMTP", "KAFKA");

    private static final String PASSWORD = "needle-in-a-haystack";

    @TempDir
    Path temp;
    private final List<byte[]> sent = Collections.synchronizedList(new ArrayList<>());
    private final StringBuffer logged = new StringBuffer();
    private final Handler listener = new ConsoleHandler() {
        @Override
        public void publish(LogRecord record) {
            logged.append(new SimpleFormatter().format(record)).append('\n');
        }
    };
    private final List<Logger> loggers = List.of(Logger.getLogger("dev.waybill"), Logger.getLogger("org.eclipse.angus"));
    private final VirtualClock clock = new VirtualClock();
    private final List<Site> sites = new ArrayList<>();
    private GreenMail mail;
    private MailboxServer office;
    private KafkaBroker broker;

    @BeforeEach
    void listen() {
        listener.setLevel(Level.ALL);
        loggers.forEach(logger -> {
            logger.setLevel(Level.ALL);
            logger.addHandler(listener);
        });
    }

    @AfterEach
    void listenNoMore() {
        loggers.forEach(logger -> {
            logger.removeHandler(listener);
            logger.setLevel(null);
        });
    }

    @BeforeEach
    void serve() throws Exception {
        broker = KafkaBroker.start();
        mail = new GreenMail(new ServerSetup[] {setup(ServerSetup.PROTOCOL_SMTP), setup(ServerSetup.PROTOCOL_IMAP)});
        mail.start();
        MailboxServer.Offer offer = new MailboxServer.Offer(temp.resolve("mail"), "hq", 50_000, 1_000, Doorkeeper.ofTokens(new Access(temp.resolve("hq"), clock)), MailboxServer.IN_HIS_NAME, () -> "");
        office = MailboxServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, offer, clock, new Random(1), Site::daemon);
    }

    @AfterEach
    void close() throws Exception {
        for (Site site : sites) {
            site.close();
        }
        office.close();
        mail.stop();
        broker.close();
    }

    @Test
    void byAllLinksAtOnceEverybodyBecomesEqual() throws Exception {
        Site hq = site("hq").say(Site.CREATE_ITEM, "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + temp.resolve("files") + "'", "CREATE REMOTE MESSAGE TYPE HTTP ADDRESS 'hq'",
                "SET REMOTE HTTP OPTION directory = '" + temp.resolve("mail") + "'", "CREATE PUBLICATION stock (TABLE item)");
        byMail(hq, "hq");
        byKafka(hq, "hq");
        for (String name : BRANCHES) {
            String type = TYPES.get(BRANCHES.indexOf(name));
            branch(name, type);
            exchange("hq", name);
            exchange(name, "hq");
            hq.say("GRANT REMOTE TO " + name + " TYPE " + type + " ADDRESS '" + name + (type.equals("SMTP") ? "@example.org" : "") + "' SEND EVERY '00:00:00'", "CREATE SUBSCRIPTION TO stock FOR " + name, "START SUBSCRIPTION TO stock FOR " + name);
        }
        for (int i = 0; i < 8; i++) {
            int id = i;
            hq.write(writes -> writes.insert(id, "row " + id));
            turn();
        }
        hq.write(writes -> writes.update(3, "three")).write(writes -> writes.delete(4));
        for (int round = 0; !isEqual(hq); round++) {
            assertThat(round).as("rounds: %s", hq.rows("SELECT user_name, state_reason, receive_reason, log_sent, confirm_sent FROM waybill.remote_user")).isLessThan(400);
            turn();
        }
        nobodyAnswersAnyMore();
        assertThatNoSecretIsAnywhere();
    }

    /** What is said of failures, too. */
    private void nobodyAnswersAnyMore() throws Exception {
        mail.stop();
        office.close();
        for (int i = 0; i < 6; i++) {
            turn();
        }
    }

    /** Not in a database, a message, a mail or a log; the tables are all that status shows. */
    private void assertThatNoSecretIsAnywhere() throws Exception {
        List<String> places = new ArrayList<>(List.of(logged.toString()));
        for (Site site : sites) {
            places.add(site.rows("SCRIPT"));
        }
        for (byte[] message : sent) {
            places.add(new String(message, StandardCharsets.ISO_8859_1));
            places.add(new String(new MessageCodec(MessageBounds.of(100_000)).decode(message).body(), StandardCharsets.ISO_8859_1));
        }
        assertThat(sent).hasSizeGreaterThan(20);
        assertThat(logged).as("failures were said").contains("LINK_MAIL", "LINK_OFFICE");
        List<String> secrets = secrets();
        assertThat(secrets).as("a password, tokens, halves of keys").hasSizeGreaterThan(2 * sites.size());
        assertThat(secrets).allSatisfy(secret -> assertThat(places).noneMatch(place -> place.contains(secret)));
    }

    private List<String> secrets() throws Exception {
        List<String> secrets = new ArrayList<>();
        try (Stream<Path> files = Files.walk(temp)) {
            for (Path file : files.filter(each -> each.toString().matches(".*\\.(key|token|password)")).toList()) {
                Files.readAllLines(file).stream().filter(line -> !file.toString().endsWith(".key") || line.startsWith("sign: ") || line.startsWith("decrypt: ")).map(line -> line.replaceFirst("^[a-z]+: ", "").strip()).forEach(secrets::add);
            }
        }
        return secrets;
    }

    private void turn() throws Exception {
        for (Site site : sites) {
            site.turn();
        }
        clock.pass(Duration.ofMillis(700));
    }

    private boolean isEqual(Site hq) throws Exception {
        for (Site site : sites) {
            if (!site.items().equals(hq.items())) {
                return false;
            }
        }
        return hq.rows("SELECT COUNT(*) FROM waybill.remote_user WHERE confirm_sent = log_sent AND log_sent > 0").equals(BRANCHES.size() + "\n");
    }

    private void branch(String name, String type) throws Exception {
        Site branch = site(name).say(Site.CREATE_ITEM, "GRANT PUBLISH TO " + name);
        if (type.equals("SMTP")) {
            byMail(branch, name);
        } else if (type.equals("KAFKA")) {
            byKafka(branch, name);
        } else {
            branch.say("CREATE REMOTE MESSAGE TYPE " + type + " ADDRESS '" + name + "'");
        }
        if (type.equals("FILE")) {
            branch.say("SET REMOTE FILE OPTION directory = '" + temp.resolve("files") + "'");
        } else if (type.equals("HTTP")) {
            Path token = secret(name + ".token", new Access(temp.resolve("hq"), clock).grant(name, new SecureRandom()));
            branch.say("SET REMOTE HTTP OPTION url = 'http://127.0.0.1:" + office.port() + "'", "SET REMOTE HTTP OPTION token = 'file:" + token + "'");
        }
        branch.say("GRANT CONSOLIDATE TO hq TYPE " + type + " ADDRESS 'hq" + (type.equals("SMTP") ? "@example.org" : "") + "' SEND EVERY '00:00:00'");
    }

    private void byKafka(Site site, String name) throws Exception {
        site.say("CREATE REMOTE MESSAGE TYPE KAFKA ADDRESS '" + name + "'", "SET REMOTE KAFKA OPTION servers = '" + broker.servers() + "'", "SET REMOTE KAFKA OPTION security = 'none'");
    }

    private void byMail(Site site, String name) throws Exception {
        mail.setUser(name + "@example.org", name, PASSWORD);
        site.say("CREATE REMOTE MESSAGE TYPE SMTP ADDRESS '" + name + "@example.org'", "SET REMOTE SMTP OPTION security = 'none'", "SET REMOTE SMTP OPTION smtp_host = '127.0.0.1'", "SET REMOTE SMTP OPTION imap_host = '127.0.0.1'",
                "SET REMOTE SMTP OPTION smtp_port = '" + mail.getSmtp().getPort() + "'", "SET REMOTE SMTP OPTION imap_port = '" + mail.getImap().getPort() + "'", "SET REMOTE SMTP OPTION imap_userid = '" + name + "'",
                "SET REMOTE SMTP OPTION imap_password = 'file:" + secret(name + ".password", PASSWORD) + "'");
    }

    private Site site(String name) throws Exception {
        Random random = new Random(name.hashCode());
        LinkFactory all = LinkFactory.standard(clock, random, Site::daemon).and("HTTP", new HttpLinks(clock, random, Site::daemon)).and("SMTP", new MailLinks(Site::daemon)).and("KAFKA", new KafkaLinks(clock, Site::daemon));
        LinkFactory faulty = (type, most) -> new Recorded(new FaultyLink(all.open(type, most), new FaultyLink.Rates(0.1, 0.1, 0.1, 0.1, 3, 0.03, 0.03), random, FaultyLink.FaultHandler.NONE), sent);
        Site site = new Site("jdbc:h2:mem:" + name + UUID.randomUUID(), clock, faulty, name.hashCode()).with(AgentSettings.DEFAULTS.withKeys(temp.resolve(name)));
        sites.add(site);
        return site;
    }

    private void exchange(String whose, String to) throws Exception {
        KeyRing ring = new KeyRing(temp.resolve(whose), clock);
        if (!Files.exists(temp.resolve(whose)) || ring.read().ownOf(whose).isEmpty()) {
            ring.make(whose);
        }
        new KeyRing(temp.resolve(to), clock).trust(KeyRing.export(ring.read().ownOf(whose).get(0)), Duration.ofDays(30));
    }

    private Path secret(String name, String text) throws Exception {
        Path file = Files.createFile(temp.resolve(name), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, text);
    }

    private static final class Recorded extends ForwardingLink {
        private final List<byte[]> sent;

        Recorded(Link inside, List<byte[]> sent) {
            super(inside);
            this.sent = sent;
        }

        @Override
        public void send(String address, byte[] message) throws LinkException {
            sent.add(message.clone());
            super.send(address, message);
        }
    }

    private static ServerSetup setup(String protocol) {
        ServerSetup setup = new ServerSetup(0, "127.0.0.1", protocol);
        setup.setServerStartupTimeout(120_000);
        return setup;
    }
}
