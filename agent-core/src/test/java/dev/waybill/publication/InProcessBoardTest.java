// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class InProcessBoardTest {

    private static final UUID HISTORY = new UUID(1, 1);

    private final InProcessBoard board = new InProcessBoard();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aWriterPlansUnderTheNewestCatalogueAndKeepsItUntilItEnds() {
        board.announce(version(1));
        CatalogueBoard.Writer writer = board.register();
        assertThat(version(writer)).isEqualTo(1);
        board.announce(version(2));
        assertThat(version(writer)).isEqualTo(1);
        writer.end();
        assertThat(version(writer)).isEqualTo(2);
    }

    @Test
    void olderCataloguesOfOneHistoryChangeNothingAndAnotherHistoryReplaces() {
        board.announce(version(5));
        board.announce(version(4));
        assertThat(board.catalogue().version()).isEqualTo(5);
        board.announce(new Catalogue(1, new UUID(2, 2), "x", List.of(), List.of(), List.of(), List.of()));
        assertThat(board.catalogue().version()).isEqualTo(1);
    }

    @Test
    void anAnnouncerWaitsOnlyForWritersThatBeganBefore() throws Exception {
        board.announce(version(1));
        try (CatalogueBoard.Writer early = board.register(); CatalogueBoard.Writer late = board.register()) {
            early.begin();
            board.announce(version(2));
            late.begin();
            assertThat(board.writersBefore(2)).isEqualTo(1);
            assertThat(board.awaitWritersBefore(2, Duration.ofMillis(1))).isFalse();
            Future<Boolean> waiting = threads.submit(() -> board.awaitWritersBefore(2, Duration.ofSeconds(120)));
            early.end();
            assertThat(waiting.get(120, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aWriterThatHasReadTheCatalogueButNotYetSaidSoIsSeen() {
        int[] seen = new int[1];
        InProcessBoard stopping = new InProcessBoard() {
            @Override
            Catalogue newest() {
                Catalogue read = super.newest();
                announce(version(2));
                seen[0] = writersBefore(2);
                return read;
            }
        };
        stopping.announce(version(1));
        InProcessBoard.Mark writer = stopping.register();
        assertThat(writer.begin().version()).isEqualTo(1);
        assertThat(seen).containsExactly(1);
        assertThat(stopping.writersBefore(2)).isEqualTo(1);
        writer.end();
        assertThat(stopping.writersBefore(2)).isZero();
    }

    @Test
    void aWriterThatClosesWithoutEndingIsNotWaitedFor() throws Exception {
        CatalogueBoard.Writer writer = board.register();
        writer.begin();
        Future<Boolean> waiting = threads.submit(() -> board.awaitWritersBefore(2, Duration.ofSeconds(120)));
        writer.close();
        assertThat(waiting.get(120, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aConnectionThatWasLostWithoutBeingClosedIsNotWaitedFor() throws Exception {
        lose();
        Future<Boolean> waiting = threads.submit(() -> board.awaitWritersBefore(2, Duration.ofSeconds(120)));
        await().atMost(120, TimeUnit.SECONDS).until(() -> {
            System.gc();
            return waiting.isDone();
        });
        assertThat(waiting.get()).isTrue();
    }

    private void lose() throws Exception {
        board.register().begin();
        assertThat(board.writersBefore(2)).isEqualTo(1);
    }

    @Test
    void commitsAndAnnouncementsWakeWhoeverAskedUntilHeCloses() throws Exception {
        AtomicInteger woken = new AtomicInteger();
        CatalogueBoard.CommitHandler handler = board.onCommit(woken::incrementAndGet);
        board.signalCommit();
        board.announce(version(1));
        assertThat(woken).hasValue(2);
        handler.close();
        board.signalCommit();
        assertThat(woken).hasValue(2);
    }

    @Test
    void whatWasKnownOfADatabaseIsForgottenWithItsLastConnection() {
        CatalogueBoard.Writer writer = board.register();
        board.announce(version(7));
        writer.close();
        assertThat(board.catalogue()).isSameAs(Catalogue.NONE);
    }

    @Test
    void oneDatabaseHasOneBoardAndNobodysBoardIsForgotten() {
        String key = "jdbc:h2:mem:" + UUID.randomUUID();
        InProcessBoard held = Boards.of(key);
        assertThat(Boards.of(key)).isSameAs(held);
        assertThat(Boards.of(key + "x")).isNotSameAs(held);
        assertThat(held.catalogue()).isSameAs(Catalogue.NONE);
        await().atMost(120, TimeUnit.SECONDS).until(() -> {
            System.gc();
            return !Boards.isKnown(key + "x");
        });
        assertThat(Boards.isKnown(key)).isTrue();
        assertThat(Boards.of(key)).isSameAs(held);
    }

    /** A writer says in {@code active}, without any fence of its own, under which version it works; after the wait none may say an older one. */
    @Test
    void noWriterIsMissedByAnAnnouncerUnderStress() throws Exception {
        int writers = 3;
        AtomicLongArray active = new AtomicLongArray(16 * writers);
        AtomicBoolean over = new AtomicBoolean();
        List<Future<?>> running = new ArrayList<>();
        board.announce(version(1));
        for (int i = 0; i < writers; i++) {
            int own = 16 * i;
            active.set(own, Long.MAX_VALUE);
            running.add(threads.submit(() -> {
                try (InProcessBoard.Mark writer = board.register()) {
                    while (!over.getOpaque()) {
                        active.setOpaque(own, writer.begin().version());
                        for (int work = 0; work < 20; work++) {
                            Thread.onSpinWait();
                        }
                        active.setOpaque(own, Long.MAX_VALUE);
                        writer.end();
                    }
                }
            }));
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
        long version = 1;
        while (System.nanoTime() < end || version <= 100) {
            board.announce(version(++version));
            assertThat(board.awaitWritersBefore(version, Duration.ofSeconds(120))).isTrue();
            for (int look = 0; look < 10; look++) {
                for (int i = 0; i < writers; i++) {
                    long works = active.getAcquire(16 * i);
                    if (works < version) {
                        over.set(true);
                        assertThat(works).as("a writer under it after the wait for it").isGreaterThanOrEqualTo(version);
                    }
                }
            }
        }
        over.set(true);
        for (Future<?> writer : running) {
            writer.get(120, TimeUnit.SECONDS);
        }
    }

    private static long version(CatalogueBoard.Writer writer) {
        return ((InProcessBoard.Mark) writer).begin().version();
    }

    private static Catalogue version(long version) {
        return new Catalogue(version, HISTORY, "hq", List.of(), List.of(), List.of(), List.of());
    }
}
