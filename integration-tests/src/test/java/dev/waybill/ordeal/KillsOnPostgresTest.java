// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.databases.MortalPostgres;
import dev.waybill.databases.PostgresDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL for the application, the agents and PostgreSQL itself, at durable steps that the seed chooses by name, under load: nothing is lost, nothing is twice, nothing is half. */
class KillsOnPostgresTest {

    private static final List<String> SIDES = List.of("BEFORE", "AFTER");
    private static final List<String> HQ_STEPS = List.of("SEQUENCE", "MAKE_DURABLE", "SEND_MESSAGE", "MARK_SENT", "DELETE_MESSAGE", "MARK_CONFIRMED");
    private static final List<String> BRANCH_STEPS = List.of("STAGE_PART", "APPLY", "MAKE_DURABLE", "SEND_MESSAGE", "DELETE_MESSAGE");
    private static final int COMES_THERE_WITHIN_SECONDS = 6;

    /** Who dies at the step: who stands there, all of PostgreSQL under it, or one of PostgreSQL's processes (which takes the others along). */
    private enum Victim { ITSELF, SERVER, BACKEND }

    @TempDir
    private Path directory;

    @Test
    void nothingIsLostTwiceOrHalfAfterTenKillsAtNamedSteps() throws Exception {
        kill(10);
    }

    @Test
    @Tag("extended")
    void nothingIsLostTwiceOrHalfAfterSixtyKillsAtNamedSteps() throws Exception {
        kill(60);
    }

    @Test
    @Tag("long")
    void nothingIsLostTwiceOrHalfAfterAsManyKillsAsAskedFor() throws Exception {
        kill(Integer.getInteger("waybill.test.kills", 1_000));
    }

    private void kill(int kills) throws Exception {
        long seed = Long.getLong("waybill.test.seed", System.nanoTime());
        System.out.println("seed of the kills: " + seed + " (repeat with -Dwaybill.test.seed=" + seed + ")");
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, Integer> done = new TreeMap<>();
        try (MortalPostgres server = MortalPostgres.start(directory)) {
            PostgresDatabase hq = server.database("hq");
            try (Ledger ledger = new Ledger(directory, hq.url(), server.database("branch").url(), seed)) {
                ledger.setUp(directory.resolve("messages"));
                ledger.keepRunning();
                ledger.awaitProgress(Duration.ofSeconds(120));
                for (int tries = 0, killed = 0; killed < kills; tries++) {
                    assertThat(tries).as("steps that are not come to: %s", done).isLessThan(3 * kills + 20);
                    ledger.keepRunning();
                    String blow = strike(ledger, server, hq, random);
                    done.merge(blow, 1, Integer::sum);
                    killed += blow.startsWith("(") ? 0 : 1;
                }
                ledger.settle(Duration.ofSeconds(120));
                System.out.println(kills + " kills, " + ledger.committed() + " transactions: " + done);
            }
        }
    }

    /** One blow, by name; in brackets when the step was not come to in time. */
    private static String strike(Ledger ledger, MortalPostgres server, PostgresDatabase hq, SplittableRandom random) throws Exception {
        String side = SIDES.get(random.nextInt(2));
        int who = random.nextInt(5);
        List<String> steps = who == 0 ? List.of("COMMIT") : who < 3 ? HQ_STEPS : BRANCH_STEPS;
        String step = steps.get(random.nextInt(steps.size()));
        Child child = who == 0 ? ledger.application() : who < 3 ? ledger.hqAgent() : ledger.branchAgent();
        Victim victim = random.nextInt(3) > 0 ? Victim.ITSELF : random.nextInt(3) > 0 ? Victim.SERVER : Victim.BACKEND;
        String name = victim + " " + (who == 0 ? "application" : who < 3 ? "hq" : "branch") + " " + side + " " + step;
        child.aim(side, step, random.nextInt(4));
        if (!child.awaitStop(COMES_THERE_WITHIN_SECONDS)) {
            child.goOn();
            return "(" + name + ")";
        }
        switch (victim) {
            case ITSELF -> child.kill();
            case SERVER -> {
                server.kill();
                server.restart();
                child.goOn();
            }
            case BACKEND -> {
                server.killBackend(hq);
                child.goOn();
            }
        }
        return name;
    }
}
