// SPDX-License-Identifier: Apache-2.0
package dev.waybill.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerCommandTest {

    @TempDir
    private Path directory;

    private Database hq;

    @BeforeEach
    void setUp() {
        hq = Database.at(directory, "hq").say("GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", "GRANT REMOTE TO branch TYPE FILE ADDRESS 'branch'",
                "CREATE TABLE artist (id INT PRIMARY KEY)", "CREATE PUBLICATION music (TABLE artist)", "CREATE SUBSCRIPTION TO music FOR branch");
    }

    private String request() throws SQLException {
        return hq.rows("SELECT request FROM waybill.remote_user").get(0);
    }

    @Test
    void everyActionLeavesARequestForTheAgentAndALineInTheAudit() throws SQLException {
        assertThat(Outcome.done("peer", hq.url(), "rewind", "branch").out()).contains("next cycle");
        assertThat(request()).isEqualTo("REWIND 0");
        Outcome.done("peer", hq.url(), "resync", "branch", "--yes");
        assertThat(request()).isEqualTo("RESYNC");
        Outcome.done("peer", hq.url(), "reset", "branch", "--yes");
        assertThat(request()).startsWith("RESET ");
        assertThat(hq.rows("SELECT state FROM waybill.subscription")).containsExactly("STARTED");
        Outcome.done("peer", hq.url(), "adopt", "branch", "--incarnation", "00000000-0000-0001-0000-000000000002", "--yes");
        assertThat(request()).as("a word about what comes leaves the one about what is sent").matches("RESET \\d+; ADOPT 00000000-0000-0001-0000-000000000002");
        String before = hq.rows("SELECT incarnation FROM waybill.catalogue").get(0);
        Outcome renewed = Outcome.done("peer", hq.url(), "renew", "--yes");
        assertThat(hq.rows("SELECT incarnation FROM waybill.catalogue").get(0)).isNotEqualTo(before).satisfies(incarnation -> assertThat(renewed.out()).contains(incarnation));
        assertThat(request()).isEqualTo("ADOPT 00000000-0000-0001-0000-000000000002; RESYNC RENEWED");
        assertThat(hq.rows("SELECT what FROM waybill.audit ORDER BY audit_id")).containsExactly("REWIND", "RESYNC", "REMOTE RESET", "ADOPT", "RENEW");
        assertThat(Outcome.done("peer", hq.url(), "show", "branch").out()).contains("stream_sent", "RESYNC", "ADOPT");
    }

    @Test
    void whatCannotBeUndoneNeedsAYesAndWhatCannotBeIsExplained() throws SQLException {
        for (String action : new String[] {"resync", "reset", "adopt", "skip"}) {
            Outcome refused = Outcome.of("peer", hq.url(), action, "branch");
            assertThat(refused.exitCode()).as(action).isEqualTo(2);
            assertThat(refused.err()).as(action).contains("--yes");
        }
        assertThat(request()).isNull();
        assertThat(Outcome.of("peer", hq.url(), "skip", "branch", "--park").err()).contains("PEER_NOT_HALTED");
        assertThat(Outcome.of("peer", hq.url(), "adopt", "branch", "--yes").err()).contains("PEER_NOT_HEARD");
        assertThat(Outcome.of("peer", hq.url(), "rewind", "branch", "--to", "17").err()).contains("PEER_OFFSET");
        assertThat(Outcome.of("peer", hq.url(), "resync", "nobody", "--yes").err()).contains("USER_UNKNOWN").contains("branch");
        assertThat(hq.rows("SELECT what FROM waybill.audit")).isEmpty();
        assertThat(Outcome.done("peer", "--help").out()).contains("rewind NAME", "resync NAME", "adopt NAME", "renew", "SPLIT_HISTORY");
    }
}
