// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.apply.DeadLetterOffice;
import dev.waybill.dialect.Dialects;
import dev.waybill.publication.Peers;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * What one branch sends to head office: the tables that it owns, its application, the people, and the judge. Nothing is synchronized upward: what cannot go on (a branch that was restored, records of what head office left out) people
 * carry over by hand, while nobody writes and nothing is under way.
 */
final class Upward {

    private final NodeWorld world;
    private final WholeNode branch;
    private final WholeNode headOffice;
    private final SplittableRandom random;
    private final List<List<String>> groups;
    private final BranchDeeds deeds;
    private final ApplicationWork work;
    private final CommitHistory history;
    private final String publication;
    private Said said = new Said();
    /** Its stream begins anew after a place for whose content people have to care. */
    private boolean carrying;
    private int splits;

    Upward(NodeWorld world, WholeNode branch, int number, WholeNode headOffice, SplittableRandom random) {
        this.world = world;
        this.branch = branch;
        this.headOffice = headOffice;
        this.random = random;
        groups = List.of(List.of("VISIT" + number, "REMARK" + number));
        publication = "visits" + number;
        deeds = new BranchDeeds(random, number);
        work = new ApplicationWork(world, branch, deeds);
        history = new CommitHistory(groups);
    }

    void begin() throws SQLException {
        headOffice.say(deeds.tables());
        headOffice.say(deeds.publication(), "CREATE SUBSCRIPTION TO " + publication + " FOR " + branch.name());
        branch.say(deeds.tables());
        branch.say(deeds.publication(), "CREATE SUBSCRIPTION TO " + publication + " FOR hq", "START SUBSCRIPTION TO " + publication + " FOR hq");
        committed();
        history.wanted("hq", 0);
        history.isOpen("hq", 0);
    }

    WholeNode branch() {
        return branch;
    }

    String publication() {
        return publication;
    }

    ApplicationWork work() {
        return work;
    }

    int states() {
        return history.length();
    }

    int splits() {
        return splits;
    }

    void committed() throws SQLException {
        history.committed(Contents.of(branch.raw(), groups));
    }

    void judge() throws SQLException {
        history.shows("hq", Contents.of(headOffice.raw(), groups));
    }

    void says(byte[] message) throws SQLException, IOException {
        said.message(message, Long.parseLong(branch.value("SELECT log_begun FROM waybill.remote_user")));
    }

    /** What the judge has to go back to when the branch is replaced by the copy that is made now. */
    Copy.Return mark() {
        CommitHistory.Mark mark = history.mark();
        return () -> {
            history.wentBack(mark);
            said = new Said();
            committed();
        };
    }

    /** The same for head office. */
    Copy.Return markOfHeadOffice() {
        CommitHistory.Place place = history.place("hq");
        return () -> {
            history.wentBack("hq", place);
            if (!world.isDiverged(headOffice, branch.name())) {
                judge();
            }
        };
    }

