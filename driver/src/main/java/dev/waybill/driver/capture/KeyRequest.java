// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.capture;

/** Which generated keys the application asked for. */
public sealed interface KeyRequest {

    /** None. */
    record None() implements KeyRequest {}

    /** {@code RETURN_GENERATED_KEYS}. */
    record Generated() implements KeyRequest {}

    /** By column index. */
    record Indexes(int[] columns) implements KeyRequest {}

    /** By column name. */
    record Names(String[] columns) implements KeyRequest {}

    /** Nothing asked. */
    KeyRequest NONE = new None();

    /** {@code RETURN_GENERATED_KEYS}. */
    KeyRequest GENERATED = new Generated();
}
