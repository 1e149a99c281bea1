// SPDX-License-Identifier: Apache-2.0
package dev.waybill.apply;

import dev.waybill.apply.ReceivedTransaction.InMemory;
import dev.waybill.change.ShapeCache;
import dev.waybill.change.TransactionReader;
import dev.waybill.change.TransactionRecord;
import dev.waybill.change.TransactionRecord.Change;
import dev.waybill.change.TransactionRecord.Passthrough;
import dev.waybill.change.TransactionRecord.SnapshotStart;
import dev.waybill.durable.Uninterrupted;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/**
 * Reads the next of many transactions in another thread while the database performs those before them: taking them apart is a third of an apply. Only what lies in memory whole and is simple; the rest is read by whoever performs it, as is
 * what turns out to be unreadable, so that what goes wrong is said in its turn. Bounded. One thread, and the executor's.
 *
 * <pre>
 *   transactions  ──┤ performed ├── chunk, read ──┬── chunk, read ──┬── chunk, being read ──┤ not yet looked at ──►
 * </pre>
 *
 * It goes on from one apply to the next, during the commit between them, as long as these take the transactions in their order.
 */
final class ReadAhead {

    /** Fewer are read sooner than another thread wakes up. */
    private static final int LEAST = 100;
    private static final int CHUNK = 200;
    /** Of encoded transactions; one that is longer is not read ahead. */
    private static final int CHUNK_BYTES = 128 << 10;
    private static final int CHUNKS = 3;

    private final Executor executor;
    /** For the executor's thread. */
    private final ShapeCache shapes = new ShapeCache();
    private final Deque<Chunk> chunks = new ArrayDeque<>();
    private List<ReceivedTransaction> transactions = List.of();
    private int looked;

    /** @param executor performs one task after the other; the caller's own thread will do */
    ReadAhead(Executor executor) {
        this.executor = executor;
    }

    /** Some transactions that follow one another. */
    private static final class Chunk {
        private final List<ReceivedTransaction> transactions;
        private final FutureTask<List<List<Change>>> reading;
        private int next;

        private Chunk(List<ReceivedTransaction> transactions, ShapeCache shapes) {
            this.transactions = transactions;
            this.reading = new FutureTask<>(() -> transactions.stream().map(transaction -> read(transaction, shapes)).toList());
        }
    }

    /** These will be asked for, as many of them as are, in their order. */
    void begin(List<ReceivedTransaction> wanted) {
        if (chunks.isEmpty() || next(chunks.getFirst()) != wanted.get(0)) {
            chunks.clear();
            transactions = wanted.size() < LEAST ? List.of() : wanted;
            looked = 0;
        }
        fill();
    }

    private static ReceivedTransaction next(Chunk chunk) {
        return chunk.transactions.get(chunk.next);
    }

    private void fill() {
        while (looked < transactions.size() && chunks.size() < CHUNKS) {
            int from = looked;
            int bytes = 0;
            while (looked < transactions.size() && looked - from < CHUNK && bytes < CHUNK_BYTES) {
                bytes += bytes(transactions.get(looked++));
            }
            Chunk chunk = new Chunk(List.copyOf(transactions.subList(from, looked)), shapes);
            chunks.add(chunk);
            executor.execute(chunk.reading);
        }
        if (looked == transactions.size()) {
            transactions = List.of();
            looked = 0;
        }
    }

    private static int bytes(ReceivedTransaction transaction) {
        return transaction.content() instanceof InMemory memory ? Math.min(memory.length(), CHUNK_BYTES) : 0;
    }

    /** The changes of the next transaction; null when it is to be read where it is performed. */
    List<Change> changes(ReceivedTransaction transaction) {
        if (chunks.isEmpty() || next(chunks.getFirst()) != transaction) {
            return null;
        }
        Chunk chunk = chunks.getFirst();
        List<Change> changes = outcome(chunk).get(chunk.next++);
        if (chunk.next == chunk.transactions.size()) {
            chunks.removeFirst();
            fill();
        }
        return changes;
    }

    private static List<List<Change>> outcome(Chunk chunk) {
        try {
            return Uninterrupted.outcome(chunk.reading);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(failed.getCause());
        }
    }

    private static List<Change> read(ReceivedTransaction transaction, ShapeCache shapes) {
        if (!(transaction.content() instanceof InMemory memory) || memory.length() > CHUNK_BYTES) {
            return null;
        }
        List<Change> changes = new ArrayList<>(1);
        try (TransactionReader reader = memory.read(shapes)) {
            for (TransactionRecord record = reader.next(); record != null; record = reader.next()) {
                if (record instanceof SnapshotStart || record instanceof Passthrough || record instanceof Change change && Work.holdsLarge(change)) {
                    return null;
                }
                if (record instanceof Change change) {
                    changes.add(change);
                }
            }
            return changes;
        } catch (IOException | RuntimeException unreadable) {
            return null;
        }
    }
}
