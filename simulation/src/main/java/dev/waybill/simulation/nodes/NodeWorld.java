// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.agent.AgentSettings;
import dev.waybill.agent.Retention;
import dev.waybill.durable.DurableStep;
import dev.waybill.link.FaultyLink;
import dev.waybill.link.FaultyLink.Rates;
import dev.waybill.link.Link;
import dev.waybill.link.MemoryLink;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** One run: head office, its branches, the network, the clock and the judges, on one thread. */
final class NodeWorld implements AutoCloseable {

    /** What a run came to. */
    record Outcome(int states, int above, int crashes, int failures, int restores, int anews, int splits, int letters, int fullDisks, int clockJumps, int rounds) {}

    /** Sides of steps; seeds aim at them in turn. */
    private static final int AIMS = DurableStep.values().length * Side.values().length;
    /** One in so many runs crashes at what it aims at the first time that it comes there. */
    private static final long FIRST_TIME_EVERY = 3;
    static final int TURNS = 50;
    private static final int ROUNDS_TO_CATCH_UP = 8;
    private static final Duration TIME_TO_CATCH_UP = Duration.ofSeconds(2);
    private static final Set<DurableStep> CONFIRMING = EnumSet.of(DurableStep.MARK_CONFIRMED, DurableStep.MARK_SENT, DurableStep.CATALOGUE, DurableStep.SEQUENCE, DurableStep.TRIM);
    private static final Instant BEGIN = Instant.parse("2026-11-21T12:00:00Z");

    private final SplittableRandom random;
    private final Story story = new Story();
    private final MemoryLink.PostOffice office = new MemoryLink.PostOffice();
    private final Map<String, WholeNode> nodes = new TreeMap<>();
    private final Map<String, Upward> upward = new TreeMap<>();
    private final Confirmed confirmed = new Confirmed();
    private final Hits hits = new Hits();
    private final Mischief mischief;
    private final Wires wires;
    private final Upsets upsets;
    private final WholeNode headOffice;
    private final Downward downward;
    private final Rates rates;
    private final double crashRate;
    private final double failRate;
    private final double meanwhileRate;
    private final DurableStep aimedStep;
    private final Side aimedSide;
    private int aimedLeft;
    private Instant now = BEGIN;
    private boolean quiet = true;
    private boolean inMidst;
    private int crashes;
    private int failures;
    private Violation violation;
    /** Null in a run without poison. */
    private Poison poison;
    private int poisonedRounds;

