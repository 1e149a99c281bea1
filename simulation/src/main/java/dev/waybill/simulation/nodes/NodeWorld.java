// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.agent.AgentSettings;
import dev.waybill.agent.Retention;
import dev.waybill.dialect.Dialects;
import dev.waybill.durable.DurableStep;
import dev.waybill.link.FaultyLink;
import dev.waybill.link.FaultyLink.Rates;
import dev.waybill.link.Link;
import dev.waybill.link.MemoryLink;
import dev.waybill.publication.Peers;
import dev.waybill.simulation.Hits;
import dev.waybill.simulation.Mischief;
import dev.waybill.simulation.Side;
import dev.waybill.simulation.Story;
import dev.waybill.simulation.nodes.CommitHistory.Violation;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** One run: head office, its branches, the network, the clock and the judge, on one thread. */
final class NodeWorld implements AutoCloseable {

    /** What a run came to. */
    record Outcome(int states, int crashes, int failures, int restores, int anews, int splits, int letters, int fullDisks, int clockJumps, int rounds) {}

    /** Which database is replaced by an older copy, if any. */
    enum Restored { NONE, BRANCH, HEAD_OFFICE, HEAD_OFFICE_SILENT }

    /** Sides of steps; seeds aim at them in turn. */
    private static final int AIMS = DurableStep.values().length * Side.values().length;
    /** One in so many runs crashes at what it aims at the first time that it comes there. */
    private static final long FIRST_TIME_EVERY = 3;
    static final int TURNS = 50;
    private static final int QUIET_ROUNDS = 500;
    private static final int LARGE_EVERY = 10;
    private static final Duration QUIET_TIME = Duration.ofMinutes(50);
    private static final List<String> PUBLICATIONS = List.of("trade", "extra");
    private static final List<String> CREATE = List.of("CREATE PUBLICATION trade (TABLE customer, TABLE orders, TABLE line, TABLE movement)", "CREATE PUBLICATION extra (TABLE note, TABLE document)");
    private static final Instant BEGIN = Instant.parse("2026-11-21T12:00:00Z");

    private final SplittableRandom random;
    private final CommitHistory history;
    private final Story story = new Story();
    private final MemoryLink.PostOffice office = new MemoryLink.PostOffice();
    private final Map<String, Instant> cutOff = new HashMap<>();
    private final Map<String, WholeNode> nodes = new TreeMap<>();
    private final Map<String, Copy> copies = new HashMap<>();
    private final Map<String, Said> said = new HashMap<>();
    private final Map<String, String> begunAt = new HashMap<>();
    private final Hits hits = new Hits();
    private final Mischief mischief;
    private final WholeNode headOffice;
    private final ApplicationWork work;
    private final Rates rates;
    private final Restored restored;
    private final double crashRate;
    private final double failRate;
    private final double meanwhileRate;
    private final DurableStep aimedStep;
    private final Side aimedSide;
    private int aimedLeft;
    private Instant now = BEGIN;
    private boolean quiet = true;
    private boolean extraPublished;
    private boolean inMidst;
    /** Head office writes nothing any more after it was restored. */
    private boolean silent;
    private boolean hasRestored;
    private int crashes;
    private int failures;
    private int restores;
    private int anews;
    private Violation violation;
    /** Null in a run without poison. */
    private Poison poison;
    private int poisonedRounds;
    private boolean fillsDisks;
    private boolean jumps;
    private int fullDisks;
    private int clockJumps;
    private final Map<String, Instant> fullUntil = new HashMap<>();
    private final Map<String, Duration> skews = new HashMap<>();

    /** An older copy of a database, and what belongs to it. */
    private record Copy(List<String> script, int states, CommitHistory.Place place, CommitHistory.Periods owed, boolean extraPublished) {}

