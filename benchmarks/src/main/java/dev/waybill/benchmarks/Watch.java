// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

/** Runs from when it was made, for so many rows. One thread. */
final class Watch {

    private final int rows;
    private final ProcessorTime used = ProcessorTime.now();
    private final long start = System.nanoTime();

    Watch(int rows) {
        this.rows = rows;
    }

    Speed stop() {
        long end = System.nanoTime();
        return new Speed(rows * 1e9 / (end - start), ProcessorTime.now().since(used, rows));
    }
}
