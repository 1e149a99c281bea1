// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.link.ForwardingLink;
import dev.waybill.link.LinkFactory;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a subscriber is owed at a log offset never changes once said, whatever statements follow; shown by messages that are lost, so that everything is said again. */
class WhatIsOwedTest {

    @TempDir
    Path folder;
    private final Said said = new Said();
    private Site hq;

    /** Head office and branch; all that head office says is compared with what it has said before. */
    private TwoDatabases listenedTo() throws SQLException {
        TwoDatabases two = new TwoDatabases(folder, this::listening, links -> links);
        hq = two.hq;
        return two;
    }

    private LinkFactory listening(LinkFactory links) {
        return (type, max) -> new ForwardingLink(links.open(type, max)) {
            @Override
            public void send(String address, byte[] message) throws LinkException {
                try {
                    said.message(message, Long.parseLong(hq.neighbour("log_begun")));
                } catch (IOException | SQLException impossible) {
                    throw new AssertionError(impossible);
                }
                super.send(address, message);
            }
        };
    }

    private void lose() throws IOException {
        try (DirectoryStream<Path> messages = Files.newDirectoryStream(folder.resolve("branch"), "*.msg")) {
            for (Path message : messages) {
                Files.deleteIfExists(message);
            }
        }
    }

    private static void begun(TwoDatabases two) throws Exception {
        two.hq.insert(1, "one").say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
        two.converge(60);
        two.hq.turn();
        assertThat(two.hq.rows("SELECT DISTINCT state FROM waybill.subscription")).isEqualTo("STARTED\n");
    }

    /** Changes that leave head office and are lost. */
    private void lost(TwoDatabases two, int id) throws Exception {
        two.hq.insert(id, "lost " + id).turn();
        two.hq.write(writes -> writes.update(id, "x".repeat(30_000))).turn();
        lose();
    }

    /** Like a crash of head office before it has noted what it sent: the same is sent again, in the same epoch. */
    private static void forget(TwoDatabases two) throws SQLException {
        two.hq.restart();
        two.hq.say("UPDATE waybill.remote_user SET log_sent = confirm_sent, digest_sent = digest_confirmed, log_scanned = confirm_sent");
    }

    private void settle(TwoDatabases two) throws Exception {
        two.converge(300);
        assertThat(said.comparisons()).as("contents that were said again").isGreaterThanOrEqualTo(2);
        assertThat(two.branch.neighbour("receive_state")).isEqualTo("ACTIVE");
    }

    @Test
    void synchronizeSaidAgainChangesNothingOfWhatIsUnderWay() throws Exception {
        try (TwoDatabases two = listenedTo()) {
            begun(two);
            lost(two, 10);
            two.hq.say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch").turn();
            lost(two, 11);
            forget(two);
            two.hq.insert(12, "twelve");
            settle(two);
            assertThat(two.hq.rows("SELECT state FROM waybill.subscription")).isEqualTo("STARTED\n");
        }
    }

    @Test
    void theFirstSnapshotIsSentAlsoWhenAnotherIsAskedForBeforeItArrives() throws Exception {
        try (TwoDatabases two = listenedTo()) {
            two.hq.insert(1, "x".repeat(30_000)).say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
            two.hq.turn();
            two.branch.turn();
            two.turn(Duration.ofSeconds(1));
            lost(two, 10);
            two.hq.say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
            lost(two, 11);
            assertThat(two.hq.rows("SELECT state FROM waybill.subscription")).as("the next snapshot waits until the first is confirmed").isEqualTo("SYNCHRONIZE_REQUESTED\n");
            two.hq.say("DROP SUBSCRIPTION TO stock FOR branch", "CREATE SUBSCRIPTION TO stock FOR branch", "SYNCHRONIZE SUBSCRIPTION TO stock FOR branch").turn();
            lose();
            assertThat(two.hq.rows("SELECT COUNT(*) FROM waybill.snapshot")).as("also for one that was dropped and made again").isEqualTo("1\n");
            forget(two);
            settle(two);
            for (int i = 0; i < 30; i++) {
                two.turn(Duration.ofSeconds(1));
            }
            assertThat(two.hq.rows("SELECT state FROM waybill.subscription")).isEqualTo("STARTED\n");
            assertThat(two.hq.rows("SELECT COUNT(*) FROM waybill.snapshot")).isEqualTo("2\n");
        }
    }

