// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import dev.waybill.databases.MariaDbDatabase;
import dev.waybill.databases.MortalMariaDb;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As {@link KillsOnPostgresTest}, on MariaDB: the application, the agents, mariadbd itself, and single connections of it. */
class KillsOnMariaDbTest {

    @TempDir
    private Path directory;

    @Test
    @Tag("extended")
    void nothingIsLostTwiceOrHalfAfterTwentyKillsAtNamedSteps() throws Exception {
        kill(20);
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
        try (MortalMariaDb server = MortalMariaDb.start(directory)) {
            MariaDbDatabase hq = server.database();
            Blows.Server mortal = new Blows.Server(() -> {
                server.kill();
                server.restart();
            }, () -> server.killConnection(hq));
            try (Ledger ledger = new Ledger(directory, hq.url(), server.database().url(), seed)) {
                new Blows(complete ? ledger.completely() : ledger, mortal, seed).deal(directory, kills);
            }
        }
    }
}
