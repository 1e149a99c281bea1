// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.recording;

import dev.waybill.change.TableName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Committed transactions of this process that wrote to tables which the database receives from others: allowed, told once for each table, and counted. The counts are written to {@code waybill.counter} at most once a second and when a
 * connection closes, by whichever connection comes by: what a process owes when it dies is not counted. Bounded by the tables that are received. Any thread.
 */
public final class LocalWrites {

    /** The counter's name. */
    public static final String COUNTER = "local_write";

    private static final System.Logger LOG = System.getLogger(LocalWrites.class.getName());
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    private final InstantSource clock;
    private final Set<TableName> told = new HashSet<>();
    private final Map<String, Long> owed = new HashMap<>();
    private Instant written = Instant.MIN;
    private volatile boolean owes;

    public LocalWrites(InstantSource clock) {
        this.clock = clock;
    }

    /** A transaction that wrote to this table has committed. */
    public synchronized void add(TableName table) {
        owed.merge(table.toString(), 1L, Long::sum);
        owes = true;
        if (told.add(table)) {
            LOG.log(System.Logger.Level.WARNING, "Table {0} is received from another database, and an application has written to it here. The write was done, and is not taken back; the next change from there may overwrite it, or not find"
                    + " its row and halt. Write to the table where it comes from, or publish it here too and start a subscription for the database that it comes from, so that both sides know. (This is said once; waybill.counter counts such transactions as {1}.)", table, COUNTER);
        }
    }

    /** Whether something is to be written: a volatile read. */
    public boolean isOwed() {
        return owes;
    }

    /** Whether it is time to. */
    public boolean isDue() {
        return owes && isTime();
    }

    private synchronized boolean isTime() {
        return owes && (written.equals(Instant.MIN) || !clock.instant().isBefore(written.plus(BETWEEN)));
    }

    /** What is to be written, in the order in which all take the counter's rows; the caller writes it. */
    public synchronized Map<String, Long> take() {
        Map<String, Long> taken = new TreeMap<>(owed);
        owed.clear();
        owes = false;
        written = clock.instant();
        return taken;
    }

    /** It could not be written. */
    public synchronized void giveBack(Map<String, Long> taken) {
        taken.forEach((table, count) -> owed.merge(table, count, Long::sum));
        owes = !owed.isEmpty();
    }
}
