// SPDX-License-Identifier: Apache-2.0
package dev.waybill.ordeal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.waybill.databases.MortalPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disk, folder, network and clock fail under agents that are real processes, while the application works: it goes on by itself as soon as the cause is gone, and nothing is lost, twice or half. */
@Tag("extended")
class SurroundingsFailTest {

    private static final Duration BY_ITSELF = Duration.ofSeconds(120);
    private static final int COMES_THERE_WITHIN_SECONDS = 120;

    @TempDir
    private Path directory;

    private MortalPostgres server;
    private Ledger ledger;

    @BeforeEach
    void start() throws Exception {
        server = MortalPostgres.start(directory);
        ledger = new Ledger(directory, server.database("hq").url(), server.database("branch").url(), 1);
    }

    @AfterEach
    void stop() throws Exception {
        ledger.close();
        server.close();
    }

    private Path running(Path messages) throws Exception {
        ledger.setUp(messages);
        ledger.keepRunning();
        ledger.awaitProgress(BY_ITSELF);
        return messages;
    }

    @Test
    void agentThatWasStoppedLongerThanItsLeaseCannotWriteAnyMore() throws Exception {
        running(directory.resolve("messages"));
        Child late = ledger.hqAgent();
        late.aim("AFTER", "SEQUENCE", 2);
        assertThat(late.awaitStop(COMES_THERE_WITHIN_SECONDS)).isTrue();
        late.signal("STOP");
        String before = Ledger.text(ledger.hqUrl(), "SELECT token FROM waybill.lease");
        Child other = ledger.startAgent(ledger.hqUrl(), "other");
        try {
            Awaitility.await().atMost(BY_ITSELF).until(() -> !Ledger.text(ledger.hqUrl(), "SELECT token FROM waybill.lease").equals(before));
            ledger.awaitProgress(BY_ITSELF);
            String holder = Ledger.text(ledger.hqUrl(), "SELECT token || ' ' || holder FROM waybill.lease");
            late.signal("CONT");
            late.goOn();
            ledger.awaitProgress(BY_ITSELF);
            assertThat(Ledger.text(ledger.hqUrl(), "SELECT token || ' ' || holder FROM waybill.lease")).as("who may write").isEqualTo(holder);
            assertThat(late.isAlive()).isTrue();
        } finally {
            other.kill();
        }
        ledger.settle(BY_ITSELF);
    }

    /** It holds the lease's row in an open transaction, which the server ends after a while. */
    @Test
    void agentThatIsStoppedInTheMidstOfATransactionIsTakenOverAndCannotCommitIt() throws Exception {
        running(directory.resolve("messages"));
        Child late = ledger.hqAgent();
        late.aim("BEFORE", "SEQUENCE", 2);
        assertThat(late.awaitStop(COMES_THERE_WITHIN_SECONDS)).isTrue();
        late.signal("STOP");
        Child other = ledger.startAgent(ledger.hqUrl(), "other");
        try {
            ledger.awaitProgress(BY_ITSELF);
            String holder = Ledger.text(ledger.hqUrl(), "SELECT token || ' ' || holder FROM waybill.lease");
            late.signal("CONT");
            late.goOn();
            ledger.awaitProgress(BY_ITSELF);
            assertThat(Ledger.text(ledger.hqUrl(), "SELECT token || ' ' || holder FROM waybill.lease")).as("who may write").isEqualTo(holder);
            assertThat(late.isAlive()).isTrue();
            ledger.settle(BY_ITSELF);
        } finally {
            other.kill();
        }
    }

    @Test
    void fullDiskUnderTheMessagesStopsThemAndNothingElse() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("small"), 8)) {
            assumeTrue(disk != null, "this process may not mount a file system: not tried");
            running(directory.resolve("small").resolve("messages"));
            disk.fill();
            int before = ledger.committed();
            Awaitility.await().atMost(BY_ITSELF).until(() -> ledger.committed() > before + 20);
            TimeUnit.SECONDS.sleep(2);
            disk.empty();
            ledger.awaitProgress(BY_ITSELF);
            ledger.settle(BY_ITSELF);
        }
    }

    @Test
    void folderThatCannotBeWrittenStopsMessagesAndNothingElse() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("small"), 30)) {
            assumeTrue(disk != null, "this process may not mount a file system: not tried");
            running(directory.resolve("small").resolve("messages"));
            Awaitility.await().atMost(BY_ITSELF).ignoreExceptions().until(() -> {
                disk.readOnly(true); // not while a file is open for writing
                return true;
            });
            int before = ledger.committed();
            Awaitility.await().atMost(BY_ITSELF).until(() -> ledger.committed() > before + 20);
            TimeUnit.SECONDS.sleep(2);
            disk.readOnly(false);
            ledger.awaitProgress(BY_ITSELF);
            ledger.settle(BY_ITSELF);
        }
    }

    @Test
    void folderInWhosePlaceAFileStandsIsWaitedFor() throws Exception {
        Path messages = running(directory.resolve("messages"));
        Path away = directory.resolve("away");
        Files.move(messages, away);
        try {
            Files.writeString(messages, "not a folder");
        } catch (java.nio.file.FileSystemException madeAgain) {
            assertThat(messages).isDirectory(); // an agent was faster: then all that is in the old one is lost on the way
        }
        int before = ledger.committed();
        Awaitility.await().atMost(BY_ITSELF).until(() -> ledger.committed() > before + 20);
        TimeUnit.SECONDS.sleep(2);
        if (Files.isRegularFile(messages)) {
            Files.delete(messages);
            Files.move(away, messages);
        }
        ledger.awaitProgress(BY_ITSELF);
        ledger.settle(BY_ITSELF);
    }

    @Test
    void networkThatIsCutBetweenAgentAndDatabaseIsWaitedFor() throws Exception {
        try (Cable cable = new Cable(server.port())) {
            ledger.letHqAgentConnectBy(ledger.hqUrl().replace(":" + server.port() + "/", ":" + cable.port() + "/"));
            running(directory.resolve("messages"));
            for (int i = 0; i < 3; i++) {
                cable.pull();
                TimeUnit.SECONDS.sleep(2);
                cable.plugIn();
                ledger.awaitProgress(BY_ITSELF);
            }
            cable.swallow();
            TimeUnit.SECONDS.sleep(4);
            cable.plugIn();
            ledger.awaitProgress(BY_ITSELF);
            ledger.settle(BY_ITSELF);
        }
    }

    @Test
    void serverThatIsKilledWhileEverybodyWorksIsWaitedFor() throws Exception {
        running(directory.resolve("messages"));
        for (int i = 0; i < 3; i++) {
            server.kill();
            TimeUnit.SECONDS.sleep(1);
            server.restart();
            ledger.awaitProgress(BY_ITSELF);
        }
        ledger.settle(BY_ITSELF);
    }
}
