// SPDX-License-Identifier: Apache-2.0
package dev.waybill.link.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reading from a consumer in memory: what a real broker shows seldom. */
class ReadingTest {

    private static final TopicPartition HQ = new TopicPartition("waybill-hq", 0);
    private static final TopicPartition SHOP = new TopicPartition("waybill-shop", 0);
    private static final Duration LONG = Duration.ofSeconds(120);
    private static final byte[] KEY = "branch".getBytes(StandardCharsets.UTF_8);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");
    private final Shelves shelves = new Shelves();
    private final Reading reading = new Reading(() -> consumer, KEY, 100, shelves);
    private volatile byte[] stored;

    @AfterEach
    void close() {
        shelves.close();
    }

    private void begin() {
        Thread thread = new Thread(reading, "reading");
        thread.setDaemon(true);
        thread.start();
    }

    private void write(TopicPartition place, long offset, byte[] key, byte[] value) {
        consumer.schedulePollTask(() -> consumer.addRecord(new ConsumerRecord<>(place.topic(), place.partition(), offset, key, value)));
    }

    private List<Long> offsets() {
        return shelves.lying(100).stream().map(found -> found.message().offset()).toList();
    }

    @Test
    void whatIsReachedIsTheFirstThatIsNotDoneWith() throws Exception {
        shelves.read(HQ, "id", 5);
        for (int offset = 5; offset < 10; offset++) {
            write(HQ, offset, offset == 6 ? new byte[] {1} : KEY, new byte[] {(byte) offset});
        }
        begin();
        assertThat(shelves.await(Map.of(HQ, 10L), LONG)).isTrue();
        assertThat(offsets()).containsExactly(5L, 7L, 8L, 9L);
        shelves.delete(HQ, "id", 7);
        assertThat(shelves.reached()).containsExactly(Map.entry("waybill-hq/0", "id@5"));
        shelves.delete(HQ, "id", 5);
        assertThat(shelves.reached()).containsExactly(Map.entry("waybill-hq/0", "id@8"));
        shelves.delete(HQ, "another topic's", 8);
        shelves.delete(HQ, "id", 8);
        shelves.delete(HQ, "id", 9);
        assertThat(shelves.reached()).containsExactly(Map.entry("waybill-hq/0", "id@10"));
    }

    @Test
    void whatCannotBeUnpackedIsPassedOver() throws Exception {
        shelves.read(HQ, "id", 0);
        shelves.read(SHOP, "id", 0);
        consumer.schedulePollTask(() -> consumer.setPollException(new KafkaException("Received exception when fetching the next record from waybill-hq-0. If needed, please seek past the record to continue consumption.", new NoClassDefFoundError("zstd"))));
        consumer.schedulePollTask(() -> { });
        write(HQ, 1, KEY, new byte[] {1});
        begin();
        assertThat(shelves.await(Map.of(HQ, 2L), LONG)).isTrue();
        assertThat(offsets()).containsExactly(1L);
    }

    @Test
    void whatTheClusterRefusesIsToldToWhoAsksAndTriedAgain() throws Exception {
        shelves.read(HQ, "id", 0);
        consumer.schedulePollTask(() -> consumer.setPollException(new TopicAuthorizationException("not you")));
        begin();
        assertThatThrownBy(() -> shelves.await(Map.of(HQ, 1L), LONG)).isInstanceOf(TopicAuthorizationException.class);
        write(HQ, 0, KEY, new byte[] {1});
        assertThat(shelves.await(Map.of(HQ, 1L), LONG)).isTrue();
    }

    @Test
    void contentThatNobodyAsksForIsBounded() throws Exception {
        Shelves large = new Shelves();
        large.read(HQ, "id", 0);
        int most = (int) (Shelves.UNREAD_BYTES >> 20);
        for (int offset = 0; offset < 2 * most; offset++) {
            write(HQ, offset, KEY, new byte[1 << 20]);
        }
        Thread thread = new Thread(new Reading(() -> consumer, KEY, 1 << 20, large), "reading");
        thread.setDaemon(true);
        thread.start();
        assertThat(large.await(Map.of(HQ, 2L * most), LONG)).isTrue();
        assertThat(large.lying(1_000)).hasSize(most);
        for (int offset : IntStream.range(0, most).toArray()) {
            assertThat(large.content(HQ, "id", offset, LONG)).hasSize(1 << 20);
        }
        assertThat(large.await(Map.of(HQ, 2L * most), LONG)).isTrue();
        assertThat(large.lying(1_000)).as("all of them, half of them handed out").hasSize(2 * most);
        large.close();
    }

    @Test
    void whatIsReadOnceMoreIsOfTheTopicThatIsThereNow() throws Exception {
        for (byte life = 1; life <= 2; life++) {
            stored = new byte[] {life};
            shelves.read(HQ, "id" + life, 0);
            if (life == 1) {
                consumer.schedulePollTask(this::store);
                begin();
            }
            assertThat(shelves.await(Map.of(HQ, 1L), LONG)).isTrue();
            for (int time = 0; time < 3; time++) {
                assertThat(shelves.content(HQ, "id" + life, 0, LONG)).containsExactly(life);
            }
        }
    }

    /** The first record of the partition is there whenever it is looked for. */
    private void store() {
        if (consumer.position(HQ) == 0) {
            consumer.addRecord(new ConsumerRecord<>(HQ.topic(), HQ.partition(), 0, KEY, stored));
        }
        consumer.schedulePollTask(this::store);
    }

    @Test
    void bothSidesComputeThePartitionOfAKeyInTheSameWayForEver() {
        assertThat(IntStream.of(1, 3, 16, 50).map(partitions -> Topics.partitionOf("branch", partitions)).toArray()).containsExactly(0, 1, 15, 9);
    }
}
