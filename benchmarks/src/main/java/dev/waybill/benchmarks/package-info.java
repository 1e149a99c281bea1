// SPDX-License-Identifier: Apache-2.0
/**
 * Ratios to the bare driver, measured in one run: variants interleaved slice by slice in an order shuffled every round, medians and quartiles of the ratio, so that a machine whose speed drifts
 * drifts for all alike. Absolute figures say more about the machine than about Waybill. {@link dev.waybill.benchmarks.Sizes} alone measures no ratio: whether a size fits into a heap, and how far from its limit it stays.
 */
package dev.waybill.benchmarks;
