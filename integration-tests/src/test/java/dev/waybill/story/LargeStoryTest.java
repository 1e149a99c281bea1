// SPDX-License-Identifier: Apache-2.0
package dev.waybill.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Types;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions and values that are far larger than a message, through the shortest messages that may be set, while some of them get lost. */
class LargeStoryTest {

    @TempDir
    private Path folder;

    /** Takes away about every tenth message that it sees. */
    private static final class Thief implements AutoCloseable {

        private final AtomicBoolean stop = new AtomicBoolean();
        private final AtomicInteger stolen = new AtomicInteger();
        private final Thread thread;

        Thief(Path mailbox) {
            Random random = new Random(1);
            thread = new Thread(() -> {
                while (!stop.get() && stolen.get() < 30) {
                    steal(mailbox, random);
                }
            }, "thief");
            thread.start();
        }

        private void steal(Path mailbox, Random random) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(mailbox, "*.msg")) {
                for (Path file : files) {
                    if (random.nextInt(10) == 0 && Files.deleteIfExists(file)) {
                        stolen.incrementAndGet();
                    }
                }
            } catch (IOException away) {
                Thread.onSpinWait();
            }
        }

        @Override
        public void close() {
            stop.set(true);
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void largeTransactionsAndValuesArriveWholeThoughMessagesAreShortAndSomeGetLost() throws Exception {
        try (Site hq = new Site(folder, "hq").set("waybill.message-bytes", "10000"); Site branch = new Site(folder, "branch").set("waybill.message-bytes", "10000")) {
            hq.say("CREATE TABLE score (id INT PRIMARY KEY, text CLOB, sound BLOB, doc JSON)", "CREATE TABLE note (id INT PRIMARY KEY, pitch DOUBLE PRECISION, label VARCHAR(100))");
            hq.publisher().above("branch").say("CREATE PUBLICATION music (TABLE score, TABLE note)", "CREATE SUBSCRIPTION TO music FOR branch", "SYNCHRONIZE SUBSCRIPTION TO music FOR branch");
            branch.publisher().below("hq");
            branch.awaitEqual(hq, "score", "note");
            try (Thief thief = new Thief(folder.resolve("messages").resolve("branch"))) {
                values(hq);
                hq.say("INSERT INTO note SELECT x, RAND(), 'note ' || x FROM SYSTEM_RANGE(1, 20000)", "UPDATE note SET pitch = pitch * 2 WHERE MOD(id, 3) = 0", "DELETE FROM note WHERE MOD(id, 5) = 0");
                branch.awaitEqual(hq, "score", "note");
                assertThat(thief.stolen.get()).as("messages that were lost").isPositive();
            }
            assertThat(branch.number("SELECT LENGTH(text) FROM score WHERE id = 1")).isEqualTo(3_000_000);
            assertThat(branch.number("SELECT OCTET_LENGTH(sound) FROM score WHERE id = 1")).isEqualTo(3_000_001);
            assertThat(branch.number("SELECT COUNT(*) FROM waybill.staged_part")).isZero();
        }
    }

    private static void values(Site hq) throws Exception {
        Random random = new Random(2);
        byte[] sound = new byte[3_000_001];
        random.nextBytes(sound);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 3_000_000; i++) {
            text.append((char) (random.nextInt(20) == 0 ? 0x3b1 + random.nextInt(24) : 'a' + random.nextInt(26)));
        }
        try (Connection connection = hq.connect(); PreparedStatement insert = connection.prepareStatement("INSERT INTO score VALUES (?, ?, ?, ?)")) {
            connection.setAutoCommit(false);
            insert.setInt(1, 1);
            insert.setCharacterStream(2, new StringReader(text.toString()), text.length());
            insert.setBinaryStream(3, new ByteArrayInputStream(sound), sound.length);
            insert.setBytes(4, "{\"a\":[1,2,3]}".getBytes(StandardCharsets.UTF_8));
            insert.executeUpdate();
            insert.setInt(1, 2);
            insert.setClob(2, new StringReader("short"));
            insert.setNull(3, Types.BLOB);
            insert.setNull(4, Types.OTHER);
            insert.executeUpdate();
            connection.commit();
        }
    }
}
