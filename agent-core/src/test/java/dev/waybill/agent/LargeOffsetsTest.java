// SPDX-License-Identifier: Apache-2.0
package dev.waybill.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.message.Envelope;
import dev.waybill.message.MessageHeader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A journal that has grown for years: offsets of more than 32 bits, headers of more than ten digits, through messages, parts, losses, resend requests, restarts and trimming. */
class LargeOffsetsTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {(1L << 32) - 1_000, 9_999_999_000L, Long.MAX_VALUE - 4_000_000})
    void journalThatBeginsFarOutReachesTheReplica(long start) throws Exception {
        List<MessageHeader> headers = new ArrayList<>();
        AgentEvents seen = new AgentEvents() {
            @Override
            public void sent(Envelope envelope, int bytes) {
                headers.add(envelope.header());
            }
        };
        try (TwoDatabases two = TwoDatabases.over(folder)) {
            two.hq.with(seen).say("UPDATE waybill.journal_head SET log_offset = " + start + ", trimmed_to = " + start, "UPDATE waybill.remote_user SET log_scanned = " + start);
            two.started();
            two.hq.insert(1, "one");
            two.converge(40);
            two.hq.insert(2, text(40)).insert(3, text(700_000)).insert(4, text(40));
            two.hq.turn();
            lose();
            two.hq.restart();
            two.branch.restart();
            two.converge(200);
            two.hq.insert(5, "five").write(writes -> writes.delete(3));
            two.converge(40);
            long head = Long.parseLong(two.hq.rows("SELECT log_offset FROM waybill.journal_head").strip());
            assertThat(head).isGreaterThan(start + 600_000);
            assertThat(Long.parseLong(two.hq.neighbour("confirm_sent"))).isEqualTo(head);
            assertThat(Long.parseLong(two.branch.neighbour("log_received"))).isEqualTo(head);
        }
        assertThat(headers).anySatisfy(header -> assertThat(header.isLastPart()).isTrue());
        assertThat(headers).allSatisfy(header -> assertThat(MessageHeader.parse(header.toString())).isEqualTo(header));
        String last = headers.get(headers.size() - 1).toString();
        assertThat(last).contains(Long.toString(start).substring(0, Long.toString(start).length() - 8));
    }

    private static String text(int length) {
        return new Random(length).ints(length, 'a', 'z').collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    /** Every second message that lies there. */
    private void lose() throws Exception {
        int count = 0;
        try (DirectoryStream<Path> messages = Files.newDirectoryStream(folder.resolve("branch"), "*.msg")) {
            for (Path message : messages) {
                if (count++ % 2 == 0) {
                    Files.delete(message);
                }
            }
        }
    }
}
