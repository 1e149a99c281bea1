// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.durable.DurableStep;
import dev.waybill.durable.StepGuard;
import dev.waybill.link.LinkFactory;
import dev.waybill.link.MemoryLink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stops the world before and after every durable step of both agents, and lets new agents go on: on embedded databases. */
class CrashTest {

    @TempDir
    Path folder;

    @Test
    void aCrashAtAnyStepLosesNothingAndRepeatsNothing() throws Exception {
        new CrashEverywhere(folder, place -> databases(place, true), CrashEverywhere.OF_REPLICATION).oneAtATime(1);
    }

    @Test
    @Tag("extended")
    void aCrashAtAnyStepAtAnyTimeLosesNothingAndRepeatsNothing() throws Exception {
        new CrashEverywhere(folder, place -> databases(place, false), CrashEverywhere.OF_REPLICATION).oneAtATime(1, 3, 8);
    }

    @Test
    @Tag("extended")
    void aCrashAtAnyStepOnSqliteLosesNothingAndRepeatsNothing() throws Exception {
        new CrashEverywhere(folder, place -> {
            Files.createDirectories(place);
            return CrashEverywhere.linked("jdbc:sqlite:" + place.resolve("hq.db"), "jdbc:sqlite:" + place.resolve("branch.db"), place);
        }, CrashEverywhere.NOT_ON_H2).oneAtATime(1);
    }

    @Test
    @Tag("extended")
    void aCrashAtAnyStepOnHsqldbLosesNothingAndRepeatsNothing() throws Exception {
        new CrashEverywhere(folder, place -> CrashEverywhere.linked(hsqldb(place, "hq"), hsqldb(place, "branch"), place), CrashEverywhere.NOT_ON_H2).oneAtATime(1);
    }

    private static String hsqldb(Path place, String name) {
        return "jdbc:hsqldb:file:" + place.resolve(name) + "/db;hsqldb.tx=mvcc;hsqldb.write_delay=false;shutdown=true";
    }

    private static TwoDatabases databases(Path place, boolean inMemory) throws Exception {
        MemoryLink.PostOffice office = new MemoryLink.PostOffice();
        UnaryOperator<LinkFactory> links = inMemory ? files -> (type, max) -> new MemoryLink(office, type.address(), max) : files -> files;
        return new TwoDatabases(place, links, links);
    }

    /** As it is when the connection to a database server breaks at the wrong moment. */
    @Test
    void aCommitThatSucceedsAndSaysThatItFailedIsNotRepeated() throws Exception {
        boolean[] broken = new boolean[1];
        StepGuard doubtful = new StepGuard() {
            @Override
            public <T, X extends Exception> T perform(DurableStep step, Effect<T, X> effect) throws X {
                T result = effect.run();
                if (step == DurableStep.APPLY && !broken[0]) {
                    broken[0] = true;
                    throw CrashTest.<RuntimeException>sneaky(new SQLTransientException("the connection broke", "08006"));
                }
                return result;
            }
        };
        try (TwoDatabases two = TwoDatabases.over(folder).started()) {
            two.branch.guard(doubtful);
            two.hq.insert(1, "one").insert(2, "two");
            for (int i = 0; i < 40 && !broken[0]; i++) {
                try {
                    two.turn(Duration.ofMillis(250));
                } catch (SQLException expected) {
                    assertThat(expected.getMessage()).isEqualTo("the connection broke");
                }
            }
            assertThat(broken[0]).isTrue();
            two.converge(40);
            assertThat(two.branch.neighbour("receive_state")).isEqualTo("ACTIVE");
        }
    }

    @SuppressWarnings("unchecked")
    private static <X extends Exception> X sneaky(Exception failed) throws X {
        throw (X) failed;
    }
}