    NodeWorld(long seed, Mischief mischief) throws SQLException {
        this.mischief = mischief;
        random = new SplittableRandom(seed);
        history = new CommitHistory();
        Restored[] kinds = Restored.values();
        restored = random.nextBoolean() ? Restored.NONE : kinds[random.nextInt(kinds.length)];
        rates = random.nextInt(5) == 0 ? Rates.NONE : new Rates(share(0.3), share(0.3), share(0.3), share(0.2), 6, share(0.08), share(0.08));
        crashRate = random.nextInt(3) == 0 ? 0 : share(0.02);
        failRate = random.nextInt(2) == 0 ? 0 : share(0.03);
        meanwhileRate = share(0.1);
        int aim = (int) Math.floorMod(seed, (long) AIMS);
        aimedStep = DurableStep.values()[aim / 2];
        aimedSide = Side.values()[aim % 2];
        aimedLeft = Math.floorMod(seed / AIMS, FIRST_TIME_EVERY) == 0 ? 1 : 1 + random.nextInt(6);
        boolean small = random.nextInt(4) > 0;
        AgentSettings settings = new AgentSettings(small ? 10_000 : 50_000, 1 + random.nextInt(40), Duration.ofMillis(5), Duration.ofSeconds(60), Duration.ofSeconds(2), Duration.ofMillis(200),
                Duration.ofSeconds(1 + random.nextInt(5)), Retention.USUAL.withKeepBytes(!restored.name().startsWith("HEAD_OFFICE") && random.nextBoolean() ? 0 : 64L << 20));
        headOffice = node("hq", settings);
        work = new ApplicationWork(this, headOffice);
        setUp(random.nextInt(3) == 0 ? 2 : 1, settings);
        quiet = false;
    }

    private double share(double most) {
        return random.nextDouble() * most;
    }

    private WholeNode node(String name, AgentSettings settings) throws SQLException {
        story.site(name);
        WholeNode node = new WholeNode(this, name, settings);
        nodes.put(name, node);
        return node;
    }

