// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

import java.sql.ResultSet;

/** Counts of a batch, one for each element, and generated keys (null: ask the raw statement). */
public record BatchOutcome(long[] counts, ResultSet generatedKeys) {}