    /** Somebody at the branch says something, at any time. */
    void administer() throws SQLException {
        try {
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    branch.say("STOP SUBSCRIPTION TO " + publication + " FOR hq", "START SUBSCRIPTION TO " + publication + " FOR hq");
                    world.note(branch.name(), "STOP and START " + publication);
                }
                case 2 -> {
                    new Peers(branch.raw(), Dialects.of(branch.raw()), world.clock()).rewind("hq", null);
                    world.note(branch.name(), "REWIND of hq");
                }
                default -> reset();
            }
        } catch (SQLException refused) {
            world.note(branch.name(), "administration is refused: " + refused.getMessage());
        }
    }

    /** A person sees that head office has everything, and vouches for it. */
    void reset() throws SQLException {
        if (!isSplit() && isServed() && history.isEqual(Contents.of(headOffice.raw(), groups))) {
            branch.say("REMOTE RESET hq");
            world.note(branch.name(), "REMOTE RESET hq");
        }
    }

    // ---- in the end ----

    boolean isSplit() throws SQLException {
        return "SPLIT_HISTORY".equals(branch.value("SELECT state FROM waybill.remote_user")) || "SPLIT_HISTORY".equals(headOffice.value(user("receive_state")));
    }

    /** All that it has sent is confirmed, and nothing waits to be sent. */
    private boolean isServed() throws SQLException {
        return "TRUE".equals(branch.value("SELECT log_sent = confirm_sent AND log_scanned = (SELECT log_offset FROM waybill.journal_head) AND request IS NULL AND state = 'ACTIVE' FROM waybill.remote_user"))
                && "0".equals(branch.value("SELECT COUNT(*) FROM waybill.outbox")) && "ACTIVE".equals(headOffice.value(user("receive_state"))) && headOffice.value(user("request") + " AND request LIKE '%ADOPT%'") == null;
    }

    /**
     * R10, R11: a branch that was restored has gone another way; it is to count. What head office shows of it is brought there by hand once the new stream has begun. Where something that head office said before it was restored arrives only
     * now, the word is refused once more, loudly, and is said again.
     */
    void decide() throws SQLException {
        boolean isRefused = branch.value("SELECT 1 FROM waybill.remote_user WHERE state = 'NEEDS_RESYNC' AND request IS NULL") != null;
        if (carrying && !isRefused) {
            if (isServed()) {
                carryOver();
                carrying = false;
            }
        } else if (isSplit()) {
            splits++;
            work.finish();
            UUID renewed = new Peers(branch.raw(), Dialects.of(branch.raw()), world.clock()).renew();
            new Peers(headOffice.raw(), Dialects.of(headOffice.raw()), world.clock()).adopt(branch.name(), renewed);
            world.note(branch.name(), "is renewed, and adopted by hq: " + renewed);
            carrying = true;
        } else if (isRefused) {
            work.finish();
            branch.say("REMOTE RESET hq");
            world.note(branch.name(), "REMOTE RESET hq, which cannot be served");
            carrying = true;
        }
    }

    /** Head office has records of what it will never apply. Returns whether nothing was under way, so that it could be mended. */
    boolean mend() throws SQLException {
        if (carrying || !isServed()) {
            return false;
        }
        carryOver();
        DeadLetterOffice office = new DeadLetterOffice(headOffice.raw(), Dialects.of(headOffice.raw()), world.clock());
        String parked = "SELECT MIN(letter_id) FROM waybill.dead_letter WHERE state = 'PARKED' AND sender = '" + branch.name() + "'";
        for (String letter = headOffice.value(parked); letter != null; letter = headOffice.value(parked)) {
            office.discard(Long.parseLong(letter)); // it rests on what was left out before it, and what it says has been carried over
        }
        office.verified(branch.name());
        return true;
    }

    /** By hand, past the driver. */
    private void carryOver() throws SQLException {
        world.note(branch.name(), "its tables are carried to hq");
        Connection to = headOffice.raw();
        to.setAutoCommit(false);
        try (Statement statement = to.createStatement()) {
            statement.executeUpdate("DELETE FROM " + groups.get(0).get(1));
            statement.executeUpdate("DELETE FROM " + groups.get(0).get(0));
            for (String table : groups.get(0)) {
                copy(table, to);
            }
            to.commit();
        } finally {
            to.rollback();
            to.setAutoCommit(true);
        }
        history.adopts("hq");
        judge();
    }

    private void copy(String table, Connection to) throws SQLException {
        try (Statement select = branch.raw().createStatement(); ResultSet rows = select.executeQuery("SELECT * FROM " + table)) {
            int columns = rows.getMetaData().getColumnCount();
            try (PreparedStatement insert = to.prepareStatement("INSERT INTO " + table + " VALUES(?" + ", ?".repeat(columns - 1) + ")")) {
                while (rows.next()) {
                    for (int i = 1; i <= columns; i++) {
                        insert.setObject(i, rows.getObject(i));
                    }
                    insert.executeUpdate();
                }
            }
        }
    }

    /** What is not yet as it must be in the end; null when all is. */
    String missing() throws SQLException {
        if (carrying || isSplit()) {
            return "upward, " + (world.upsets().restored() == Upsets.Restored.BRANCH && world.upsets().hasRestored() ? "until somebody decides: " : "although it forgot nothing: ")
                    + branch.value("SELECT state_reason FROM waybill.remote_user") + headOffice.value(user("receive_reason"));
        }
        String[] wanted = {
            WholeNode.expect(branch, "ACTIVE", "SELECT state FROM waybill.remote_user"), WholeNode.expect(headOffice, "ACTIVE", user("receive_state")), WholeNode.expect(headOffice, null, user("diverged_since")),
            WholeNode.expect(branch, "TRUE", "SELECT log_sent = confirm_sent AND log_scanned = (SELECT log_offset FROM waybill.journal_head) FROM waybill.remote_user"),
            WholeNode.expect(headOffice, "0", "SELECT COUNT(*) FROM waybill.dead_letter WHERE sender = '" + branch.name() + "'"),
            WholeNode.expect(branch, "0", "SELECT COUNT(*) FROM waybill.outbox WHERE SUBSTRING(payload FROM 2 FOR 1) = X'01'")};
        for (String each : wanted) {
            if (each != null) {
                return each;
            }
        }
        Contents shown = Contents.of(headOffice.raw(), groups);
        return history.isEqual(shown) ? null : "not equal at hq" + shown.differences(history.last(), groups.get(0));
    }

    private String user(String column) {
        return "SELECT " + column + " FROM waybill.remote_user WHERE user_name = '" + branch.name() + "'";
    }
}
