// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import dev.waybill.databases.MortalPostgres;
import dev.waybill.databases.PostgresDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL for the application, the agents and PostgreSQL itself, at durable steps that the seed chooses by name, under load: nothing is lost, nothing is twice, nothing is half. */
class KillsOnPostgresTest {

    @TempDir
    private Path directory;

    @Test
    void nothingIsLostTwiceOrHalfAfterTenKillsAtNamedSteps() throws Exception {
        kill(10);
    }

    @Test
    @Tag("extended")
    void nothingIsLostTwiceOrHalfAfterThirtyKillsAtNamedSteps() throws Exception {
        kill(30);
    }

    @Test
    @Tag("long")
    void nothingIsLostTwiceOrHalfAfterAsManyKillsAsAskedFor() throws Exception {
        kill(Integer.getInteger("waybill.test.kills", 1_000));
    }

    @Test
    @Tag("extended")
    void norWhereTriggersCapture() throws Exception {
        kill(20, true);
    }

    private void kill(int kills) throws Exception {
        kill(kills, false);
    }

    private void kill(int kills, boolean complete) throws Exception {
        long seed = Blows.seed();
        try (MortalPostgres server = MortalPostgres.start(directory)) {
            PostgresDatabase hq = server.database("hq");
            Blows.Server mortal = new Blows.Server(() -> {
                server.kill();
                server.restart();
            }, () -> wound(server, hq));
            try (Ledger ledger = new Ledger(directory, hq.url(), server.database("branch").url(), seed)) {
                new Blows(complete ? ledger.completely() : ledger, mortal, seed).deal(directory, kills);
            }
        }
    }

    /** PostgreSQL may still be recovering from the blow before. */
    private static void wound(MortalPostgres server, PostgresDatabase hq) {
        Awaitility.await().atMost(Duration.ofSeconds(120)).ignoreExceptionsInstanceOf(SQLException.class).until(() -> {
            server.killBackend(hq);
            return true;
        });
    }
}
