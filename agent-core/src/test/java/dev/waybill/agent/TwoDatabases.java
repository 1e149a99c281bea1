// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import dev.waybill.link.LinkFactory;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Head office and branch, set up by the statements of the foundation's issue, over a shared folder. */
final class TwoDatabases implements AutoCloseable {

    final VirtualClock clock = new VirtualClock();
    final Site hq;
    final Site branch;

    TwoDatabases(Path folder, UnaryOperator<LinkFactory> hqLinks, UnaryOperator<LinkFactory> branchLinks) throws SQLException {
        this("jdbc:h2:mem:hq" + UUID.randomUUID(), "jdbc:h2:mem:branch" + UUID.randomUUID(), folder, hqLinks, branchLinks);
    }

    TwoDatabases(String hqUrl, String branchUrl, Path folder, UnaryOperator<LinkFactory> hqLinks, UnaryOperator<LinkFactory> branchLinks) throws SQLException {
        hq = new Site(hqUrl, clock, hqLinks.apply(LinkFactory.standard(clock, new Random(1), Site::daemon)), 1);
        branch = new Site(branchUrl, clock, branchLinks.apply(LinkFactory.standard(clock, new Random(2), Site::daemon)), 2);
        hq.say(Site.CREATE_ITEM, "GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "SET REMOTE FILE OPTION directory = '" + folder + "'",
                "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch' SEND EVERY '00:00:00'", "CREATE PUBLICATION stock (TABLE item)", "CREATE SUBSCRIPTION TO stock FOR branch");
        branch.say("GRANT PUBLISH TO branch", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'branch'", "SET REMOTE FILE OPTION directory = '" + folder + "'",
                "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
    }

    static TwoDatabases over(Path folder) throws SQLException {
        return new TwoDatabases(folder, links -> links, links -> links);
    }

    /** Starts without a snapshot, both ends empty. */
    TwoDatabases started() throws SQLException {
        branch.say(Site.CREATE_ITEM);
        hq.say("START SUBSCRIPTION TO stock FOR branch");
        return this;
    }

    TwoDatabases with(AgentSettings settings) {
        hq.with(settings);
        branch.with(settings);
        return this;
    }

    /** Turns both until both have the same items and nothing is unconfirmed; time passes meanwhile. Returns how many rounds it took. */
    int converge(int rounds) throws SQLException {
        for (int round = 1; round <= rounds; round++) {
            turnSurviving(Duration.ofMillis(250));
            if (isEqual()) {
                return round;
            }
        }
        throw new AssertionError("not equal after " + rounds + " rounds; hq:\n" + state(hq) + "branch:\n" + state(branch));
    }

    private static String state(Site site) throws SQLException {
        return site.rows("SELECT user_name, state, state_reason, receive_state, receive_reason, log_sent, confirm_sent, log_received, log_scanned, resend_count, rereceive_count FROM waybill.remote_user")
                + site.rows("SELECT log_offset FROM waybill.journal_head") + site.rows("SELECT COUNT(*) FROM item");
    }

    void turn(Duration time) throws SQLException {
        hq.turn();
        branch.turn();
        clock.pass(time);
    }

    void turnSurviving(Duration time) throws SQLException {
        hq.turnSurviving();
        branch.turnSurviving();
        clock.pass(time);
    }

    boolean isEqual() throws SQLException {
        boolean replicaThere = !branch.rows("SELECT 1 FROM information_schema.tables WHERE upper(table_name) = 'ITEM'").isEmpty();
        return replicaThere && hq.rows("SELECT COUNT(*) FROM waybill.outbox").equals("0\n") && hq.neighbour("CASE WHEN confirm_sent = log_sent AND log_scanned = (SELECT log_offset FROM waybill.journal_head) THEN 1 END").equals("1")
                && hq.items().equals(branch.items());
    }

    @Override
    public void close() throws SQLException {
        hq.close();
        branch.close();
    }
}
