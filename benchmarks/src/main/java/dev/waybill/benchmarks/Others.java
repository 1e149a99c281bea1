// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** How much of the machine goes to others than this benchmark: other programs, and whoever the hypervisor lends processors to. As Linux tells it; nothing elsewhere. One thread. */
final class Others {

    private static final Path STAT = Path.of("/proc/stat");
    private static final long TICK_NANOS = 10_000_000;
    private static final int IDLE = 4;
    private static final int WAITING = 5;
    private static final int STOLEN = 8;

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final LongSupplier servers;
    private long time;
    private long theirs;

    /** @param servers the processor time of the servers that work for this benchmark, in nanoseconds */
    Others(LongSupplier servers) {
        this.servers = servers;
        lap();
    }

    /** Their share of all processors' time since the last call. */
    double lap() {
        long now = System.nanoTime();
        long used = used();
        double share = (double) (used - theirs) / Math.max(1, (now - time) * system.getAvailableProcessors());
        time = now;
        theirs = used;
        return share;
    }

    private long used() {
        return Files.exists(STAT) ? busy() - system.getProcessCpuTime() - servers.getAsLong() : 0;
    }

    /** All that was not idle, of all processors, since the machine began. */
    private static long busy() {
        try {
            String[] ticks = Files.readString(STAT).lines().findFirst().orElseThrow().split(" +");
            long busy = 0;
            for (int i = 1; i <= STOLEN; i++) {
                busy += i == IDLE || i == WAITING ? 0 : Long.parseLong(ticks[i]);
            }
            return busy * TICK_NANOS;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
