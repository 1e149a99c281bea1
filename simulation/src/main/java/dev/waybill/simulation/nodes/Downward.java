// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.dialect.Dialects;
import dev.waybill.publication.Peers;
import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;

/** What head office sends to its branches: its application, the people who say who gets what, and the judge. */
final class Downward {

    private static final List<String> PUBLICATIONS = List.of("trade", "extra");
    private static final List<String> CREATE = List.of("CREATE PUBLICATION trade (TABLE customer, TABLE orders, TABLE line, TABLE movement)", "CREATE PUBLICATION extra (TABLE note, TABLE document)");
    private static final List<List<String>> GROUPS = Contents.OF_HEAD_OFFICE;

    private final NodeWorld world;
    private final WholeNode headOffice;
    private final SplittableRandom random;
    private final ApplicationWork work;
    private final CommitHistory history = new CommitHistory(GROUPS);
    private final Map<String, Said> said = new HashMap<>();
    private final Map<String, String> begunAt = new HashMap<>();
    private boolean extraPublished;
    private int anews;
    private int splits;

    Downward(NodeWorld world, WholeNode headOffice, SplittableRandom random) {
        this.world = world;
        this.headOffice = headOffice;
        this.random = random;
        this.work = new ApplicationWork(world, headOffice, new HeadOfficeDeeds(random));
    }

    ApplicationWork work() {
        return work;
    }

    CommitHistory history() {
        return history;
    }

    boolean isExtraPublished() {
        return extraPublished;
    }

    /** So many streams began anew. */
    int anews() {
        return anews;
    }

    /** So many split histories were recognised, and decided by people. */
    int splits() {
        return splits;
    }

    void createTables() throws SQLException {
        headOffice.say(HeadOfficeDeeds.TABLES);
        committed();
        for (int i = 0; i < 15; i++) {
            work.step();
        }
        work.finish();
        headOffice.say("GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", CREATE.get(0));
    }

    /** A branch has been made. */
    void begin(WholeNode branch) throws SQLException {
        String name = branch.name();
        headOffice.say("GRANT REMOTE TO " + name + " TYPE FILE ADDRESS '" + name + "' SEND EVERY '00:00:00'", "CREATE SUBSCRIPTION TO trade FOR " + name, "SYNCHRONIZE SUBSCRIPTION TO trade FOR " + name);
        history.wanted(name, 0);
    }

    void committed() throws SQLException {
        history.committed(Contents.of(headOffice.raw(), GROUPS));
    }

    void judge(WholeNode branch) throws SQLException {
        history.shows(branch.name(), Contents.of(branch.raw(), GROUPS));
    }

    /** Every message of head office's passes here, also those that are lost. */
    void says(String address, byte[] message) throws SQLException, IOException {
        said.computeIfAbsent(address, none -> new Said()).message(message, Long.parseLong(headOffice.value("SELECT log_begun FROM waybill.remote_user WHERE user_name = '" + address + "'")));
    }

    /** What the judge has to go back to when head office is replaced by the copy that is made now. */
    Copy.Return mark() {
        CommitHistory.Mark mark = history.mark();
        boolean published = extraPublished;
        return () -> {
            history.wentBack(mark);
            said.clear();
            extraPublished = published;
            begunAt.clear();
            for (WholeNode branch : world.branches()) {
                begunAt.put(branch.name(), headOffice.value(user(branch, "log_begun")));
            }
            committed();
        };
    }

    /** The same for a branch. */
    Copy.Return mark(WholeNode branch) {
        CommitHistory.Place place = history.place(branch.name());
        return () -> {
            history.wentBack(branch.name(), place);
            if (!world.isDiverged(branch, "hq")) {
                judge(branch);
            }
        };
    }

    /** R10: head office is behind what a branch has, and is to count: everybody is told so, and gets everything anew. */
    void decideSplits() throws SQLException {
        for (WholeNode branch : world.branches()) {
            if (isSplit(branch) && isNothingWanted()) {
                work.finish();
                UUID renewed = new Peers(headOffice.raw(), Dialects.of(headOffice.raw()), world.clock()).renew();
                world.note("hq", "is renewed: " + renewed);
                for (WholeNode each : world.branches()) {
                    splits += isSplit(each) ? 1 : 0;
                    new Peers(each.raw(), Dialects.of(each.raw()), world.clock()).adopt("hq", renewed);
                    history.adopts(each.name());
                    world.note(each.name(), "adopts it");
                }
                return;
            }
        }
    }

