// SPDX-License-Identifier: Apache-2.0
package dev.waybill.publication;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.change.TableName;
import dev.waybill.dialect.Dialect;
import dev.waybill.dialect.Dialects;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The guarantee of a publication that comes into force while applications write: a row that was committed uncaptured, under a catalogue without the publication, is in every snapshot taken after the wait for writers. The writers do
 * what capture does: begin before they plan, compare at an explicit commit, end after it.
 */
class PublishingWhileWritingTest {

    private static final TableName TABLE = new TableName("PUBLIC", "T");
    private static final int WRITERS = 4;

    /** Writers that take their time are met between planning and writing, and between comparing and committing. */
    private static final long PACE_NANOS = 300_000;

    private final String url = "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
    private final InProcessBoard board = new InProcessBoard();
    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger refused = new AtomicInteger();
    /** Rows committed without capture, by id, with the version under which they were planned. */
    private final Map<Integer, Long> uncaptured = new ConcurrentHashMap<>();

    @Test
    @Timeout(300)
    void noWriteFallsBetweenCaptureAndSnapshot() throws Exception {
        try (Connection raw = DriverManager.getConnection(url); Statement statement = raw.createStatement()) {
            Dialect dialect = Dialects.of(raw);
            statement.execute("CREATE TABLE t (id INT PRIMARY KEY)");
            Administration administration = new Administration(raw, dialect, board, InstantSource.system(), false, Duration.ofSeconds(20));
            new Users(administration).grantPublish("hq");
            ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int seed = i;
                writers.add(threads.submit(() -> write(seed)));
            }
            Map<Long, Set<Integer>> snapshots = publishAgainAndAgain(administration);
            over.set(true);
            for (Future<?> writer : writers) {
                writer.get(120, TimeUnit.SECONDS);
            }
            threads.shutdown();

            assertThat(uncaptured).isNotEmpty();
            snapshots.forEach((version, rows) -> assertThat(uncapturedBefore(version).filter(id -> !rows.contains(id))).as("missing in the snapshot of %s", version).isEmpty());
            statement.execute("SHUTDOWN");
        }
    }

    private IntStream uncapturedBefore(long version) {
        return uncaptured.entrySet().stream().filter(row -> row.getValue() < version).mapToInt(Map.Entry::getKey);
    }

    /** By version: the rows that were there after the wait. */
    private Map<Long, Set<Integer>> publishAgainAndAgain(Administration administration) throws Exception {
        Map<Long, Set<Integer>> snapshots = new TreeMap<>();
        Publications publications = new Publications(administration);
        TableReference table = new TableReference(null, new Identifier("t", false), List.of());
        while (snapshots.size() < 8 || refused.get() == 0) {
            int before = uncaptured.size();
            Awaitility.await().pollInterval(Duration.ofMillis(1)).atMost(Duration.ofSeconds(120)).until(() -> uncaptured.size() > before + 30);
            publications.create("p", List.of(table));
            Publication published = board.catalogue().publication("p").orElseThrow();
            assertThat(board.awaitWritersBefore(published.sinceVersion(), Duration.ofSeconds(120))).isTrue();
            snapshots.put(published.sinceVersion(), rows(administration.raw()));
            publications.drop("p");
        }
        return snapshots;
    }

    private Void write(int seed) throws SQLException {
        SplittableRandom random = new SplittableRandom(seed);
        try (Connection raw = DriverManager.getConnection(url); CatalogueBoard.Writer mark = board.register();
                PreparedStatement insert = raw.prepareStatement("INSERT INTO t VALUES (?)")) {
            while (!over.get()) {
                Catalogue planned = mark.begin();
                boolean captures = planned.captured(TABLE) != null;
                if (captures || random.nextBoolean()) {
                    autoCommit(insert, planned, captures);
                } else {
                    transaction(raw, insert, planned, random);
                }
                mark.end();
            }
        }
        return null;
    }

    private void autoCommit(PreparedStatement insert, Catalogue planned, boolean captures) throws SQLException {
        int id = insert(insert);
        if (!captures) {
            uncaptured.put(id, planned.version());
        }
    }

    private void transaction(Connection raw, PreparedStatement insert, Catalogue planned, SplittableRandom random) throws SQLException {
        raw.setAutoCommit(false);
        List<Integer> written = new ArrayList<>();
        for (int i = random.nextInt(1, 8); i > 0; i--) {
            written.add(insert(insert));
        }
        if (board.catalogue().becamePublished(planned, List.of(TABLE)).isEmpty()) {
            LockSupport.parkNanos(PACE_NANOS);
            raw.commit();
            written.forEach(id -> uncaptured.put(id, planned.version()));
        } else {
            raw.rollback();
            refused.incrementAndGet();
        }
        raw.setAutoCommit(true);
    }

    private int insert(PreparedStatement insert) throws SQLException {
        int id = ids.incrementAndGet();
        insert.setInt(1, id);
        LockSupport.parkNanos(PACE_NANOS);
        insert.executeUpdate();
        return id;
    }

    private static Set<Integer> rows(Connection raw) throws SQLException {
        Set<Integer> rows = new HashSet<>();
        try (Statement statement = raw.createStatement(); ResultSet row = statement.executeQuery("SELECT id FROM t")) {
            while (row.next()) {
                rows.add(row.getInt(1));
            }
        }
        return rows;
    }
}
