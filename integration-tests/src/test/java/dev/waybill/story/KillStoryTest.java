// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The application and the replica's agent are real processes and are killed (SIGKILL, by process id) at random moments while they work. Whatever was lost with the application's process (H2 writes
 * to disk up to half a second after a commit) must not have been sent; whatever was kept must arrive, once. H2 itself may keep halves of transactions: a witness with the bare driver in each process tells that from what is our doing.
 */
class KillStoryTest {

    @TempDir
    private Path directory;

    @Test
    void nothingIsLostOrDoubledWhenProcessesAreKilledAFewTimes() throws Exception {
        killAndCompare(seed(), 3);
    }

    @Test
    @Tag("extended")
    void nothingIsLostOrDoubledWhenProcessesAreKilledFiftyTimes() throws Exception {
        killAndCompare(seed(), Integer.getInteger("waybill.test.kills", 50));
    }

    private static long seed() {
        long seed = Long.getLong("waybill.test.seed", System.nanoTime());
        System.out.println("seed of the kills: " + seed + " (repeat with -Dwaybill.test.seed=" + seed + ")");
        return seed;
    }

    private void killAndCompare(long seed, int kills) throws Exception {
        var random = new SplittableRandom(seed);
        var sites = new HeadOfficeAndBranch(directory, ";LOCK_TIMEOUT=200");
        try (Connection before = DriverManager.getConnection(sites.rawHq())) {
            Harbour.createTables(before);
            Harbour.fill(before, seed);
        }
        sites.setUp(Harbour.publication(), "harbour");
        sites.close();
        HalvesWitness.createTables(sites.rawHq());
        HalvesWitness.createTables(sites.rawBranch());
        int halves = workUnderKills(sites, random, kills);
        System.out.println("H2 kept " + halves + " halves of the witness's transactions in " + kills + " rounds of kills");
        boolean torn = dropTornTransactions(sites);
        sites.reopen();
        try {
            if (torn) {
                HeadOfficeAndBranch.execute(sites.atHq(), "SYNCHRONIZE SUBSCRIPTION TO harbour FOR branch");
            }
            sites.awaitQuiet(Duration.ofSeconds(120));
            compare(sites, halves);
            assertThat(TableComparison.count(sites.atBranch(), Harbour.TABLES)).isPositive();
        } catch (Exception | AssertionError failed) {
            System.out.println(sites.state());
            throw failed;
        } finally {
            sites.close();
        }
    }

    /** A difference is ours, unless the witness has seen H2 keep halves of transactions that had nothing to do with us; then the remedy must make everything equal. */
    private static void compare(HeadOfficeAndBranch sites, int halves) throws Exception {
        try {
            sites.assertReplicaEquals(Harbour.TABLES);
        } catch (AssertionError different) {
            if (halves == 0) {
                throw different;
            }
            System.out.println("H2 kept halves, and this is different: " + different.getMessage());
            HeadOfficeAndBranch.execute(sites.atHq(), "SYNCHRONIZE SUBSCRIPTION TO harbour FOR branch");
            sites.awaitQuiet(Duration.ofSeconds(120));
            sites.assertReplicaEquals(Harbour.TABLES);
        }
    }

    /**
     * H2 itself may keep half of a transaction when its process is killed (see the page of {@code dialect}). Then nothing more is sequenced, loudly; this is the remedy that the error names.
     */
    private static boolean dropTornTransactions(HeadOfficeAndBranch sites) throws SQLException {
        try (Connection raw = DriverManager.getConnection(sites.rawHq()); Statement statement = raw.createStatement()) {
            int rows = statement.executeUpdate("DELETE FROM waybill.outbox WHERE SUBSTRING(payload FROM 7 FOR 16) IN (SELECT SUBSTRING(payload FROM 7 FOR 16) AS id FROM waybill.outbox GROUP BY id"
                    + " HAVING NOT BOOL_OR(SUBSTRING(payload FROM 2 FOR 1) = X'01') OR MAX(CAST(SUBSTRING(payload FROM 3 FOR 4) AS INTEGER)) + 1 <> COUNT(*))");
            if (rows > 0) {
                System.out.println("H2 kept half of a transaction: " + rows + " outbox rows without their end were deleted, and the branch is synchronized anew");
            }
            return rows > 0;
        }
    }

    /** Returns how many halves the witnesses have found. */
    private int workUnderKills(HeadOfficeAndBranch sites, SplittableRandom random, int kills) throws Exception {
        Process application = null;
        Process agent = null;
        Set<Long> knownAtHq = new HashSet<>();
        Set<Long> knownAtBranch = new HashSet<>();
        int halves = 0;
        try {
            for (int i = 0; i < kills; i++) {
                application = running(application, "dev.waybill.story.HarbourProcess", sites.hq(), Long.toString(random.nextLong() >>> 1));
                agent = running(agent, "dev.waybill.story.AgentProcess", sites.rawBranch());
                TimeUnit.MILLISECONDS.sleep(900 + random.nextInt(1500));
                if (random.nextInt(3) != 0) {
                    kill(application);
                    halves += HalvesWitness.halves(directory, "hq", knownAtHq);
                }
                if (random.nextInt(3) != 0) {
                    kill(agent);
                    halves += HalvesWitness.halves(directory, "branch", knownAtBranch);
                }
            }
        } finally {
            kill(application);
            kill(agent);
        }
        return halves + HalvesWitness.halves(directory, "hq", knownAtHq) + HalvesWitness.halves(directory, "branch", knownAtBranch);
    }

    private Process running(Process process, String mainClass, String... arguments) throws Exception {
        if (process != null && process.isAlive()) {
            return process;
        }
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), mainClass));
        command.addAll(List.of(arguments));
        File log = directory.resolve(mainClass + ".log").toFile();
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log)).start();
    }

    private static void kill(Process process) throws InterruptedException {
        if (process != null) {
            process.destroyForcibly();
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        }
    }
}
