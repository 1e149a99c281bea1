// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A head office and a branch that is new: what a person types, from the first key to the last row. */
class InvitationStoryTest {

    private static final String EVERYTHING = "SELECT id || '=' || name FROM artist ORDER BY id";
    private static final Duration LONG = Duration.ofSeconds(180);
    private static final Pattern PORT = Pattern.compile("on port (\\d+)");
    private static final Pattern SECRETS = Pattern.compile("(?m)^(?:secret|token): (\\S+)$");

    @TempDir
    private Path directory;

    private Database hq;
    private Path hqKeys;
    private Path branchKeys;
    private Path file;

    @BeforeEach
    void aHeadOffice() throws Exception {
        hqKeys = directory.resolve("hq keys");
        branchKeys = directory.resolve("branch keys");
        file = directory.resolve("branch.invitation");
        hq = Database.at(directory, "hq").say("CREATE TABLE artist (id INT PRIMARY KEY, name VARCHAR(50))", "INSERT INTO artist VALUES (1, 'Bach')", "GRANT PUBLISH TO hq", "CREATE PUBLICATION music (TABLE artist)");
    }

    @Test
    void whoIsInvitedJoinsAndIsFilled() throws Exception {
        hq.say("CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + directory.resolve("mail") + "'", "SET REMOTE FILE OPTION signature = 'required'", "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch'",
                "CREATE SUBSCRIPTION TO music FOR branch");
        List<Outcome> said = new ArrayList<>();
        said.add(Outcome.done("invite", hq.url(), "--keys", hqKeys.toString(), "--for", "branch", "--to", file.toString()));
        assertThat(Outcome.of("invite", hq.url(), "--keys", hqKeys.toString(), "--for", "branch", "--to", file.toString()).err()).contains("already");
        assertThat(Outcome.of("invite", hq.url(), "--keys", hqKeys.toString(), "--for", "nobody", "--to", file + "2").err()).contains("INVITATION_WHOM");
        assertThat(Outcome.done("keys", "list", "--keys", hqKeys.toString()).out()).contains("invited").contains("open until");
        Database branch = new Database("jdbc:h2:file:" + directory.resolve("branch"));
        said.add(Outcome.done("join", branch.url(), "--keys", branchKeys.toString(), "--invitation", file.toString()));
        for (int i = 0; i < 3; i++) {
            said.add(Outcome.done("agent", hq.url(), "--once", "--keys", hqKeys.toString()));
            said.add(Outcome.done("agent", branch.url(), "--once", "--keys", branchKeys.toString()));
        }
        assertThat(branch.rows(EVERYTHING)).containsExactly("1=Bach");
        assertThat(Outcome.done("keys", "list", "--keys", hqKeys.toString()).out()).contains("neighbour's").contains("used");
        assertThat(Outcome.done("keys", "list", "--keys", branchKeys.toString()).out()).doesNotContain("joins");
        assertThat(Outcome.done("peer", hq.url(), "show", "branch").out()).contains("INVITE").contains("JOIN");
        assertSecretsStayInside(said, branch);
    }

    @Test
    @Tag("extended")
    void byHttpTheInvitationBringsTheTokenAlong() throws Exception {
        hq.say("CREATE REMOTE MESSAGE TYPE HTTP ADDRESS 'hq'", "SET REMOTE HTTP OPTION directory = '" + directory.resolve("mail") + "'", "GRANT REMOTE TO branch TYPE HTTP ADDRESS 'branch' SEND EVERY '00:00:00'",
                "CREATE SUBSCRIPTION TO music FOR branch");
        assertThat(Outcome.of("invite", hq.url(), "--keys", hqKeys.toString(), "--for", "branch", "--to", file.toString()).err()).contains("--option url=");
        Outcome.done("keys", "make", "hq", "--keys", hqKeys.toString());
        List<Outcome> said = new ArrayList<>();
        Database branch = new Database("jdbc:h2:file:" + directory.resolve("branch"));
        said.add(Outcome.done("invite", hq.url(), "--keys", hqKeys.toString(), "--for", "branch", "--to", file.toString(), "--option", "url=http://127.0.0.1:1"));
        try (OtherProcess office = OtherProcess.start(directory.resolve("hq.txt"), Main.class, "agent", hq.url(), "--keys", hqKeys.toString(), "--http", "0", "--http-host", "127.0.0.1")) {
            await().atMost(LONG).until(() -> PORT.matcher(office.said()).find() || !office.process().isAlive());
            Matcher port = PORT.matcher(office.said());
            assertThat(port.find()).as(office.said()).isTrue();
            said.add(Outcome.done("join", branch.url(), "--keys", branchKeys.toString(), "--invitation", file.toString(), "--option", "url=http://127.0.0.1:" + port.group(1)));
            await().atMost(LONG).until(() -> {
                Outcome.of("agent", branch.url(), "--once", "--keys", branchKeys.toString());
                return branch.rows("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'ARTIST'").contains("1") && branch.rows(EVERYTHING).equals(List.of("1=Bach"));
            });
            said.add(new Outcome(0, office.said(), ""));
            assertThat(office.terminate()).isTrue();
        }
        assertSecretsStayInside(said, branch);
    }

    private void assertSecretsStayInside(List<Outcome> said, Database branch) throws Exception {
        Matcher secrets = SECRETS.matcher(Files.readString(file));
        assertThat(secrets.find()).isTrue();
        do {
            String secret = secrets.group(1);
            assertThat(said).noneMatch(outcome -> outcome.all().contains(secret));
            assertThat(branch.script()).noneMatch(line -> line.contains(secret));
            assertThat(hq.script()).noneMatch(line -> line.contains(secret));
        } while (secrets.find());
    }
}