    /** What people said before has been taken up by all agents. */
    private boolean isNothingWanted() throws SQLException {
        for (WholeNode node : world.all()) {
            if (!"0".equals(node.value("SELECT COUNT(*) FROM waybill.remote_user WHERE request LIKE '%ADOPT%' OR request LIKE '%RESYNC%'"))) {
                return false;
            }
        }
        return true;
    }

    void lookWhatIsOpen() throws SQLException {
        for (WholeNode branch : world.branches()) {
            String begun = headOffice.value(user(branch, "log_begun"));
            if (!begun.equals(begunAt.put(branch.name(), begun)) && !begun.equals("0")) {
                world.note("hq", branch.name() + " begins anew behind " + begun);
                anews++;
                for (String publication : PUBLICATIONS) {
                    history.beginsAnew(branch.name(), PUBLICATIONS.indexOf(publication), isOpen(branch.name(), publication));
                }
            }
            for (String publication : PUBLICATIONS) {
                if (isOpen(branch.name(), publication)) {
                    history.isOpen(branch.name(), PUBLICATIONS.indexOf(publication));
                }
            }
        }
    }

    private boolean isOpen(String branch, String publication) throws SQLException {
        return headOffice.value("SELECT s.state FROM waybill.subscription s JOIN waybill.publication p ON p.publication_id = s.publication_id WHERE s.started IS NOT NULL AND s.stopped IS NULL AND s.user_name = '" + branch
                + "' AND p.publication_name = '" + publication + "'") != null;
    }

    /** Somebody says something about subscriptions, at any time. */
    void administer() throws SQLException {
        String branch = "branch" + (1 + random.nextInt(world.branches().size()));
        String publication = PUBLICATIONS.get(random.nextInt(2));
        try {
            if (!extraPublished) {
                publishExtra();
            }
            String state = subscription(world.node(branch), publication);
            if ("NEEDS_RESYNC".equals(headOffice.value(user(world.node(branch), "state"))) && state != null) {
                begin(publication, branch, state);
                return;
            }
            switch (random.nextInt(11)) {
                case 0, 1 -> stop(publication, branch);
                case 2 -> drop(publication, branch);
                case 3 -> publishAnew(publication);
                case 4 -> resync(branch);
                case 5 -> rewind(branch);
                case 6 -> reset(branch);
                default -> begin(publication, branch, state);
            }
        } catch (SQLException refused) {
            world.note("hq", "administration is refused: " + refused.getMessage());
        }
    }

    private void publishExtra() throws SQLException {
        headOffice.say(CREATE.get(1));
        extraPublished = true;
        world.note("hq", "CREATE PUBLICATION extra");
        for (WholeNode branch : world.branches()) {
            headOffice.say("CREATE SUBSCRIPTION TO extra FOR " + branch.name());
        }
    }

    private void stop(String publication, String branch) throws SQLException {
        boolean wasOpen = isOpen(branch, publication);
        headOffice.say("STOP SUBSCRIPTION TO " + publication + " FOR " + branch);
        history.ends(branch, PUBLICATIONS.indexOf(publication), wasOpen);
        world.note("hq", "STOP " + publication + " for " + branch);
        if (random.nextBoolean()) {
            begin(publication, branch, "STOPPED");
        }
    }

    private void drop(String publication, String branch) throws SQLException {
        boolean wasOpen = isOpen(branch, publication);
        headOffice.say("DROP SUBSCRIPTION TO " + publication + " FOR " + branch);
        history.ends(branch, PUBLICATIONS.indexOf(publication), wasOpen);
        world.note("hq", "DROP SUBSCRIPTION to " + publication + " for " + branch);
        if (random.nextBoolean()) {
            begin(publication, branch, null);
        }
    }

    /** A person wants everything of a branch anew; nothing of what was dropped or stopped may still be owed to it then. */
    private void resync(String branch) throws SQLException {
        for (String publication : PUBLICATIONS) {
            String state = subscription(world.node(branch), publication);
            if (state == null || state.equals("STOPPED") || state.equals("CREATED")) {
                return;
            }
        }
        new Peers(headOffice.raw(), Dialects.of(headOffice.raw()), world.clock()).resync(branch);
        world.note("hq", "RESYNC of " + branch);
    }

