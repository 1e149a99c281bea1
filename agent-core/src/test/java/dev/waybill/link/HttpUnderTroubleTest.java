// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.link.Link.Arrival;
import dev.waybill.link.Link.LinkException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP through connections that are cut, half closed and slow, in both directions. */
class HttpUnderTroubleTest {

    private static final int MAX = 20_000;
    private static final int MESSAGES = 40;
    private static final Duration WITHIN = Duration.ofSeconds(20);

    @TempDir
    Path temp;

    @Test
    void whatIsTakenArrivesWholeHoweverTheNetworkBehaves() throws Exception {
        try (HttpOffice office = new HttpOffice(temp, "hq", MAX, 1_000, (name, message) -> true); TroubledProxy proxy = new TroubledProxy(office.server.port(), 5);
                Link hq = office.link("hq", MAX); Link branch = office.link("branch", MAX, proxy.port(), WITHIN)) {
            for (int i = 0; i < MESSAGES; i++) {
                hq.send("branch", message(i));
                sendUntilTaken(branch, message(i));
            }
            hq.flush();
            assertThat(taken(branch)).containsExactlyElementsOf(numbers());
            assertThat(taken(hq)).as("some of them came twice: their answer was cut").containsExactlyElementsOf(numbers());
        }
    }

    @Test
    void bundlesArriveWholeHoweverTheNetworkBehaves() throws Exception {
        try (HttpOffice office = new HttpOffice(temp, "hq", MAX, 1_000, (name, message) -> true); TroubledProxy proxy = new TroubledProxy(office.server.port(), 7);
                Link hq = office.link("hq", MAX); Link branch = office.link("branch", MAX, proxy.port(), WITHIN)) {
            for (int i = 0; i < MESSAGES; i++) {
                hq.send("branch", message(i));
            }
            sendTogetherUntilTaken(branch);
            assertThat(taken(branch)).containsExactlyElementsOf(numbers());
            assertThat(taken(hq)).containsExactlyElementsOf(numbers());
        }
    }

    private static void sendTogetherUntilTaken(Link link) {
        for (int attempt = 1; ; attempt++) {
            try {
                for (int i = 0; i < MESSAGES; i++) {
                    link.sendSoon("hq", message(i));
                }
                link.flush();
                return;
            } catch (LinkException cut) {
                assertThat(attempt).as(cut.getMessage()).isLessThan(500);
            }
        }
    }

    private static List<Integer> numbers() {
        return IntStream.range(0, MESSAGES).boxed().toList();
    }

    private static byte[] message(int number) {
        byte[] message = new byte[4 + new Random(number).nextInt(MAX - 4)];
        new Random(number).nextBytes(message);
        ByteBuffer.wrap(message).putInt(number);
        return message;
    }

    static void sendUntilTaken(Link link, byte[] message) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                link.send("hq", message);
                return;
            } catch (LinkException cut) {
                assertThat(attempt).as(cut.getMessage()).isLessThan(200);
            }
        }
    }

    /** Reads and deletes all that is there; nothing is ever read that was not sent. */
    private static Set<Integer> taken(Link link) {
        Set<Integer> numbers = new LinkedHashSet<>();
        boolean empty = false;
        for (int attempt = 1; !empty; attempt++) {
            assertThat(attempt).isLessThan(500);
            try {
                List<Arrival> arrivals = link.list(10);
                for (Arrival arrival : arrivals) {
                    byte[] message = link.read(arrival);
                    if (message != null) { // null: deleted before, and the answer was cut
                        int number = ByteBuffer.wrap(message).getInt();
                        assertThat(message).isEqualTo(message(number));
                        numbers.add(number);
                        link.deleteSoon(arrival);
                    }
                }
                empty = arrivals.isEmpty();
            } catch (LinkException cut) {
                assertThat(cut).hasMessageContaining("head office");
            }
        }
        return numbers;
    }
}
