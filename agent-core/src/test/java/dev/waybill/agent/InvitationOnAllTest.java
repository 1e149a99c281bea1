// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.MariaDbServer;
import dev.waybill.databases.PostgresServer;
import dev.waybill.invitation.Guest;
import dev.waybill.invitation.Host;
import dev.waybill.invitation.Invitation;
import dev.waybill.link.LinkFactory;
import dev.waybill.publication.Administration;
import dev.waybill.seal.KeyRing;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inviting and joining, with each product at each end. */
@Tag("extended")
class InvitationOnAllTest {

    @TempDir
    Path temp;

    private final VirtualClock clock = new VirtualClock();

    @Test
    void postgresInvitesSqlite() throws Exception {
        join(postgres(), sqlite());
    }

    @Test
    void mariaDbInvitesPostgres() throws Exception {
        join(mariaDb(), postgres());
    }

    @Test
    void sqliteInvitesH2() throws Exception {
        join(sqlite(), h2());
    }

    @Test
    void hsqldbInvitesMariaDb() throws Exception {
        join(hsqldb(), mariaDb());
    }

    @Test
    void h2InvitesHsqldb() throws Exception {
        join(h2(), hsqldb());
    }

    /** A transaction that wrote before there was a publication is not captured: the snapshot has to come after it. */
    @Test
    void theSnapshotWaitsForWhoeverBeganToWriteBeforeThePublication() throws Exception {
        for (String url : new String[] {postgres(), mariaDb()}) {
            try (Site hq = site(url, "hq"); Site branch = site(h2(), "branch"); Connection early = DriverManager.getConnection(url); Statement statement = early.createStatement()) {
                hq.say(Site.CREATE_ITEM.replace("VARCHAR(1000000)", "VARCHAR(100)"));
                early.setAutoCommit(false);
                statement.execute("INSERT INTO item VALUES (1, 'early', 1)");
                publish(hq);
                guest(branch).join(invite(hq), Map.of());
                for (int i = 0; i < 20; i++) {
                    turn(hq, branch);
                }
                assertThat(hq.rows("SELECT state FROM waybill.subscription")).isEqualTo("CREATED\n");
                early.commit();
                converge(hq, branch);
                assertThat(branch.items()).isEqualTo("1|early|1\n");
            }
            clock.pass(Duration.ofSeconds(1));
        }
    }

    private void join(String above, String below) throws Exception {
        try (Site hq = site(above, "hq"); Site branch = site(below, "branch")) {
            hq.say(Site.CREATE_ITEM.replace("VARCHAR(1000000)", "VARCHAR(100)"));
            publish(hq);
            hq.insert(1, "one");
            Invitation invitation = invite(hq);
            guest(branch).join(invitation, Map.of());
            guest(branch).join(invitation, Map.of()); // as somebody does who was interrupted
            converge(hq, branch);
            hq.insert(2, "two");
            converge(hq, branch);
            assertThat(hq.rows("SELECT what, subject FROM waybill.audit ORDER BY audit_id")).isEqualTo("INVITE|branch\nJOIN|branch\n");
            assertThat(branch.rows("SELECT what, subject FROM waybill.audit ORDER BY audit_id")).isEqualTo("JOIN|hq\n");
        }
    }

    private void publish(Site hq) throws SQLException {
        hq.say("GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + temp.resolve("folder" + UUID.randomUUID()) + "'", "SET REMOTE FILE OPTION signature = 'required'",
                "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'", "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR branch");
    }

    private Invitation invite(Site hq) throws Exception {
        Host host = new Host(hq.application, hq.dialect, ring(hq), clock, new SecureRandom());
        return host.invite(host.place("branch"), Duration.ofDays(1), Map.of(), null);
    }

    private Guest guest(Site branch) {
        return new Guest(new Administration(branch.application, branch.dialect, branch.board, clock, false, Duration.ofSeconds(60)), ring(branch));
    }

    private KeyRing ring(Site site) {
        return new KeyRing(keys(site.url), clock);
    }

    private Path keys(String url) {
        return temp.resolve("keys" + Integer.toHexString(url.hashCode()));
    }

    private void converge(Site hq, Site branch) throws Exception {
        for (int i = 0; i < 400 && !isEqual(hq, branch); i++) {
            turn(hq, branch);
        }
        assertThat(isEqual(hq, branch)).as(branch.rows("SELECT * FROM waybill.received_table") + hq.rows("SELECT user_name, state, state_reason, receive_state, receive_reason FROM waybill.remote_user") + branch.rows("SELECT user_name, state, state_reason, receive_state, receive_reason FROM waybill.remote_user")).isTrue();
    }

    private void turn(Site hq, Site branch) throws SQLException {
        hq.turn();
        branch.turn();
        clock.pass(Duration.ofMillis(300));
    }

    /** The table comes with the first snapshot. */
    private static boolean isEqual(Site hq, Site branch) throws SQLException {
        return branch.rows("SELECT COUNT(*) FROM waybill.received_table").startsWith("1") && hq.items().equals(branch.items());
    }

    private Site site(String url, String name) throws SQLException {
        return new Site(url, clock, LinkFactory.standard(clock, new Random(name.hashCode()), Site::daemon), name.hashCode()).with(AgentSettings.DEFAULTS.withKeys(keys(url)));
    }

    private static String h2() {
        return "jdbc:h2:mem:" + UUID.randomUUID();
    }

    private static String postgres() throws SQLException {
        return PostgresServer.running().freshDatabase().url();
    }

    private static String mariaDb() throws SQLException {
        return MariaDbServer.running().freshDatabase().url();
    }

    private String sqlite() {
        return "jdbc:sqlite:" + temp.resolve(UUID.randomUUID() + ".db") + "?busy_timeout=60000";
    }

    private String hsqldb() {
        return "jdbc:hsqldb:file:" + temp.resolve(UUID.randomUUID().toString()) + "/db;hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true";
    }
}
