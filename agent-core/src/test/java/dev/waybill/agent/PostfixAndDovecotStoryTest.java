// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.link.FaultyLink;
import dev.waybill.link.LinkFactory;
import dev.waybill.link.PostfixAndDovecot;
import dev.waybill.link.mail.MailLinks;
import dev.waybill.seal.KeyRing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head office and a branch that have nothing in common but Postfix and Dovecot, over a way that loses, repeats and damages besides; signed, by STARTTLS, with a limit of mails that a transaction does not fit into. */
@Tag("mail-servers")
class PostfixAndDovecotStoryTest {

    private static final int LARGEST = 40_000;
    private static final int ROUNDS = 2_000;

    @TempDir
    Path temp;
    private final VirtualClock clock = new VirtualClock();

    @Test
    void overRealMailServersBothBecomeEqual() throws Exception {
        try (PostfixAndDovecot servers = PostfixAndDovecot.start(temp, LARGEST); Site hq = site("hq", 1); Site branch = site("branch", 2)) {
            new KeyRing(temp.resolve("hq"), clock).introduce("hq", new KeyRing(temp.resolve("branch"), clock), "branch", Duration.ofDays(30));
            hq.say(Site.CREATE_ITEM, "GRANT PUBLISH TO hq");
            branch.say("GRANT PUBLISH TO branch");
            byMail(hq, "hq", servers);
            byMail(branch, "branch", servers);
            hq.say("GRANT REMOTE TO branch TYPE SMTP ADDRESS 'branch@example.org' SEND EVERY '00:00:00'", "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR branch", "SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
            branch.say("GRANT CONSOLIDATE TO hq TYPE SMTP ADDRESS 'hq@example.org' SEND EVERY '00:00:00'");
            hq.write(writes -> {
                for (int i = 100; i < 130; i++) {
                    writes.insert(i, new Random(i).ints(4_000, 'a', 'z').collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString());
                }
            });
            for (int i = 0; i < 5; i++) {
                hq.insert(i, "row " + i);
                turn(hq, branch);
            }
            for (int round = 0; !isEqual(hq, branch); round++) {
                assertThat(round).as("rounds; hq: %s branch: %s", hq.neighbour("state_reason"), branch.neighbour("receive_reason")).isLessThan(ROUNDS);
                turn(hq, branch);
            }
        }
    }

    private void turn(Site hq, Site branch) throws Exception {
        hq.turn();
        branch.turn();
        clock.pass(Duration.ofSeconds(1));
    }

    private static boolean isEqual(Site hq, Site branch) throws Exception {
        return !branch.rows("SELECT 1 FROM information_schema.tables WHERE upper(table_name) = 'ITEM'").isEmpty() && hq.items().equals(branch.items()) && hq.neighbour("CASE WHEN confirm_sent = log_sent AND log_sent > 0 THEN 1 END").equals("1");
    }

    private Site site(String name, long seed) throws Exception {
        Random random = new Random(seed);
        LinkFactory mail = new MailLinks(Site::daemon);
        LinkFactory faulty = (type, most) -> new FaultyLink(mail.open(type, most), new FaultyLink.Rates(0.1, 0.1, 0.1, 0.1, 3, 0.05, 0.05), random, FaultyLink.FaultHandler.NONE);
        return new Site("jdbc:h2:mem:" + name + UUID.randomUUID(), clock, faulty, seed).with(AgentSettings.DEFAULTS.withKeys(temp.resolve(name)));
    }

    private static void byMail(Site site, String name, PostfixAndDovecot servers) throws Exception {
        site.say("CREATE REMOTE MESSAGE TYPE SMTP ADDRESS '" + name + "@example.org'");
        for (Map.Entry<String, String> option : servers.options(name).entrySet()) {
            site.say("SET REMOTE SMTP OPTION " + option.getKey() + " = '" + option.getValue() + "'");
        }
    }
}