    private void setUp(int branches, AgentSettings settings) throws SQLException {
        story.world(millis(), "seed's run: restored " + restored + ", " + rates + ", crashes " + crashRate + ", failures " + failRate + ", aimed " + aimedSide + " " + aimedStep + ", " + settings);
        work.createTables();
        committed();
        for (int i = 0; i < 15; i++) {
            work.step();
        }
        work.finish();
        headOffice.say("GRANT PUBLISH TO hq", "CREATE REMOTE MESSAGE TYPE FILE ADDRESS 'hq'", CREATE.get(0));
        for (int i = 1; i <= branches; i++) {
            String branch = "branch" + i;
            node(branch, settings).say("GRANT PUBLISH TO " + branch, "CREATE REMOTE MESSAGE TYPE FILE ADDRESS '" + branch + "'", "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
            headOffice.say("GRANT REMOTE TO " + branch + " TYPE FILE ADDRESS '" + branch + "' SEND EVERY '00:00:00'", "CREATE SUBSCRIPTION TO trade FOR " + branch,
                    "SYNCHRONIZE SUBSCRIPTION TO trade FOR " + branch);
            history.wanted(branch, 0);
        }
        if (random.nextInt(3) == 0) {
            poison = new Poison(this, nodes.get("branch1"), List.of("PARK", "SKIP", "HALT", "PARK", "PARK").get(random.nextInt(5)), random.split());
            poisonedRounds = 1 + random.nextInt(40);
        }
        fillsDisks = random.nextInt(3) == 0;
        jumps = random.nextInt(3) == 0;
        keepCopies();
    }

    // ---- the surroundings that nodes are given ----

    InstantSource clock() {
        return () -> now;
    }

    /** What a machine believes the time to be. */
    InstantSource clockOf(String name) {
        return () -> now.plus(skews.getOrDefault(name, Duration.ZERO));
    }

    /** Nothing more fits on this machine's disk for a while. */
    boolean isFull(String name) {
        Instant until = fullUntil.get(name);
        return !quiet && until != null && now.isBefore(until);
    }

    RandomGenerator random() {
        return random;
    }

    boolean isQuiet() {
        return quiet;
    }

    boolean isCutOff(String address) {
        Instant until = cutOff.get(address);
        return until != null && now.isBefore(until);
    }

    Link link(String own, int maxMessageBytes) {
        MemoryLink good = new MemoryLink(office, own, maxMessageBytes);
        return new SimulatedLink(this, own, good, new FaultyLink(good, rates, random, (fault, address, message) -> story.lost(millis(), own, address, fault.toString())));
    }

    // ---- at durable steps ----

    /** The seed of a run that crashes at this side of this step the first time that it comes there; another one for each number from 1. */
    static long seedThatAimsAt(DurableStep step, Side side, int number) {
        return step.ordinal() * 2L + side.ordinal() + number * FIRST_TIME_EVERY * AIMS;
    }

    /** Each run aims at one side of one step, also in its quiet time; the others are met by chance. */
    boolean crashesAt(WholeNode node, DurableStep step, Side side) {
        boolean aimed = step == aimedStep && side == aimedSide && aimedLeft > 0 && --aimedLeft == 0;
        if (aimed && mischief.isWanted() || !quiet && mischief.strikes(random, crashRate)) {
            hits.count(step, side);
            crashes++;
            return true;
        }
        return false;
    }

    boolean failsAt(WholeNode node, DurableStep step) {
        boolean fails = !quiet && mischief.strikes(random, failRate);
        if (fails) {
            failures++;
            note(node.name(), "is refused " + step);
        }
        return fails;
    }

    /** In the midst of a cycle of an agent, the application works at head office. */
    void meanwhile(WholeNode node) {
        if (quiet || silent || inMidst || !mischief.strikes(random, meanwhileRate)) {
            return;
        }
        inMidst = true;
        try {
            if (random.nextInt(12) == 0) {
                administer();
            } else {
                work.step();
            }
        } catch (SQLException unexpected) {
            throw new IllegalStateException(unexpected);
        } finally {
            inMidst = false;
        }
    }

    void performed(WholeNode node, DurableStep step) {
        if (node == headOffice && step == DurableStep.SEQUENCE) {
            lookWhatIsOpen();
        }
        if (node != headOffice && (step == DurableStep.APPLY || step == DurableStep.CREATE_TABLES)) {
            try {
                judge(node);
            } catch (SQLException unexpected) {
                throw new IllegalStateException(unexpected);
            } catch (Violation found) {
                violation = found;
                throw found;
            }
        }
    }

    private void judge(WholeNode branch) throws SQLException {
        if (poison == null || poison.branch() != branch || !poison.isDiverged()) {
            history.shows(branch.name(), Contents.of(branch.raw()));
        }
    }

    private void lookWhatIsOpen() {
        try {
            for (WholeNode branch : branches()) {
                String begun = headOffice.value(user(branch, "log_begun"));
                if (!begun.equals(begunAt.put(branch.name(), begun)) && !begun.equals("0")) {
                    note("hq", branch.name() + " begins anew behind " + begun);
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
        } catch (SQLException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    private boolean isOpen(String branch, String publication) throws SQLException {
        return headOffice.value("SELECT s.state FROM waybill.subscription s JOIN waybill.publication p ON p.publication_id = s.publication_id WHERE s.started IS NOT NULL AND s.stopped IS NULL AND s.user_name = '" + branch
                + "' AND p.publication_name = '" + publication + "'") != null;
    }

    /** Every message of head office's passes here, also those that are lost. */
    void says(String own, String address, byte[] message) {
        if (own.equals("hq")) {
            try {
                said.computeIfAbsent(address, none -> new Said()).message(message, Long.parseLong(headOffice.value("SELECT log_begun FROM waybill.remote_user WHERE user_name = '" + address + "'")));
            } catch (SQLException | IOException unexpected) {
                throw new IllegalStateException(unexpected);
            } catch (Violation found) {
                violation = found;
                throw found;
            }
        }
    }

    /** Head office may have committed something. */
    void committed() throws SQLException {
        history.committed(Contents.of(headOffice.raw()));
    }

    // ---- the run ----

    Outcome run() throws SQLException {
        for (int turn = mischief.turns(TURNS); turn > 0; turn--) {
            List<WholeNode> all = List.copyOf(nodes.values());
            now = now.plusMillis(random.nextInt(20) == 0 ? random.nextInt(120_000) : random.nextInt(1_500));
            upsets(all.get(random.nextInt(all.size())));
            if (!silent) {
                writing();
            }
            WholeNode next = all.get(random.nextInt(all.size()));
            if (mischief.isWanted()) {
                turn(next);
            }
        }
        return settle();
    }

    private void writing() throws SQLException {
        for (int i = random.nextInt(5); i > 0; i--) {
            if (mischief.isWanted()) {
                work.step();
            }
        }
        if (mischief.strikes(random, 1.0 / 25)) {
            work.large();
        }
        if (mischief.strikes(random, 1.0 / 15)) {
            administer();
        }
    }

    private void turn(WholeNode node) throws SQLException {
        node.turn();
        if (violation != null) {
            throw violation;
        }
    }

    private void upsets(WholeNode node) throws SQLException {
        if (poison != null && mischief.strikes(random, 0.15)) {
            poison.turn();
        }
        if (fillsDisks && mischief.strikes(random, 1.0 / 25)) {
            fullUntil.put(node.name(), now.plusMillis(random.nextInt(20_000)));
            note(node.name(), "its disk is full until " + fullUntil.get(node.name()));
            fullDisks++;
        }
        if (jumps && mischief.strikes(random, 1.0 / 25)) {
            int seconds = random.nextInt(8) == 0 ? random.nextInt(86_400) : random.nextInt(600) - 300;
            skews.put(node.name(), Duration.ofSeconds(seconds));
            note(node.name(), "its clock jumps: " + seconds + " s beside the true time");
            clockJumps++;
        }
        if (mischief.strikes(random, 1.0 / 60)) {
            story.end(millis(), node.name(), "process ends");
            killAll(node);
            crashes++;
        }
        if (mischief.strikes(random, 1.0 / 30)) {
            cutOff.put(node.name(), now.plusMillis(random.nextInt(60_000)));
            note(node.name(), "is cut off until " + cutOff.get(node.name()));
        }
        if (mischief.strikes(random, 1.0 / 40)) {
            garbage(node);
        }
        if (mischief.strikes(random, 1.0 / 12)) {
            keepCopies();
        }
        if (restored == Restored.BRANCH && mischief.strikes(random, 1.0 / 20) && node != headOffice) {
            restore(node);
        }
        if (restored.name().startsWith("HEAD_OFFICE") && !hasRestored && mischief.strikes(random, 1.0 / 30)) {
            restore(headOffice);
        }
    }

    private void killAll(WholeNode node) throws SQLException {
        node.killAll();
        if (node == headOffice) {
            work.forget();
        }
    }

    private void garbage(WholeNode node) {
        byte[] garbage = new byte[random.nextInt(300)];
        random.nextBytes(garbage);
        new MemoryLink(office, "nobody", 1_000).send(node.name(), garbage);
    }

    private void keepCopies() throws SQLException {
        for (WholeNode node : restored == Restored.NONE ? List.<WholeNode>of() : nodes.values()) {
            if (restored == Restored.BRANCH == (node != headOffice) && random.nextBoolean()) {
                copies.put(node.name(), new Copy(node.copy(), history.length(), history.place(node.name()), history.owed(), extraPublished));
                note(node.name(), "is copied");
            }
        }
    }

    private void restore(WholeNode node) throws SQLException {
        Copy copy = copies.get(node.name());
        if (copy == null) {
            return;
        }
        story.end(millis(), node.name(), "is replaced by an older copy");
        killAll(node);
        node.restore(copy.script());
        hasRestored = true;
        restores++;
        if (node == headOffice) {
            history.wentBack(copy.states(), copy.owed());
            said.clear();
            extraPublished = copy.extraPublished();
            begunAt.clear();
            for (WholeNode branch : branches()) {
                begunAt.put(branch.name(), headOffice.value(user(branch, "log_begun")));
            }
            committed();
        } else {
            history.wentBack(node.name(), copy.place());
            judge(node);
        }
        silent = restored == Restored.HEAD_OFFICE_SILENT;
    }

    private void administer() throws SQLException {
        String branch = "branch" + (1 + random.nextInt(nodes.size() - 1));
        String publication = PUBLICATIONS.get(random.nextInt(2));
        try {
            if (!extraPublished) {
                publishExtra();
            }
            String state = subscription(nodes.get(branch), publication);
            if ("NEEDS_RESYNC".equals(headOffice.value(user(nodes.get(branch), "state"))) && state != null) {
                begin(publication, branch, state);
                return;
            }
            switch (random.nextInt(10)) {
                case 0, 1 -> stop(publication, branch);
                case 2 -> drop(publication, branch);
                case 3 -> publishAnew(publication);
                case 4 -> resync(branch);
                case 5 -> rewind(branch);
                default -> begin(publication, branch, state);
            }
        } catch (SQLException refused) {
            note("hq", "administration is refused: " + refused.getMessage());
        }
    }

    private void publishExtra() throws SQLException {
        headOffice.say(CREATE.get(1));
        extraPublished = true;
        note("hq", "CREATE PUBLICATION extra");
        for (WholeNode branch : branches()) {
            headOffice.say("CREATE SUBSCRIPTION TO extra FOR " + branch.name());
        }
    }

    private void stop(String publication, String branch) throws SQLException {
        boolean wasOpen = isOpen(branch, publication);
        headOffice.say("STOP SUBSCRIPTION TO " + publication + " FOR " + branch);
        history.ends(branch, PUBLICATIONS.indexOf(publication), wasOpen);
        note("hq", "STOP " + publication + " for " + branch);
        if (random.nextBoolean()) {
            begin(publication, branch, "STOPPED");
        }
    }

    private void drop(String publication, String branch) throws SQLException {
        boolean wasOpen = isOpen(branch, publication);
        headOffice.say("DROP SUBSCRIPTION TO " + publication + " FOR " + branch);
        history.ends(branch, PUBLICATIONS.indexOf(publication), wasOpen);
        note("hq", "DROP SUBSCRIPTION to " + publication + " for " + branch);
        if (random.nextBoolean()) {
            begin(publication, branch, null);
        }
    }

    /** A person wants everything of a branch anew; nothing of what was dropped or stopped may still be owed to it then. */
    private void resync(String branch) throws SQLException {
        for (String publication : PUBLICATIONS) {
            String state = subscription(nodes.get(branch), publication);
            if (state == null || state.equals("STOPPED") || state.equals("CREATED")) {
                return;
            }
        }
        new Peers(headOffice.raw(), Dialects.of(headOffice.raw()), clock()).resync(branch);
        note("hq", "RESYNC of " + branch);
    }

    private void rewind(String branch) throws SQLException {
        new Peers(headOffice.raw(), Dialects.of(headOffice.raw()), clock()).rewind(branch, null);
        note("hq", "REWIND of " + branch);
    }

    private void publishAnew(String publication) throws SQLException {
        Map<String, Boolean> open = new TreeMap<>();
        for (WholeNode branch : branches()) {
            open.put(branch.name(), isOpen(branch.name(), publication));
        }
        headOffice.say("DROP PUBLICATION " + publication);
        open.forEach((branch, wasOpen) -> history.ends(branch, PUBLICATIONS.indexOf(publication), wasOpen));
        note("hq", "DROP PUBLICATION " + publication);
        headOffice.say(CREATE.get(PUBLICATIONS.indexOf(publication)));
        note("hq", "CREATE PUBLICATION " + publication);
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
            note("hq", "START " + publication + " for " + branch);
        } else {
            headOffice.say("SYNCHRONIZE SUBSCRIPTION TO " + publication + " FOR " + branch);
            history.wanted(branch, group);
            note("hq", "SYNCHRONIZE " + publication + " for " + branch + ", which was " + state);
        }
    }

    /** Faults have stopped: everything must become equal, confirmed and tidy. */
    private Outcome settle() throws SQLException {
        quiet = true;
        cutOff.clear();
        if (random.nextInt(3) > 0 || !extraPublished) {
            work.finish();
        }
        prepareEnd();
        story.world(millis(), "quiet: faults end here");
        Instant since = now;
        int rounds = 0;
        String missing = missing();
        while (missing != null || rounds < poisonedRounds && !isAnySplit()) {
            if (rounds++ > QUIET_ROUNDS + LARGE_EVERY * poisonedRounds || Duration.between(since, now).compareTo(QUIET_TIME) > 0) {
                throw new Violation("not settled after " + rounds + " quiet rounds, " + Duration.between(since, now) + ": " + missing);
            }
            resynchronize();
            lookAfterLetters(rounds);
            Duration rest = Duration.ofMinutes(1);
            for (WholeNode node : nodes.values()) {
                Duration wanted = node.turn();
                rest = wanted.compareTo(rest) < 0 ? wanted : rest;
                if (violation != null) {
                    throw violation;
                }
            }
            now = now.plus(rest.toMillis() < 50 ? Duration.ofMillis(50) : rest);
            missing = missing();
        }
        int splits = 0;
        for (WholeNode branch : branches()) {
            splits += isSplit(branch) ? 1 : 0;
        }
        return new Outcome(history.length(), crashes, failures, restores, anews, splits, poison == null ? 0 : poison.letters(), fullDisks, clockJumps, rounds);
    }

    /** What was wanted for everybody is wanted for everybody in the end. */
    private void prepareEnd() throws SQLException {
        if (!extraPublished) {
            publishExtra();
        }
        for (WholeNode branch : branches()) {
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
    private void resynchronize() throws SQLException {
        for (WholeNode branch : branches()) {
            if ("NEEDS_RESYNC".equals(headOffice.value(user(branch, "state"))) && "STARTED".equals(subscription(branch, "trade"))) {
                note("hq", "SYNCHRONIZE for " + branch.name() + ", which cannot be served: " + headOffice.value(user(branch, "state_reason")));
                headOffice.say("SYNCHRONIZE SUBSCRIPTION TO trade FOR " + branch.name());
            }
        }
    }

    /** What was parked is applied in the end; of what never will be, everything is had anew. */
    private void lookAfterLetters(int rounds) throws SQLException {
        if (poison != null && rounds < poisonedRounds) {
            poison.turn();
            if (!silent && !isAnySplit()) {
                work.step();
                if (rounds % LARGE_EVERY == 0) {
                    work.large();
                }
            }
            if (rounds == poisonedRounds - 1) {
                work.finish();
            }
        } else if (poison != null && poison.finish() && !isSplit(poison.branch()) && isServed(poison.branch())) {
            for (String publication : PUBLICATIONS) {
                if ("STARTED".equals(subscription(poison.branch(), publication))) {
                    headOffice.say("SYNCHRONIZE SUBSCRIPTION TO " + publication + " FOR " + poison.branch().name());
                }
            }
            note("hq", "SYNCHRONIZE for " + poison.branch().name() + ", which has records of what it will never apply");
        }
    }

    private boolean isAnySplit() throws SQLException {
        for (WholeNode branch : branches()) {
            if (isSplit(branch)) {
                return true;
            }
        }
        return false;
    }

    /** All that it was sent is confirmed, so nothing that would help is under way. */
    private boolean isServed(WholeNode branch) throws SQLException {
        return "TRUE".equals(headOffice.value(user(branch, "log_sent = confirm_sent AND log_scanned = (SELECT log_offset FROM waybill.journal_head)")));
    }

    private List<WholeNode> branches() {
        List<WholeNode> branches = new ArrayList<>(nodes.values());
        branches.remove(headOffice);
        return branches;
    }

    private String subscription(WholeNode branch, String publication) throws SQLException {
        return headOffice.value("SELECT s.state FROM waybill.subscription s JOIN waybill.publication p ON p.publication_id = s.publication_id WHERE p.until_version IS NULL AND p.publication_name = '" + publication + "' AND s.user_name = '"
                + branch.name() + "'");
    }

    private boolean isSplit(WholeNode branch) throws SQLException {
        return "SPLIT_HISTORY".equals(branch.value("SELECT receive_state FROM waybill.remote_user")) || "SPLIT_HISTORY".equals(headOffice.value(user(branch, "state")));
    }

    private static String user(WholeNode branch, String column) {
        return "SELECT " + column + " FROM waybill.remote_user WHERE user_name = '" + branch.name() + "'";
    }

    /** What is not yet as it must be in the end; null when all is. */
    private String missing() throws SQLException {
        for (WholeNode branch : branches()) {
            String missing = missing(branch);
            if (missing != null) {
                return branch.name() + ": " + missing;
            }
        }
        return expect(headOffice, "0", "SELECT COUNT(*) FROM waybill.outbox WHERE SUBSTRING(payload FROM 2 FOR 1) = X'01'");
    }

    private String missing(WholeNode branch) throws SQLException {
        if (isSplit(branch)) {
            return restored.name().startsWith("HEAD_OFFICE") && hasRestored ? null : "split history, although head office forgot nothing: " + branch.value("SELECT receive_reason FROM waybill.remote_user")
                    + headOffice.value(user(branch, "state_reason"));
        }
        String[] wanted = {
            expect(branch, "ACTIVE", "SELECT receive_state FROM waybill.remote_user"), expect(branch, "ACTIVE", "SELECT state FROM waybill.remote_user"),
            expect(headOffice, "ACTIVE", user(branch, "state")), expect(headOffice, "ACTIVE", user(branch, "receive_state")),
            "STARTED".equals(subscription(branch, "trade")) ? null : "subscription to trade is " + subscription(branch, "trade"),
            "STARTED".equals(subscription(branch, "extra")) ? null : "subscription to extra is " + subscription(branch, "extra"),
            expect(headOffice, "TRUE", user(branch, "log_sent = confirm_sent AND log_scanned = (SELECT log_offset FROM waybill.journal_head)")),
            expect(branch, "0", "SELECT COUNT(*) FROM waybill.dead_letter"), expect(branch, null, "SELECT diverged_since FROM waybill.remote_user"),
            hasRestored && restored != Restored.BRANCH ? null : expect(branch, "0", "SELECT COUNT(*) FROM waybill.staged_part"),
            expect(headOffice, "0", "SELECT COUNT(DISTINCT spool_id) FROM waybill.snapshot_spool WHERE spool_id NOT IN (SELECT spool_id FROM waybill.snapshot)"),
            expect(headOffice, "0", "SELECT COUNT(*) FROM waybill.subscription_period WHERE stopped <= (SELECT trimmed_to FROM waybill.journal_head)")};
        for (String each : wanted) {
            if (each != null) {
                return each;
            }
        }
        Contents shown = Contents.of(branch.raw());
        return history.isEqual(shown) ? null : "not equal" + Contents.GROUPS.stream().map(group -> shown.differences(history.last(), group)).toList();
    }

    private static String expect(WholeNode node, String wanted, String query) throws SQLException {
        String found = node.value(query);
        return Objects.equals(wanted, found) ? null : "at " + node.name() + " " + query + " is " + found + " instead of " + wanted;
    }

    void note(String site, String text) {
        story.note(millis(), site, text);
    }

    Story story() {
        return story;
    }

    Hits hits() {
        return hits;
    }

    Mischief mischief() {
        return mischief;
    }

    long millis() {
        return Duration.between(BEGIN, now).toMillis();
    }

    @Override
    public void close() throws SQLException {
        quiet = true;
        for (WholeNode node : nodes.values()) {
            node.close();
        }
    }
}
