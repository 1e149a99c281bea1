// SPDX-License-Identifier: Apache-2.0
package dev.waybill.driver.setting;

/** {@code waybill.unwrap}: what {@code unwrap} to a class of the real driver does. Our own objects implement its public interfaces, so these are always given. */
public enum UnwrapPolicy {
    /** It is refused: what is done through the raw object cannot be captured. */
    REFUSE,
    /** The raw object is handed out, counted, and logged as a warning the first time. */
    ALLOW
}