    private void rewind(String branch) throws SQLException {
        new Peers(headOffice.raw(), Dialects.of(headOffice.raw()), world.clock()).rewind(branch, null);
        world.note("hq", "REWIND of " + branch);
    }

    /** A person sees that a branch has everything, and vouches for it: the stream goes on from here, and nothing before is owed. */
    void reset(String branch) throws SQLException {
        WholeNode node = world.node(branch);
        if (isServed(node) && !isSplit(node) && "ACTIVE".equals(headOffice.value(user(node, "state"))) && "ACTIVE".equals(node.value("SELECT receive_state FROM waybill.remote_user"))
                && node.value("SELECT diverged_since FROM waybill.remote_user") == null && "STARTED".equals(subscription(node, "trade")) && "STARTED".equals(subscription(node, "extra"))
                && "0".equals(headOffice.value("SELECT COUNT(*) FROM waybill.outbox")) && history.isEqual(Contents.of(node.raw(), GROUPS))) {
            headOffice.say("REMOTE RESET " + branch);
            for (Upward each : world.upward()) {
                if (each.branch() == node) { // REMOTE RESET starts everything, also what is there for a right alone
                    headOffice.say("STOP SUBSCRIPTION TO " + each.publication() + " FOR " + branch);
                }
            }
            world.note("hq", "REMOTE RESET " + branch);
            lookWhatIsOpen();
        }
    }

    private void publishAnew(String publication) throws SQLException {
        Map<String, Boolean> open = new TreeMap<>();
        for (WholeNode branch : world.branches()) {
            open.put(branch.name(), isOpen(branch.name(), publication));
        }
        headOffice.say("DROP PUBLICATION " + publication);
        open.forEach((branch, wasOpen) -> history.ends(branch, PUBLICATIONS.indexOf(publication), wasOpen));
        world.note("hq", "DROP PUBLICATION " + publication);
        headOffice.say(CREATE.get(PUBLICATIONS.indexOf(publication)));
        world.note("hq", "CREATE PUBLICATION " + publication);
    }

    /** START where both ends agree, which it vouches for; SYNCHRONIZE otherwise, also where everything is under way. */
    private void begin(String publication, String branch, String state) throws SQLException {
        int group = PUBLICATIONS.indexOf(publication);
        if (headOffice.value("SELECT 1 FROM waybill.publication WHERE until_version IS NULL AND publication_name = '" + publication + "'") == null) {
            headOffice.say(CREATE.get(group));
        }
        if (state == null) {
            headOffice.say("CREATE SUBSCRIPTION TO " + publication + " FOR " + branch);
        }
        if ((state == null || state.equals("STOPPED") || state.equals("CREATED")) && history.isUnchangedSinceItEnded(branch, group)) {
            headOffice.say("START SUBSCRIPTION TO " + publication + " FOR " + branch);
            history.wanted(branch, group);
            history.isOpen(branch, group);
            world.note("hq", "START " + publication + " for " + branch);
        } else {
            headOffice.say("SYNCHRONIZE SUBSCRIPTION TO " + publication + " FOR " + branch);
            history.wanted(branch, group);
            world.note("hq", "SYNCHRONIZE " + publication + " for " + branch + ", which was " + state);
        }
    }

    /** What was wanted for everybody is wanted for everybody in the end. */
    void prepareEnd() throws SQLException {
        if (!extraPublished) {
            publishExtra();
        }
        for (WholeNode branch : world.branches()) {
            for (String publication : PUBLICATIONS) {
                String state = subscription(branch, publication);
                if (state == null || state.equals("CREATED") || state.equals("STOPPED")) {
                    try {
                        begin(publication, branch.name(), state);
                    } catch (SQLException writersRemain) {
                        work.finish();
                        begin(publication, branch.name(), subscription(branch, publication));
                    }
                }
            }
        }
    }

