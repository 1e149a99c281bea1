// SPDX-License-Identifier: Apache-2.0
package dev.waybill.fuzzing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What every decoder is held to, beside its own: that reading an input takes no more than some seconds of a processor and allocates no more than a bound, whatever the input says of itself. One thread. */
public final class Bounds {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final long CPU_NANOS_AT_MOST = 10_000_000_000L;

    private Bounds() {}

    /** What is done with one input. */
    public interface Reading {
        void read() throws Exception;
    }

    /** Reads; fails when more than so many bytes were allocated. An input that took more is read again: the first time classes are loaded, and instrumented by the fuzzer. */
    public static void within(long bytes, Reading reading) throws Exception {
        if (allocated(reading) > bytes) {
            long again = allocated(reading);
            demand(again <= bytes, "an input made its reader allocate " + again + " bytes, more than " + bytes);
        }
    }

    private static long allocated(Reading reading) throws Exception {
        long cpu = THREADS.getCurrentThreadCpuTime();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        reading.read();
        demand(THREADS.getCurrentThreadCpuTime() - cpu <= CPU_NANOS_AT_MOST, "an input took its reader more than ten seconds");
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** Fails with this text unless it holds. */
    public static void demand(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
