// SPDX-License-Identifier: Apache-2.0
package dev.waybill.benchmarks;

/** What rows took, of the clock and of the processors. */
record Speed(double rowsPerSecond, String microseconds) {}