    @Test
    void startAfterStopChangesNothingOfWhatIsUnderWay() throws Exception {
        try (TwoDatabases two = listenedTo()) {
            begun(two);
            lost(two, 10);
            two.hq.say("STOP SUBSCRIPTION TO stock FOR branch");
            two.hq.insert(11, "not owed").turn();
            two.hq.write(writes -> writes.delete(11)).say("START SUBSCRIPTION TO stock FOR branch");
            lost(two, 12);
            forget(two);
            settle(two);
        }
    }

    @Test
    void synchronizeAfterStopChangesNothingOfWhatIsUnderWay() throws Exception {
        try (TwoDatabases two = listenedTo()) {
            begun(two);
            lost(two, 10);
            two.hq.say("STOP SUBSCRIPTION TO stock FOR branch");
            two.hq.insert(11, "in the snapshot").say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch").turn();
            lost(two, 12);
            forget(two);
            settle(two);
        }
    }

    @Test
    void whatWasCommittedBeforeASubscriptionWasDroppedIsStillSent() throws Exception {
        try (TwoDatabases two = listenedTo()) {
            begun(two);
            lost(two, 10);
            two.hq.insert(11, "not yet sent").say("DROP SUBSCRIPTION TO stock FOR branch");
            String owed = two.hq.items();
            two.hq.insert(12, "not owed");
            forget(two);
            for (int i = 0; i < 60; i++) {
                two.turn(Duration.ofSeconds(1));
            }
            assertThat(two.branch.items()).isEqualTo(owed);
            two.hq.say("CREATE SUBSCRIPTION TO stock FOR branch", "SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
            forget(two);
            settle(two);
        }
    }

    @Test
    void whatWasCommittedBeforeAPublicationWasDroppedIsStillSent() throws Exception {
        try (TwoDatabases two = listenedTo()) {
            begun(two);
            lost(two, 10);
            two.hq.insert(11, "not yet sent").say("DROP PUBLICATION stock", "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR branch");
            two.hq.insert(12, "in the snapshot").say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch").turn();
            lost(two, 13);
            forget(two);
            settle(two);
        }
    }

    @Test
    void aUserWhoIsRevokedAndGrantedAgainIsOwedNothingOfBefore() throws Exception {
        try (TwoDatabases two = listenedTo()) {
            begun(two);
            lost(two, 10);
            two.hq.say("REVOKE REMOTE FROM branch", "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'", "CREATE SUBSCRIPTION TO stock FOR branch");
            two.hq.insert(11, "in the snapshot").say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch").turn();
            two.converge(300);
            assertThat(two.hq.rows("SELECT COUNT(*) FROM waybill.snapshot")).isEqualTo("1\n");
        }
    }

    /** The branch's database and the messages for it as they are now. */
    private List<String> copyOf(Site site) throws SQLException {
        return site.rows("SCRIPT").lines().toList();
    }

    private static void restore(Site branch, List<String> copy) throws SQLException {
        branch.restart();
        branch.say("DROP ALL OBJECTS");
        try (Statement statement = branch.application.createStatement()) {
            StringBuilder sql = new StringBuilder();
            for (String line : copy) {
                sql.append(line).append('\n');
                if (line.endsWith(";")) {
                    statement.execute(sql.toString());
                    sql.setLength(0);
                }
            }
        }
    }

    /** A branch that has confirmed a first snapshot, changes, a drop and a second one, and is then put back to before all of them. */
    private void wentBackFarther(TwoDatabases two) throws Exception {
        two.turn(Duration.ofSeconds(1));
        for (int i = 0; i < 5; i++) {
            two.turn(Duration.ofSeconds(1));
        }
        List<String> early = copyOf(two.branch);
        begun(two);
        two.hq.insert(2, "x".repeat(30_000));
        two.converge(60);
        two.hq.say("DROP SUBSCRIPTION TO stock FOR branch", "CREATE SUBSCRIPTION TO stock FOR branch").insert(3, "not owed").say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch");
        two.converge(60);
        two.hq.write(writes -> writes.update(3, "changed"));
        two.converge(60);
        restore(two.branch, early);
    }

    @Test
    void aRestoredReceiverGetsTheSameAgainBeyondSnapshotsAndPeriodsThatItHadConfirmed() throws Exception {
        try (TwoDatabases two = listenedTo()) {
            wentBackFarther(two);
            settle(two);
            assertThat(said.comparisons()).as("both snapshots and the changes").isGreaterThanOrEqualTo(4);
            assertThat(two.hq.neighbour("log_begun")).isEqualTo("0");
        }
    }

    @Test
    void aRestoredReceiverThatCannotBeServedFromWhereItIsBeginsAnew() throws Exception {
        AgentSettings frugal = AgentSettings.DEFAULTS.withRetention(Retention.USUAL.withKeepBytes(0));
        try (TwoDatabases two = listenedTo().with(frugal)) {
            wentBackFarther(two);
            for (int i = 0; i < 20; i++) {
                two.hq.turn();
                two.clock.pass(Duration.ofSeconds(1));
            }
            assertThat(two.hq.rows("SELECT COUNT(*) FROM waybill.snapshot_spool")).as("spools").isEqualTo("0\n");
            for (int i = 0; two.hq.neighbour("log_begun").equals("0"); i++) {
                two.turn(Duration.ofSeconds(1));
                assertThat(i).isLessThan(300);
            }
            two.converge(300);
            assertThat(two.hq.neighbour("state")).isEqualTo("ACTIVE");
            two.hq.insert(5, "goes on");
            two.converge(60);
        }
    }

    @Test
    void aSnapshotWhoseSpoolIsDamagedIsTakenAnewAndNobodyElseNotices() throws Exception {
        try (TwoDatabases two = listenedTo()) {
            two.turn(Duration.ofSeconds(1));
            two.turn(Duration.ofSeconds(1));
            two.hq.insert(1, "x".repeat(100_000)).say("SYNCHRONIZE SUBSCRIPTION TO stock FOR branch").turn();
            lose();
            two.hq.say("UPDATE waybill.snapshot_spool SET crc = crc + 1");
            forget(two);
            lost(two, 10);
            two.converge(300);
            assertThat(two.hq.neighbour("state")).isEqualTo("ACTIVE");
            assertThat(Long.parseLong(two.hq.neighbour("log_begun"))).isPositive();
        }
    }

    @Test
    void whoAsksForWhatIsTrimmedBeginsAnewByItselfWithAllHisSubscriptions() throws Exception {
        AgentSettings frugal = AgentSettings.DEFAULTS.withRetention(Retention.USUAL.withKeepBytes(0));
        try (TwoDatabases two = listenedTo().with(frugal)) {
            two.hq.say("CREATE TABLE other(id INT PRIMARY KEY, text VARCHAR(100))", "INSERT INTO other VALUES (1, 'one')", "CREATE PUBLICATION more (TABLE other)", "CREATE SUBSCRIPTION TO more FOR branch",
                    "SYNCHRONIZE SUBSCRIPTION TO more FOR branch");
            begun(two);
            two.hq.insert(2, "two");
            two.converge(60);
            List<String> early = copyOf(two.branch);
            for (int i = 10; i < 15; i++) {
                two.hq.insert(i, "x".repeat(60_000));
            }
            two.converge(60);
            for (int i = 0; i < 20; i++) {
                two.turn(Duration.ofSeconds(1));
            }
            assertThat(two.hq.rows("SELECT trimmed_to > 200000 FROM waybill.journal_head")).isEqualTo("TRUE\n");
            restore(two.branch, early);
            for (int i = 0; !two.hq.neighbour("stream_sent").equals("1"); i++) {
                two.turn(Duration.ofSeconds(1));
                assertThat(i).isLessThan(300);
            }
            assertThat(two.hq.rows("SELECT COUNT(*) FROM waybill.snapshot")).as("one of both publications").isEqualTo("1\n");
            two.hq.insert(3, "meanwhile").turn();
            two.hq.restart();
            two.hq.turn();
            lose();
            two.converge(300);
            assertThat(two.hq.neighbour("state")).isEqualTo("ACTIVE");
            assertThat(two.branch.rows("SELECT * FROM other")).isEqualTo("1|one\n");
        }
    }
}
