// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the processors have spent on this process so far, and on what: the collector and the compiler have threads of their own, which on Linux have names. A thread that has ended counts with the rest; elsewhere everything is rest.
 * Immutable; any thread.
 */
final class ProcessorTime {

    private static final Path TASKS = Path.of("/proc/self/task");

    /** Whose work it was. */
    enum Work { ALL, COLLECTOR, COMPILER, STORE }

    private final Map<Work, Long> nanos = new EnumMap<>(Work.class);

    private ProcessorTime() {}

    /** Until now. */
    static ProcessorTime now() {
        ProcessorTime now = new ProcessorTime();
        now.nanos.put(Work.ALL, ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime());
        if (Files.isDirectory(TASKS)) {
            try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
                tasks.forEach(now::add);
            } catch (IOException unreadable) {
                throw new IllegalStateException(unreadable);
            }
        }
        return now;
    }

    private void add(Path task) {
        try {
            Work work = work(Files.readString(task.resolve("comm")));
            if (work != Work.ALL) {
                nanos.merge(work, Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[0]), Long::sum);
            }
        } catch (IOException ended) {
            nanos.merge(Work.ALL, 0L, Long::sum); // what it spent is in the process's own sum
        }
    }

    private static Work work(String thread) {
        if (thread.startsWith("GC ") || thread.startsWith("G1 ")) {
            return Work.COLLECTOR;
        }
        if (thread.startsWith("C1 ") || thread.startsWith("C2 ")) {
            return Work.COMPILER;
        }
        return thread.startsWith("MVStore") ? Work.STORE : Work.ALL;
    }

    /** What was spent since then, for each of so many, as microseconds. */
    String since(ProcessorTime then, int count) {
        Map<Work, Double> each = new HashMap<>();
        for (Work work : Work.values()) {
            each.put(work, (nanos.getOrDefault(work, 0L) - then.nanos.getOrDefault(work, 0L)) / 1e3 / count);
        }
        return String.format(Locale.ROOT, "%.1f (collector %.1f, compiler %.1f, H2's writer %.1f)", each.get(Work.ALL), each.get(Work.COLLECTOR), each.get(Work.COMPILER), each.get(Work.STORE));
    }
}
