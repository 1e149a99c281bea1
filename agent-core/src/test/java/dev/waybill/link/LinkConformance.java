// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every link does, over whatever way. */
abstract class LinkConformance {

    static final int MAX = 20_000;

    Link hq;
    Link branch;

    /** A link with this own address, all in one network for each test. */
    abstract Link open(String ownAddress) throws Exception;

    /** How many are many here, where each may be a round trip. */
    int many() {
        return 200;
    }

    /** How often something was put aside for this link, and why. */
    abstract List<String> quarantineReasons(String ownAddress) throws Exception;

    @BeforeEach
    void openBoth() throws Exception {
        hq = open("hq");
        branch = open("branch");
    }

    @AfterEach
    void closeBoth() {
        hq.close();
        branch.close();
    }

    @Test
    void whatWasSentIsReadByteForByte() throws Exception {
        for (int size : new int[] {0, 1, 255, MAX}) {
            byte[] message = new byte[size];
            new Random(size).nextBytes(message);
            hq.send("branch", message);
            Link.Arrival arrival = branch.list(10).get(0);
            assertThat(branch.read(arrival)).isEqualTo(message);
            assertThat(arrival.sizeBytes()).isIn(-1L, (long) size);
            branch.delete(arrival);
        }
        assertThat(branch.list(10)).isEmpty();
    }

    @Test
    void aMessageIsListedUntilItIsDeleted() throws Exception {
        hq.send("branch", new byte[] {1});
        List<Link.Arrival> first = branch.list(10);
        assertThat(first).hasSize(1);
        assertThat(branch.list(10)).isEqualTo(first);
        branch.delete(first.get(0));
        assertThat(branch.list(10)).isEmpty();
    }

    @Test
    void aMessageGoesOnlyToItsAddress() throws Exception {
        hq.send("branch", new byte[] {1});
        assertThat(hq.list(10)).isEmpty();
        assertThat(branch.list(10)).hasSize(1);
    }

    @Test
    void theListIsBoundedAndBeginsWithTheOldest() throws Exception {
        for (byte i = 0; i < 25; i++) {
            hq.send("branch", new byte[] {i});
        }
        List<Link.Arrival> some = branch.list(10);
        assertThat(some).hasSize(10);
        for (byte i = 0; i < 10; i++) {
            assertThat(branch.read(some.get(i))).containsExactly(i);
        }
    }

    @Test
    void whatIsGoneIsReadAsNullAndCountsAsDeleted() throws Exception {
        hq.send("branch", new byte[] {1});
        Link.Arrival arrival = branch.list(10).get(0);
        branch.delete(arrival);
        assertThat(branch.read(arrival)).isNull();
        branch.delete(arrival);
    }

    @Test
    void oversizeShowsAsOneByteTooMany() throws Exception {
        hq.send("branch", new byte[MAX + 500]);
        assertThat(branch.read(branch.list(1).get(0))).hasSize(MAX + 1);
    }

    @Test
    void quarantineTakesAMessageOutAndKeepsTheReason() throws Exception {
        hq.send("branch", new byte[] {1});
        branch.quarantine(branch.list(1).get(0), "not a message");
        assertThat(branch.list(10)).isEmpty();
        assertThat(quarantineReasons("branch")).singleElement().asString().contains("not a message");
    }

    @Test
    void arrivalWakesTheReceiver() throws Exception {
        AtomicInteger woken = new AtomicInteger();
        branch.onArrival(woken::incrementAndGet);
        branch.list(1);
        hq.send("branch", new byte[] {1});
        Awaitility.await().atMost(Duration.ofSeconds(120)).until(() -> woken.get() > 0);
    }

    @Test
    void whatTheSenderDoesWithItsArrayLaterDoesNotMatter() throws Exception {
        byte[] message = {1, 2, 3};
        hq.send("branch", message);
        message[0] = 9;
        assertThat(branch.read(branch.list(1).get(0))).containsExactly(1, 2, 3);
    }

    @Test
    void manySentSoonAreThereWholeAndInTheirOrderAfterAFlush() throws Exception {
        for (int i = 0; i < many(); i++) {
            byte[] message = new byte[MAX];
            new Random(i).nextBytes(message);
            hq.sendSoon("branch", message);
        }
        hq.flush();
        List<Link.Arrival> arrivals = branch.list(1_000);
        assertThat(arrivals).hasSize(many());
        for (int i = 0; i < many(); i++) {
            byte[] expected = new byte[MAX];
            new Random(i).nextBytes(expected);
            assertThat(branch.read(arrivals.get(i))).isEqualTo(expected);
        }
    }
}
