// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As {@link KillsOnPostgresTest}, on SQLite: the application and both agents, which are processes of their own on the same files. */
class KillsOnSqliteTest {

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

    private void kill(int kills) throws Exception {
        long seed = Blows.seed();
        try (Ledger ledger = new Ledger(directory, sqlite("hq"), sqlite("branch"), seed)) {
            new Blows(ledger, null, seed).deal(directory, kills);
        }
    }

    private String sqlite(String name) {
        return "jdbc:sqlite:" + directory.resolve(name + ".db") + "?busy_timeout=20000";
    }
}
