// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As {@link KillsOnPostgresTest}, on HSQLDB, whose files belong to one process: head office's application with the agent beside it, and the branch's agent. */
class KillsOnHsqldbTest {

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
        try (Ledger ledger = new Ledger(directory, hsqldb("hq"), hsqldb("branch"), seed)) {
            new Blows(ledger, null, seed).deal(directory, kills);
        }
    }

    /** Without the file that keeps others out: who was killed leaves it there. */
    private String hsqldb(String name) {
        return "jdbc:hsqldb:file:" + directory.resolve(name).resolve("db") + ";hsqldb.tx=mvcc;hsqldb.write_delay=false;hsqldb.lock_file=false;shutdown=true";
    }
}
