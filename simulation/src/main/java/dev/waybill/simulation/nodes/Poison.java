// SPDX-License-Identifier: Apache-2.0
package dev.waybill.simulation.nodes;

import dev.waybill.apply.DeadLetterOffice;
import dev.waybill.dialect.Dialects;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * R12 at one branch: for a while a constraint of its own refuses some rows, and its policy says what becomes of the transactions that hold them. People look after what was put aside: retry, discard, vouch. While something is put aside the
 * branch does not show a state of head office, and says so.
 */
final class Poison {

    private static final String[] REFUSALS = {
        "ALTER TABLE movement ADD CONSTRAINT refused CHECK (what IS NULL OR what < 'q') NOCHECK", "ALTER TABLE customer ADD CONSTRAINT refused CHECK (name IS NULL OR name < 'q') NOCHECK",
        "ALTER TABLE line ADD CONSTRAINT refused CHECK (amount < 80) NOCHECK"};
    private static final String[] TABLES = {"movement", "customer", "line"};
    private static final int ROUNDS_OF_RETRIES = 200;

    private final NodeWorld world;
    private final WholeNode branch;
    private final String policy;
    private final SplittableRandom random;
    private int letters;

    Poison(NodeWorld world, WholeNode branch, String policy, SplittableRandom random) throws SQLException {
        this.world = world;
        this.branch = branch;
        this.policy = policy;
        this.random = random;
        branch.say("ALTER CONSOLIDATE hq POISON " + policy);
    }

    WholeNode branch() {
        return branch;
    }

    /** So many retries and discards were asked for. */
    int letters() {
        return letters;
    }

    /** Whether something that was sent is not here: then what it shows is no state of head office. */
    boolean isDiverged() throws SQLException {
        return branch.value("SELECT diverged_since FROM waybill.remote_user") != null;
    }

    /** The constraint comes or goes, or somebody looks after the letters. */
    void turn() throws SQLException {
        switch (random.nextInt(8)) {
            case 0 -> refuse(random.nextInt(REFUSALS.length));
            case 1 -> permit();
            case 2, 3 -> lookAfter(random.nextInt(6) == 0);
            default -> world.note(branch.name(), "nobody looks after letters");
        }
    }

    private void refuse(int which) throws SQLException {
        permit();
        if (execute(REFUSALS[which])) {
            world.note(branch.name(), "refuses some rows of " + TABLES[which] + ", policy " + policy);
        }
    }

    /** The cause is gone. */
    void permit() throws SQLException {
        for (String table : TABLES) {
            execute("ALTER TABLE IF EXISTS " + table + " DROP CONSTRAINT IF EXISTS refused");
        }
    }

    /** Head office's stopped application may hold nothing here, but an agent that was killed in the midst may not be rolled back yet: then it is for another time. */
    private boolean execute(String sql) throws SQLException {
        try (Statement statement = branch.raw().createStatement()) {
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
        DeadLetterOffice office = new DeadLetterOffice(branch.raw(), Dialects.of(branch.raw()), world.clock());
        for (long letter : parked()) {
            letters++;
            try {
                if (discarding) {
                    office.discard(letter);
                    world.note(branch.name(), "letter " + letter + " is discarded");
                    return;
                }
                world.note(branch.name(), "letter " + letter + " is tried again: " + office.retry(letter).failure());
                while (office.release("hq") != null) {
                    letters++;
                }
            } catch (SQLException notNow) {
                world.note(branch.name(), "letter " + letter + ": " + notNow.getMessage());
                return;
            }
        }
    }

    /** The cause is gone for good, and somebody tries until nothing is parked any more. Returns whether records are left of what will never be applied: then everything is to be had anew. */
    boolean finish() throws SQLException {
        permit();
        for (int round = 0; !parked().isEmpty() && round < ROUNDS_OF_RETRIES; round++) {
            lookAfter(false);
        }
        return isDiverged();
    }

    private List<Long> parked() throws SQLException {
        List<Long> parked = new ArrayList<>();
        Connection raw = branch.raw();
        try (Statement statement = raw.createStatement(); ResultSet rows = statement.executeQuery("SELECT letter_id FROM waybill.dead_letter WHERE state = 'PARKED' ORDER BY log_offset")) {
            while (rows.next()) {
                parked.add(rows.getLong(1));
            }
        }
        return parked;
    }
}
