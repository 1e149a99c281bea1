// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** SIGKILL for those who keep a ledger, and for the database under them, at durable steps that the seed chooses by name. One thread. */
final class Blows {

    private static final List<String> SIDES = List.of("BEFORE", "AFTER");
    private static final List<String> HQ_STEPS = List.of("SEQUENCE", "MAKE_DURABLE", "SEND_MESSAGE", "MARK_SENT", "DELETE_MESSAGE", "MARK_CONFIRMED");
    private static final List<String> BRANCH_STEPS = List.of("STAGE_PART", "APPLY", "MAKE_DURABLE", "SEND_MESSAGE", "DELETE_MESSAGE");
    private static final int COMES_THERE_WITHIN_SECONDS = 6;

    /** Who dies at the step: who stands there, all of the server under it, or a part of the server that it can do without. */
    private enum Victim { ITSELF, SERVER, BACKEND }

    /** What is done to a server. */
    interface Blow {
        void fall() throws Exception;
    }

    /**
     * A database server that may be killed.
     *
     * @param kill  SIGKILL, and again afterwards
     * @param wound one of its connections, or what serves it, is no more
     */
    record Server(Blow kill, Blow wound) {}

    private final Ledger ledger;
    private final Server server;
    private final SplittableRandom random;

    /** @param server null where there is none: the database is a file */
    Blows(Ledger ledger, Server server, long seed) {
        this.ledger = ledger;
        this.server = server;
        this.random = new SplittableRandom(seed);
    }

    /** Of a run; printed. */
    static long seed() {
        long seed = Long.getLong("waybill.test.seed", System.nanoTime());
        System.out.println("seed of the kills: " + seed + " (repeat with -Dwaybill.test.seed=" + seed + ")");
        return seed;
    }

    /** Sets the ledger up, deals so many blows while it is kept, and judges. */
    void deal(Path directory, int kills) throws Exception {
        Map<String, Integer> done = new TreeMap<>();
        ledger.setUp(directory.resolve("messages"));
        ledger.keepRunning();
        ledger.awaitProgress(Duration.ofSeconds(120));
        for (int tries = 0, killed = 0; killed < kills; tries++) {
            assertThat(tries).as("steps that are not come to: %s", done).isLessThan(3 * kills + 20);
            ledger.keepRunning();
            String blow = strike();
            done.merge(blow, 1, Integer::sum);
            killed += blow.startsWith("(") ? 0 : 1;
        }
        ledger.settle(Duration.ofSeconds(120));
        System.out.println(kills + " kills, " + ledger.committed() + " transactions: " + done);
    }

    /** One blow, by name; in brackets when the step was not come to in time. */
    private String strike() throws Exception {
        String side = SIDES.get(random.nextInt(2));
        int who = random.nextInt(5);
        if (who < 3 && ledger.hqAgent() == null) {
            who = 0; // it is in the application
        }
        List<String> steps = who == 0 ? List.of("COMMIT") : who < 3 ? HQ_STEPS : BRANCH_STEPS;
        String step = steps.get(random.nextInt(steps.size()));
        Child child = who == 0 ? ledger.application() : who < 3 ? ledger.hqAgent() : ledger.branchAgent();
        Victim victim = random.nextInt(3) > 0 || server == null ? Victim.ITSELF : random.nextInt(3) > 0 ? Victim.SERVER : Victim.BACKEND;
        String name = victim + " " + (who == 0 ? "application" : who < 3 ? "hq" : "branch") + " " + side + " " + step;
        child.aim(side, step, random.nextInt(4));
        if (!child.awaitStop(COMES_THERE_WITHIN_SECONDS)) {
            child.goOn();
            return "(" + name + ")";
        }
        switch (victim) {
            case ITSELF -> child.kill();
            case SERVER -> {
                server.kill().fall();
                child.goOn();
            }
            case BACKEND -> {
                server.wound().fall();
                child.goOn();
            }
        }
        return name;
    }
}