    /** Somebody looks after what stands still. */
    void resynchronize() throws SQLException {
        for (WholeNode branch : world.branches()) {
            if ("NEEDS_RESYNC".equals(headOffice.value(user(branch, "state"))) && "STARTED".equals(subscription(branch, "trade"))) {
                world.note("hq", "SYNCHRONIZE for " + branch.name() + ", which cannot be served: " + headOffice.value(user(branch, "state_reason")));
                headOffice.say("SYNCHRONIZE SUBSCRIPTION TO trade FOR " + branch.name());
            }
        }
    }

    /** All that it was sent is confirmed, so nothing that would help is under way. */
    /** What a branch left out for good comes again with everything else, once nothing is under way. */
    void haveAllAnew(WholeNode branch) throws SQLException {
        if (isSplit(branch) || !isServed(branch)) {
            return;
        }
        for (String publication : PUBLICATIONS) {
            if ("STARTED".equals(subscription(branch, publication))) {
                headOffice.say("SYNCHRONIZE SUBSCRIPTION TO " + publication + " FOR " + branch.name());
            }
        }
        world.note("hq", "SYNCHRONIZE for " + branch.name() + ", which has records of what it will never apply");
    }

    private boolean isServed(WholeNode branch) throws SQLException {
        return "TRUE".equals(headOffice.value(user(branch, "log_sent = confirm_sent AND log_scanned = (SELECT log_offset FROM waybill.journal_head)")));
    }

    private String subscription(WholeNode branch, String publication) throws SQLException {
        return headOffice.value("SELECT s.state FROM waybill.subscription s JOIN waybill.publication p ON p.publication_id = s.publication_id WHERE p.until_version IS NULL AND p.publication_name = '" + publication + "' AND s.user_name = '"
                + branch.name() + "'");
    }

    boolean isSplit(WholeNode branch) throws SQLException {
        return "SPLIT_HISTORY".equals(branch.value("SELECT receive_state FROM waybill.remote_user")) || "SPLIT_HISTORY".equals(headOffice.value(user(branch, "state")));
    }

    private static String user(WholeNode branch, String column) {
        return "SELECT " + column + " FROM waybill.remote_user WHERE user_name = '" + branch.name() + "'";
    }

    /** What is not yet as it must be in the end; null when all is. */
    String missing(WholeNode branch) throws SQLException {
        if (isSplit(branch)) {
            return "split history, " + (world.upsets().isOfHeadOffice() && world.upsets().hasRestored() ? "until somebody decides: " : "although head office forgot nothing: ")
                    + branch.value("SELECT receive_reason FROM waybill.remote_user") + headOffice.value(user(branch, "state_reason"));
        }
        String[] wanted = {
            WholeNode.expect(branch, "ACTIVE", "SELECT receive_state FROM waybill.remote_user"),
            WholeNode.expect(headOffice, "ACTIVE", user(branch, "state")),
            "STARTED".equals(subscription(branch, "trade")) ? null : "subscription to trade is " + subscription(branch, "trade"),
            "STARTED".equals(subscription(branch, "extra")) ? null : "subscription to extra is " + subscription(branch, "extra"),
            WholeNode.expect(headOffice, "TRUE", user(branch, "log_sent = confirm_sent AND log_scanned = (SELECT log_offset FROM waybill.journal_head)")),
            WholeNode.expect(branch, "0", "SELECT COUNT(*) FROM waybill.dead_letter"), WholeNode.expect(branch, null, "SELECT diverged_since FROM waybill.remote_user"),
            world.upsets().hasRestored() && world.upsets().isOfHeadOffice() ? null : WholeNode.expect(branch, "0", "SELECT COUNT(*) FROM waybill.staged_part"),
            WholeNode.expect(headOffice, "0", "SELECT COUNT(DISTINCT spool_id) FROM waybill.snapshot_spool WHERE spool_id NOT IN (SELECT spool_id FROM waybill.snapshot)"),
            WholeNode.expect(headOffice, "0", "SELECT COUNT(*) FROM waybill.subscription_period WHERE stopped <= (SELECT trimmed_to FROM waybill.journal_head)")};
        for (String each : wanted) {
            if (each != null) {
                return each;
            }
        }
        Contents shown = Contents.of(branch.raw(), GROUPS);
        return history.isEqual(shown) ? null : "not equal" + GROUPS.stream().map(group -> shown.differences(history.last(), group)).toList();
    }
}
