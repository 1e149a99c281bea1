// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.apply.DeadLetterOffice;
import dev.waybill.dialect.Dialects;
import dev.waybill.publication.Peers;
import dev.waybill.publication.PoisonPolicy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * R12 at one receiver of one sender: for a while a constraint of its own refuses some rows, and its policy says what becomes of the transactions that hold them. People look after what was put aside: retry, discard; and leave out what
 * halts. While something is put aside the receiver does not show a state of the sender, and says so.
 */
final class Poison {

    /** What may be refused where head office's tables are applied, and where a branch's are: table and condition. */
    private static final String[][] OF_HEAD_OFFICE = {{"movement", "what IS NULL OR what < 'q'"}, {"customer", "name IS NULL OR name < 'q'"}, {"line", "amount < 80"}};
    private static final String[][] OF_BRANCH = {{"visit", "whose IS NULL OR whose < 'q'"}, {"remark", "text IS NULL OR text < 'q'"}, {"visit", "minutes < 60"}};
    private static final int ROUNDS_OF_RETRIES = 200;

    private final NodeWorld world;
    private final WholeNode node;
    private final String sender;
    private final String suffix;
    private final String[][] refusals;
    private final String policy;
    private final SplittableRandom random;
    private int letters;

    private Poison(NodeWorld world, WholeNode node, String sender, String suffix, String[][] refusals, String policy, SplittableRandom random) {
        this.world = world;
        this.node = node;
        this.sender = sender;
        this.suffix = suffix;
        this.refusals = refusals;
        this.policy = policy;
        this.random = random;
    }

    /** A branch refuses some of what head office sends. */
    static Poison atBranch(NodeWorld world, WholeNode branch, String policy, SplittableRandom random) throws SQLException {
        branch.say("ALTER CONSOLIDATE hq POISON " + policy);
        return new Poison(world, branch, "hq", "", OF_HEAD_OFFICE, policy, random);
    }

    /** Head office refuses some of what a branch sends. */
    static Poison atHeadOffice(NodeWorld world, WholeNode headOffice, WholeNode branch, String policy, SplittableRandom random) throws SQLException {
        headOffice.say("ALTER REMOTE " + branch.name() + " POISON " + policy);
        return new Poison(world, headOffice, branch.name(), branch.name().substring("branch".length()), OF_BRANCH, policy, random);
    }

    WholeNode node() {
        return node;
    }

    String sender() {
        return sender;
    }

    /** So many retries and discards were asked for. */
    int letters() {
        return letters;
    }

    /** Whether something that was sent is not here: then what it shows is no state of head office. */
    boolean isDiverged() throws SQLException {
        return node.value("SELECT diverged_since FROM waybill.remote_user WHERE user_name = '" + sender + "'") != null;
    }

    /** The constraint comes or goes, or somebody looks after the letters. */
    void turn() throws SQLException {
        switch (random.nextInt(8)) {
            case 0 -> refuse(refusals[random.nextInt(refusals.length)]);
            case 1 -> permit();
            case 2, 3 -> lookAfter(random.nextInt(6) == 0);
            case 4 -> leaveOut();
            default -> world.note(node.name(), "nobody looks after letters");
        }
    }

    private void refuse(String[] what) throws SQLException {
        permit();
        if (execute("ALTER TABLE " + what[0] + suffix + " ADD CONSTRAINT refused CHECK (" + what[1] + ") NOCHECK")) {
            world.note(node.name(), "refuses some rows of " + what[0] + suffix + ", policy " + policy);
        }
    }

    /** A person leaves out the one transaction at which the stream halts. */
    private void leaveOut() throws SQLException {
        if ("HALTED".equals(node.value("SELECT receive_state FROM waybill.remote_user WHERE user_name = '" + sender + "'"))) {
            PoisonPolicy once = random.nextBoolean() ? PoisonPolicy.PARK : PoisonPolicy.SKIP;
            try {
                new Peers(node.raw(), Dialects.of(node.raw()), world.clock()).leaveOut(sender, once);
                world.note(node.name(), once + " once, for what halts the stream of " + sender);
            } catch (SQLException notNow) {
                world.note(node.name(), once + " once is refused: " + notNow.getMessage());
            }
        }
    }

    /** The cause is gone. */
    void permit() throws SQLException {
        for (String[] each : refusals) {
            execute("ALTER TABLE IF EXISTS " + each[0] + suffix + " DROP CONSTRAINT IF EXISTS refused");
        }
    }

    /** Head office's stopped application may hold nothing here, but an agent that was killed in the midst may not be rolled back yet: then it is for another time. */
    private boolean execute(String sql) throws SQLException {
        try (Statement statement = node.raw().createStatement()) {
            statement.execute(sql);
            return true;
        } catch (SQLException refused) {
            if (refused.getErrorCode() / 10 == 4210 || refused.getErrorCode() == 50200) { // no such table yet, or a lock
                return false;
            }
            throw refused;
        }
    }

    private void lookAfter(boolean discarding) throws SQLException {
        DeadLetterOffice office = new DeadLetterOffice(node.raw(), Dialects.of(node.raw()), world.clock());
        for (long letter : parked()) {
            letters++;
            try {
                if (discarding) {
                    office.discard(letter);
                    world.note(node.name(), "letter " + letter + " is discarded");
                    return;
                }
                world.note(node.name(), "letter " + letter + " is tried again: " + office.retry(letter).failure());
                while (office.release(sender) != null) {
                    letters++;
                }
            } catch (SQLException notNow) {
                world.note(node.name(), "letter " + letter + ": " + notNow.getMessage());
                return;
            }
        }
    }

    /**
     * The cause is gone for good, and somebody tries until nothing is parked any more. What rests on something that was left out halts the stream in its turn, and is put aside, too. Returns whether records are left of what will never be
     * applied: then everything is to be had anew.
     */
    boolean finish() throws SQLException {
        permit();
        if (isDiverged()) {
            leaveOut();
        }
        for (int round = 0; !parked().isEmpty() && round < ROUNDS_OF_RETRIES; round++) {
            lookAfter(false);
        }
        return isDiverged();
    }

    private List<Long> parked() throws SQLException {
        List<Long> parked = new ArrayList<>();
        Connection raw = node.raw();
        try (Statement statement = raw.createStatement(); ResultSet rows = statement.executeQuery("SELECT letter_id FROM waybill.dead_letter WHERE state = 'PARKED' AND sender = '" + sender + "' ORDER BY log_offset")) {
            while (rows.next()) {
                parked.add(rows.getLong(1));
            }
        }
        return parked;
    }
}