    NodeWorld(long seed, Mischief mischief, Wires wires) throws SQLException {
        this.mischief = mischief;
        this.wires = wires;
        random = new SplittableRandom(seed);
        upsets = new Upsets(this, random, mischief);
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
                Duration.ofSeconds(1 + random.nextInt(5)), Retention.USUAL.withKeepBytes(!upsets.isOfHeadOffice() && random.nextBoolean() ? 0 : 64L << 20));
        headOffice = node("hq", settings);
        downward = new Downward(this, headOffice, random);
        setUp(List.of(1, 1, 1, 2, 2, 3).get(random.nextInt(6)), settings);
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
        story.world(millis(), "seed's run: restored " + upsets.restored() + ", " + rates + ", crashes " + crashRate + ", failures " + failRate + ", aimed " + aimedSide + " " + aimedStep + ", " + settings);
        downward.createTables();
        for (int i = 1; i <= branches; i++) {
            WholeNode branch = node("branch" + i, settings);
            branch.say("GRANT PUBLISH TO " + branch.name(), "CREATE REMOTE MESSAGE TYPE FILE ADDRESS '" + branch.name() + "'", "GRANT CONSOLIDATE TO hq TYPE FILE ADDRESS 'hq' SEND EVERY '00:00:00'");
            downward.begin(branch);
            if (random.nextInt(3) > 0) {
                Upward above = new Upward(this, branch, i, headOffice, random);
                upward.put(branch.name(), above);
                above.begin();
            }
        }
        if (random.nextInt(3) == 0) {
            String policy = List.of("PARK", "SKIP", "HALT", "PARK", "PARK").get(random.nextInt(5));
            WholeNode branch = nodes.get("branch1");
            poison = upward.containsKey(branch.name()) && random.nextBoolean() ? Poison.atHeadOffice(this, headOffice, branch, policy, random.split()) : Poison.atBranch(this, branch, policy, random.split());
            poisonedRounds = 1 + random.nextInt(40);
        }
        upsets.keepCopies();
    }

    // ---- who is there ----

    List<WholeNode> all() {
        return List.copyOf(nodes.values());
    }

    WholeNode node(String name) {
        return nodes.get(name);
    }

    WholeNode headOffice() {
        return headOffice;
    }

    boolean isHeadOffice(WholeNode node) {
        return node == headOffice;
    }

    List<WholeNode> branches() {
        List<WholeNode> branches = new ArrayList<>(nodes.values());
        branches.remove(headOffice);
        return branches;
    }

    /** What those branches send that write. */
    List<Upward> upward() {
        return List.copyOf(upward.values());
    }

    private ApplicationWork work(WholeNode node) {
        return node == headOffice ? downward.work() : upward.containsKey(node.name()) ? upward.get(node.name()).work() : null;
    }

    // ---- the surroundings that nodes are given ----

    InstantSource clock() {
        return () -> now;
    }

    /** What a machine believes the time to be. */
    InstantSource clockOf(String name) {
        return () -> now.plus(upsets.skew(name));
    }

    Wires wires() {
        return wires;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    Upsets upsets() {
        return upsets;
    }

    /** Nothing more fits on this machine's disk for a while. */
    boolean isFull(String name) {
        return !quiet && upsets.isFull(name);
    }

    RandomGenerator random() {
        return random;
    }

    boolean isQuiet() {
        return quiet;
    }

    boolean isCutOff(String address) {
        return upsets.isCutOff(address);
    }

    Link link(String own, int maxMessageBytes) {
        MemoryLink good = new MemoryLink(office, own, maxMessageBytes);
        FaultyLink bad = new FaultyLink(good, rates, random, (fault, address, message) -> story.lost(millis(), own, address, fault.toString()));
        return wires.link(this, own, new SimulatedLink(this, own, good, bad));
    }

    /** Somebody who is no site writes to a mailbox. */
    void throwIn(String address, byte[] garbage) {
        new MemoryLink(office, "nobody", 1_000).send(address, garbage);
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

    /** In the midst of a cycle of an agent, the applications work. */
    void meanwhile(WholeNode node) {
        if (quiet || inMidst || !mischief.strikes(random, meanwhileRate)) {
            return;
        }
        inMidst = true;
        try {
            if (random.nextInt(12) == 0) {
                administer();
            } else {
                step();
            }
        } catch (SQLException unexpected) {
            throw new IllegalStateException(unexpected);
        } finally {
            inMidst = false;
        }
    }

    void performed(WholeNode node, DurableStep step) {
        judged(() -> {
            if (node == headOffice && step == DurableStep.SEQUENCE) {
                downward.lookWhatIsOpen();
            }
            if (CONFIRMING.contains(step)) {
                confirmed.look(node);
            }
            if (step == DurableStep.APPLY || step == DurableStep.CREATE_TABLES) {
                judge(node);
            }
        });
    }

    private interface Judgement {
        void pass() throws SQLException, IOException;
    }

    /** What is violated ends the run, although the agent in whose midst it is found may go on. */
    private void judged(Judgement judgement) {
        try {
            judgement.pass();
        } catch (SQLException | IOException unexpected) {
            throw new IllegalStateException(unexpected);
        } catch (Violation found) {
            violation = found;
            throw found;
        }
    }

    private void judge(WholeNode receiver) throws SQLException {
        if (receiver != headOffice) {
            if (!isDiverged(receiver, "hq")) {
                downward.judge(receiver);
            }
            return;
        }
        for (Upward each : upward.values()) {
            if (!isDiverged(headOffice, each.branch().name())) {
                each.judge();
            }
        }
    }

    /** Something that was sent is put aside there: then what it shows is no state of the sender's, and it says so. */
    boolean isDiverged(WholeNode receiver, String sender) throws SQLException {
        return poison != null && poison.node() == receiver && poison.sender().equals(sender) && poison.isDiverged();
    }

    /** Every message passes here, also those that are lost. */
    void says(String own, String address, byte[] message) {
        judged(() -> {
            if (own.equals("hq")) {
                downward.says(address, message);
            } else if (upward.containsKey(own)) {
                upward.get(own).says(message);
            }
        });
    }

    /** This node's application may have committed something. */
    void committed(WholeNode node) throws SQLException {
        if (node == headOffice) {
            downward.committed();
        } else {
            upward.get(node.name()).committed();
        }
    }

    // ---- the run ----

    Outcome run() throws SQLException {
        for (int turn = mischief.turns(TURNS); turn > 0; turn--) {
            List<WholeNode> all = all();
            now = now.plusMillis(random.nextInt(20) == 0 ? random.nextInt(120_000) : random.nextInt(1_500));
            if (poison != null && mischief.strikes(random, 0.15)) {
                poison.turn();
            }
            upsets.befall(all.get(random.nextInt(all.size())));
            writing();
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
                step();
            }
        }
        if (mischief.strikes(random, 1.0 / 25)) {
            ApplicationWork who = somebody();
            if (who != null) {
                who.large();
            }
        }
        if (mischief.strikes(random, 1.0 / 15)) {
            administer();
        }
    }

    private void step() throws SQLException {
        ApplicationWork who = somebody();
        if (who != null) {
            who.step();
        }
    }

    /** Head office's application as often as those of all branches together; null where nobody works now. */
    private ApplicationWork somebody() {
        List<WholeNode> branches = branches();
        WholeNode node = random.nextBoolean() ? headOffice : branches.get(random.nextInt(branches.size()));
        ApplicationWork other = work(node);
        ApplicationWork who = other == null ? downward.work() : other;
        return who == downward.work() && upsets.isSilent() ? null : who;
    }

    private void administer() throws SQLException {
        List<Upward> above = upward();
        if (!above.isEmpty() && random.nextInt(4) == 0) {
            above.get(random.nextInt(above.size())).administer();
        } else if (!upsets.isSilent()) {
            downward.administer();
        }
    }

    Duration turn(WholeNode node) throws SQLException {
        Duration rest = node.turn();
        if (violation != null) {
            throw violation;
        }
        return rest;
    }

    void killAll(WholeNode node) throws SQLException {
        node.killAll();
        ApplicationWork work = work(node);
        if (work != null) {
            work.forget();
        }
    }

    void finishWork() throws SQLException {
        downward.work().finish();
        for (Upward each : upward.values()) {
            each.work().finish();
        }
    }

    /** Whoever wants to vouch for something waits until nobody writes and everything has arrived, if it does. */
    void letCatchUp() throws SQLException {
        quiet = true;
        finishWork();
        for (int round = 0; round < ROUNDS_TO_CATCH_UP; round++) {
            for (WholeNode node : all()) {
                turn(node);
            }
            pass(TIME_TO_CATCH_UP);
        }
        quiet = false;
    }

    /** R11: people look whether this one has everything, and where it has they say so. */
    void vouchFor(WholeNode node) {
        try {
            if (node != headOffice) {
                downward.reset(node.name());
                return;
            }
            for (Upward each : upward.values()) {
                each.reset();
            }
        } catch (SQLException refused) {
            note(node.name(), "nobody may vouch for it now: " + refused.getMessage());
        }
    }

    /** A copy of a database, with what the judges have to go back to when it takes its place. */
    Copy copy(WholeNode node) throws SQLException {
        List<Copy.Return> all = new ArrayList<>();
        all.add(() -> confirmed.forget(node));
        if (node == headOffice) {
            all.add(downward.mark());
            upward.values().forEach(each -> all.add(each.markOfHeadOffice()));
        } else {
            all.add(downward.mark(node));
            if (upward.containsKey(node.name())) {
                all.add(upward.get(node.name()).mark());
            }
        }
        return new Copy(node.copy(), () -> {
            for (Copy.Return each : all) {
                each.wentBack();
            }
        });
    }

    private Outcome settle() throws SQLException {
        quiet = true;
        upsets.mend();
        if (random.nextInt(3) > 0 || !downward.isExtraPublished()) {
            finishWork();
        }
        downward.prepareEnd();
        story.world(millis(), "quiet: faults end here");
        int rounds = new Settlement(this, downward, poison, poisonedRounds).run();
        int above = upward.values().stream().mapToInt(Upward::states).sum();
        int splits = downward.splits() + upward.values().stream().mapToInt(Upward::splits).sum();
        return new Outcome(downward.history().length(), above, crashes + upsets.ends(), failures, upsets.restores(), downward.anews(), splits, poison == null ? 0 : poison.letters(), upsets.fullDisks(),
                upsets.clockJumps(), rounds);
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
