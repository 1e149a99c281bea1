// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.waybill.link.FaultyLink;
import dev.waybill.link.LinkFactory;
import dev.waybill.link.mail.MailLinks;
import dev.waybill.seal.KeyRing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head office and a branch that have nothing in common but mail, which is lost, repeated and damaged; signed, as mail demands by itself. */
@Tag("extended")
class MailReplicationTest {

    @TempDir
    Path temp;
    private final VirtualClock clock = new VirtualClock();

    @Test
    void overMailThatIsLostRepeatedAndDamagedBothBecomeEqual() throws Exception {
        GreenMail servers = new GreenMail(new ServerSetup[] {setup(ServerSetup.PROTOCOL_SMTP), setup(ServerSetup.PROTOCOL_IMAP)});
        servers.start();
        try (Site hq = site("hq", 1); Site branch = site("branch", 2)) {
            exchange("hq", "branch");
            exchange("branch", "hq");
            hq.say(Site.CREATE_ITEM, "GRANT PUBLISH TO hq");
            branch.say(Site.CREATE_ITEM, "GRANT PUBLISH TO branch");
            mail(hq, "hq", servers);
            mail(branch, "branch", servers);
            hq.say("GRANT REMOTE TO branch TYPE SMTP ADDRESS 'branch@example.org' SEND EVERY '00:00:00'", "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR branch", "START SUBSCRIPTION TO stock FOR branch");
            branch.say("GRANT CONSOLIDATE TO hq TYPE SMTP ADDRESS 'hq@example.org' SEND EVERY '00:00:00'");
            hq.write(writes -> {
                for (int i = 100; i < 130; i++) {
                    writes.insert(i, new Random(i).ints(4_000, 'a', 'z').collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString());
                }
            });
            for (int i = 0; i < 5; i++) {
                hq.insert(i, "row " + i).turn();
                branch.turn();
                clock.pass(Duration.ofMillis(500));
            }
            for (int round = 0; !isEqual(hq, branch); round++) {
                assertThat(round).as("rounds; hq: %s branch: %s", hq.neighbour("state_reason"), branch.neighbour("receive_reason")).isLessThan(400);
                hq.turn();
                branch.turn();
                clock.pass(Duration.ofSeconds(1));
            }
        } finally {
            servers.stop();
        }
    }

    private static boolean isEqual(Site hq, Site branch) throws Exception {
        return hq.items().equals(branch.items()) && hq.neighbour("CASE WHEN confirm_sent = log_sent AND log_sent > 0 THEN 1 END").equals("1");
    }

    private Site site(String name, long seed) throws Exception {
        Random random = new Random(seed);
        LinkFactory mail = new MailLinks(Site::daemon);
        LinkFactory faulty = (type, most) -> new FaultyLink(mail.open(type, most), new FaultyLink.Rates(0.1, 0.1, 0.1, 0.1, 3, 0.05, 0.05), random, FaultyLink.FaultHandler.NONE);
        return new Site("jdbc:h2:mem:" + name + UUID.randomUUID(), clock, faulty, seed).with(AgentSettings.DEFAULTS.withKeys(temp.resolve(name)).withMaxMessageBytes(20_000));
    }

    private void exchange(String whose, String to) throws Exception {
        new KeyRing(temp.resolve(to), clock).trust(KeyRing.export(new KeyRing(temp.resolve(whose), clock).make(whose)), Duration.ofDays(30));
    }

    private void mail(Site site, String name, GreenMail servers) throws Exception {
        servers.setUser(name + "@example.org", name, "only for tests");
        Path password = Files.createFile(temp.resolve(name + ".password"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(password, "only for tests");
        site.say("CREATE REMOTE MESSAGE TYPE SMTP ADDRESS '" + name + "@example.org'", "SET REMOTE SMTP OPTION security = 'none'", "SET REMOTE SMTP OPTION smtp_host = '127.0.0.1'", "SET REMOTE SMTP OPTION imap_host = '127.0.0.1'",
                "SET REMOTE SMTP OPTION smtp_port = '" + servers.getSmtp().getPort() + "'", "SET REMOTE SMTP OPTION imap_port = '" + servers.getImap().getPort() + "'", "SET REMOTE SMTP OPTION imap_userid = '" + name + "'",
                "SET REMOTE SMTP OPTION imap_password = 'file:" + password + "'");
    }

    private static ServerSetup setup(String protocol) {
        ServerSetup setup = new ServerSetup(0, "127.0.0.1", protocol);
        setup.setServerStartupTimeout(120_000);
        return setup;
    }
}
